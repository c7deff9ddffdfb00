"""What a release is about: a criminal or a civil matter, or neither."""

from corpus.fact import Fact
from corpus.facts.sentences import stated
from corpus.facts.stages import CIVIL, CRIMINAL
from corpus.facts.text import Text
from corpus.facts.wording import wordings

# A settlement, a forfeiture, an investigation or an appeal may be of either; these words tell.
AGREEMENT = wordings("non-?prosecution|deferred_prosecution|deferred-prosecution agreements?")
CRIME = wordings("""
    non-?prosecution|deferred_prosecution|deferred-prosecution agreements?
    criminal penalty|penalties|fines?|resolution|charges?|liability|liabilities|information
    a|of|parallel|federal criminal investigation
    plead|pleads|pleaded|pled guilty
    guilty plea
    convicted|convictions?|indicted
    swiss bank program
""")
CIVIL_WORDS = wordings("""
    false claims act
    civil settlement|rights|penalty|penalties|lawsuit|complaint|injunction|forfeiture|action
    civil investigat*
    lawsuit|injunction|discriminat*
    consent decree
    no determination of liability
""")
EITHER = frozenset({"settlement", "forfeiture", "investigation", "appeal"})
SUIT = wordings("cases?|suits?|lawsuits?")
CASES = CRIMINAL | {"settlement", "judgment", "lawsuit", "brief"}
LEAD = 3  # paragraphs


def kind(text: Text, stages: list[Fact]) -> Fact | None:
    """The kind, with the words of the main stage, or those that tell the kind of a settlement; a
    statement on a case is of the case's kind.
    """
    if not stages:
        return None
    main = stages[0]
    words = [text.title, *text.body][main.paragraph][main.start : main.end]
    if main.value in EITHER:
        return _by_words(text, main)
    if main.value == "dismissed" and SUIT.search(words):
        return Fact("kind", "civil", main.paragraph, main.start, main.end)
    if main.value == "statement":
        main = next((each for each in stages[1:] if each.value in CASES), main)
    return _of(main)


def _of(stage: Fact) -> Fact:
    is_criminal, is_civil = stage.value in CRIMINAL, stage.value in CIVIL
    value = "criminal" if is_criminal else "civil" if is_civil else "neither"
    return Fact("kind", value, stage.paragraph, stage.start, stage.end)


def _by_words(text: Text, main: Fact) -> Fact:
    """Criminal, where the first words on the kind of case are those of a criminal one."""
    for sentence in [text.head, *text.lead(LEAD)]:
        crime, civil = CRIME.search(sentence.text), CIVIL_WORDS.search(sentence.text)
        if crime and not (civil and civil.start() < crime.start()):
            return stated("kind", "criminal", sentence, crime)
        if civil:
            break
    else:
        for sentence in text.sentences:
            if match := AGREEMENT.search(sentence.text):
                return stated("kind", "criminal", sentence, match)
    return Fact("kind", "civil", main.paragraph, main.start, main.end)
