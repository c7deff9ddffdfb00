"""Words found, not claimed as facts: families of offenses and numbers of cases."""

import re
from collections import defaultdict
from collections.abc import Iterator

from corpus.fact import Fact
from corpus.facts.sentences import stated
from corpus.facts.text import Text
from corpus.facts.wording import wordings

# Whole words only: "obtained identities" is no identity theft, Mr. Larson no arson.
FAMILIES = {
    "tax": """
        tax|taxes evasion|fraud|crimes?|offenses?|returns?|refunds?|preparers?|scheme
        evad* ... tax|taxes
        defraud* [the] irs
        """,
    "corruption": """
        bribe*|brib*|kickbacks?|extortion|corruption
        honest services
        """,
    "health_care_fraud": """
        health|healthcare [care] fraud
        medicare|medicaid|tricare fraud|scheme
        defraud* medicare|medicaid|tricare
        """,
    "government_fraud": """
        false claims
        procurement fraud
        theft of government|public
        """,
    "securities_fraud": """
        securities fraud
        insider trading
        ponzi scheme
        investment fraud
        """,
    "mortgage_fraud": """
        mortgage fraud
        foreclosure ... scam|fraud|scheme
        """,
    "bankruptcy_fraud": "bankruptcy fraud",
    "wire_or_mail_fraud": """
        wire|mail fraud
        wire and mail fraud
        mail and wire fraud
        """,
    "identity_theft": """
        identity|identities theft|fraud
        stolen identit*
        """,
    "money_laundering": "launder*",
    "drugs": """
        heroin|cocaine|methamphetamine|fentanyl|marijuana|opioids?|oxycodone|narcotics?
        drug|drugs trafficking|distribution|conspiracy|cartel
        """,
    "firearms": """
        firearms?|machineguns? trafficking|offenses?|possession|dealing
        possession|possessing ... firearm|firearms|machinegun
        """,
    "violence": """
        murder*|homicide|manslaughter|kidnapp*|robber*|carjacking|arson
        assault*
        domestic violence
        """,
    "gangs": """
        racketeering
        gang members?|leaders?
        """,
    "terrorism": """
        material support to
        terroris*
        """,
    "national_security": """
        espionage|treason
        classified information
        export controls?|violations?
        economic powers act
        arms export
        """,
    "child_sexual_abuse": """
        child pornography|exploitation
        sexual exploitation of
        child sex tourism|trafficking
        """,
    "human_trafficking": """
        human|sex|labor trafficking
        forced labor
        """,
    "hate_crime": """
        hate crimes?
        racially motivated|motivated_by
        """,
    "civil_rights": """
        civil rights
        excessive force
        discriminat*
        fair housing
        disabilities act
        voting rights
        """,
    "immigration": """
        alien smuggling|harboring
        visa|immigration|naturalization|passport fraud
        denaturaliz*
        """,
    "environment": """
        clean air|water act
        lacey act
        hazardous waste
        pollut*
        wildlife trafficking|smuggling
        """,
    "antitrust": """
        antitrust
        bid rigging|bid-rigging
        price fixing|price-fixing
        """,
    "computer_crime": """
        hack|hacking|hacked|hackers?|malware|ransomware|botnet|cybercrime
        computer intrusion|intrusions|fraud
        """,
    "intellectual_property": """
        trade secrets?
        copyright infringement|conspiracy
        counterfeit goods|drugs|trafficking
        trafficking ... counterfeit
        """,
    "obstruction": """
        obstruct*
        perjury
        witness tampering
        false statements
        """,
    "consumer": """
        adulterated|misbranded
        consumer fraud|protection
        """,
    "torture": "tortur*",
}
# A text is searched once, by the first three letters of its words, for any family's wordings.
LETTERS = 3
WORD = re.compile(rf"[a-z]{{{LETTERS},}}", re.IGNORECASE)
Wording = tuple[str, re.Pattern[str]]


def _by_beginning() -> dict[str, list[Wording]]:
    """The wordings, with their families, by the first letters of their first word."""
    found = defaultdict[str, list[Wording]](list)
    for family, table in FAMILIES.items():
        for line in filter(None, map(str.strip, table.splitlines())):
            pattern = wordings(line)
            for word in line.split()[0].split("|"):
                found[word[:LETTERS]].append((family, pattern))
    return dict(found)


BEGINNINGS = _by_beginning()
CASE_NUMBER = re.compile(
    r"\b(?:\d{1,2}:)?(?:19|20)?\d\d[\s-]?(?:cr|cv|mj|mc|cm|civ|crim|CR|CV|Civ|Cr|CIV|MJ)\.?[\s-]?\d{2,6}(?:-[A-Z]{2,4}){0,4}"
    r"|\b(?:Case|Civil\s+Action|Criminal|Docket|Civ\.|Crim\.)\s+(?:Action\s+|Case\s+)?Nos?\.\s+(?P<number>[\w:.-]{4,30})"
)


def offenses_found(text: Text) -> Iterator[Fact]:
    """The first words of each family of offenses, in title and body."""
    known = set[str]()
    for sentence in text.sentences:
        for word in WORD.finditer(sentence.text):
            for family, pattern in BEGINNINGS.get(word[0][:LETTERS].lower(), ()):
                if family not in known and (match := pattern.match(sentence.text, word.start())):
                    known.add(family)
                    yield stated("offense", family, sentence, match)


def case_numbers_found(text: Text) -> Iterator[Fact]:
    """Each number of a case, also of others than the release's own."""
    known = set[str]()
    for sentence in text.sentences:
        for match in CASE_NUMBER.finditer(sentence.text) if re.search(r"\d", sentence.text) else ():
            group = "number" if match["number"] else ""
            number = (match["number"] or match[0]).rstrip(".,")
            if number not in known and any(map(str.isdigit, number)):
                known.add(number)
                fact = stated("case_number", number, sentence, match, group)
                yield Fact(fact.kind, number, fact.paragraph, fact.start, fact.start + len(number))
