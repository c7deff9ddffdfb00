"""What a notice is due for: that somebody is accused and not convicted, or that claims are
allegations. What is decided needs none.
"""

import re

from corpus.fact import Fact
from corpus.facts.sentences import stated
from corpus.facts.stages import ACCUSED
from corpus.facts.text import Text
from corpus.facts.wording import wordings

# The release's own words.
PRESUMED = wordings("""
    presumed [to] [be] innocent
    presumption of innocence
    innocent until|unless
    until|unless|and [and] [until|unless] proven|proved guilty
    proven|proved guilty
    merely|only|simply [an|a] accusations?|allegations?|charges?
    not evidence of guilt
    is|are [an|a] accusations?|allegations? !only
""")
PRESUMED_WORDS = ("innocen", "guilt", "accusation")
INNOCENT = re.compile(r"\binnocen(?:t|ce)\b|\bguilt(?:y)?\b", re.IGNORECASE)
# Others are still accused in a release on a plea, a conviction or a sentence.
PENDING = wordings("""
    await|awaits trial|extradition
    awaiting extradition
    ~bond|release|released|while|custody awaiting trial
    is|are|remains?|still at large
    is|are|remains?|still pending !sentencing
    is|are|remains?|still fugitives?
    is|remains? a fugitive
    remains? fugitives
    ~bond|release|released|custody|detained|held pending trial|charges|extradition
    is|are scheduled|set for [jury] trial
    is|are scheduled to begin|go|stand ... trial
    scheduled to stand|go ... trial
    trial is scheduled|set
    trial of ... is scheduled|set
    also was|were indicted and faces?
    pleaded not guilty
    set for trial
""")
PENDING_WORDS = ("trial", "large", "pending", "fugitive", "not guilty", "extradition", "indicted")
ENDED = frozenset({"pleaded_guilty", "convicted", "sentenced"})


def presumption(text: Text) -> Fact | None:
    """The release's own statement that an accusation proves nothing."""
    for sentence in reversed(text.sentences[1:]):
        lowered = sentence.text.lower()
        if any(word in lowered for word in PRESUMED_WORDS) and (
            match := PRESUMED.search(sentence.text)
        ):
            return stated("presumption", "stated", sentence, match)
    return None


def accusation(text: Text, stages: list[Fact], presumed: Fact | None) -> Fact | None:
    """That somebody is accused in a criminal matter and not convicted, in the words that say so."""
    if not stages:
        return None
    if stages[0].value in ACCUSED:
        return _pending(stages[0])
    if stages[0].value not in ENDED:
        return None
    if presumed and INNOCENT.search(text.body[presumed.paragraph - 1]):
        return _pending(presumed)
    others = (each for each in stages[1:] if each.value in ACCUSED - {"extradited"})
    if other := next(others, None):
        return _pending(other)
    for sentence in text.sentences[1:]:
        lowered = sentence.text.lower()
        if any(word in lowered for word in PENDING_WORDS) and (
            match := PENDING.search(sentence.text)
        ):
            return stated("accusation", "pending", sentence, match)
    return None


def _pending(fact: Fact) -> Fact:
    return Fact("accusation", "pending", fact.paragraph, fact.start, fact.end)


def allegations(stages: list[Fact]) -> Fact | None:
    """That civil claims are brought and not decided, in the words that say so."""
    if stages and stages[0].value == "lawsuit":
        return Fact("allegations", "pending", stages[0].paragraph, stages[0].start, stages[0].end)
    return None
