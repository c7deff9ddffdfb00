"""What a release says, in the reader's words: names of facts, stages, offenses, courts, notices."""

from collections.abc import Iterable, Sequence
from functools import cache

from flask_babel import gettext, lazy_gettext

from corpus import Store
from corpus.fact import Fact, due_notice
from corpus.facts.districts import CIRCUITS, DISTRICTS, STATE_CODES
from indexer import Hit

STAGES = {
    "charged": lazy_gettext("Charged"),
    "indicted": lazy_gettext("Indicted"),
    "arraigned": lazy_gettext("Arraigned"),
    "extradited": lazy_gettext("Extradited"),
    "plea_agreement": lazy_gettext("Agreed to plead guilty"),
    "pleaded_guilty": lazy_gettext("Pleaded guilty"),
    "convicted": lazy_gettext("Convicted at trial"),
    "sentenced": lazy_gettext("Sentenced"),
    "acquitted": lazy_gettext("Acquitted"),
    "dismissed": lazy_gettext("Dismissed"),
    "appeal": lazy_gettext("Appeal"),
    "lawsuit": lazy_gettext("Lawsuit filed"),
    "settlement": lazy_gettext("Settlement or agreement"),
    "judgment": lazy_gettext("Judgment or injunction"),
    "brief": lazy_gettext("Brief filed"),
    "forfeiture": lazy_gettext("Forfeiture"),
    "investigation": lazy_gettext("Investigation"),
    "statement": lazy_gettext("Statement"),
    "policy": lazy_gettext("Policy or program"),
    "personnel": lazy_gettext("Personnel"),
    "event": lazy_gettext("Event"),
    "warning": lazy_gettext("Public warning"),
}
MATTERS = {
    "criminal": lazy_gettext("Criminal matter"),
    "civil": lazy_gettext("Civil matter"),
    "neither": lazy_gettext("Neither"),
}
OFFENSES = {
    "tax": lazy_gettext("Tax crimes"),
    "corruption": lazy_gettext("Corruption"),
    "health_care_fraud": lazy_gettext("Health care fraud"),
    "government_fraud": lazy_gettext("Fraud against the government"),
    "securities_fraud": lazy_gettext("Securities fraud"),
    "mortgage_fraud": lazy_gettext("Mortgage fraud"),
    "bankruptcy_fraud": lazy_gettext("Bankruptcy fraud"),
    "wire_or_mail_fraud": lazy_gettext("Wire or mail fraud"),
    "identity_theft": lazy_gettext("Identity theft"),
    "money_laundering": lazy_gettext("Money laundering"),
    "drugs": lazy_gettext("Drugs"),
    "firearms": lazy_gettext("Firearms"),
    "violence": lazy_gettext("Violent crime"),
    "gangs": lazy_gettext("Gangs and racketeering"),
    "terrorism": lazy_gettext("Terrorism"),
    "national_security": lazy_gettext("National security"),
    "child_sexual_abuse": lazy_gettext("Sexual abuse of children"),
    "human_trafficking": lazy_gettext("Human trafficking"),
    "hate_crime": lazy_gettext("Hate crimes"),
    "civil_rights": lazy_gettext("Civil rights"),
    "immigration": lazy_gettext("Immigration"),
    "environment": lazy_gettext("Environment"),
    "antitrust": lazy_gettext("Antitrust"),
    "computer_crime": lazy_gettext("Computer crime"),
    "intellectual_property": lazy_gettext("Intellectual property"),
    "obstruction": lazy_gettext("Obstruction and perjury"),
    "consumer": lazy_gettext("Consumer protection"),
    "torture": lazy_gettext("Torture"),
}
BANDS = {
    "0-12": lazy_gettext("under 1 year"),
    "12-24": lazy_gettext("1 to under 2 years"),
    "24-60": lazy_gettext("2 to under 5 years"),
    "60-120": lazy_gettext("5 to under 10 years"),
    "120-240": lazy_gettext("10 to under 20 years"),
    "240-": lazy_gettext("20 years or more"),
    "life": lazy_gettext("life"),
}


def stage_words(stage: str) -> str:
    """A stage of a case."""
    return str(STAGES.get(stage, stage))


def matter_words(kind: str) -> str:
    """Whether a release is on a criminal matter, a civil one, or neither."""
    return str(MATTERS.get(kind, kind))


def offense_words(family: str) -> str:
    """A family of offenses."""
    return str(OFFENSES.get(family, family))


def band_words(band: str) -> str:
    """A band of prison terms."""
    return str(BANDS.get(band, band))


@cache
def _courts() -> dict[str, str]:
    names = {
        code: " ".join(filter(None, [side, "District of", state]))
        for (side, state), code in DISTRICTS.items()
    }
    for ordinal, code in CIRCUITS.items():
        names.setdefault(code, f"{ordinal} Circuit")
    return names | {f"state:{code}": state for state, code in STATE_CODES.items()}


def court_words(code: str) -> str:
    """A court by PACER's code, by its own name; of a state's courts, the state."""
    if code == "scotus":
        return str(gettext("Supreme Court of the United States"))
    name = _courts().get(code, code)
    return str(gettext("%(state)s (state courts)", state=name)) if ":" in code else name


NOTICES = {
    "accusation": lazy_gettext("Accused, not convicted"),
    "allegations": lazy_gettext("Civil allegations, not decided"),
    "unmeasured": "",
}


def notice_words(facts: Sequence[Fact] | None, office: str) -> str:
    """The notice that a release needs, in a few words; empty where none is known to be due."""
    due = due_notice(facts, office)
    return str(NOTICES[due]) if due else ""


def notices(store: Store, hits: Iterable[Hit]) -> dict[str, str]:
    """The notices of hits by id, in a few words."""
    offices = {hit.id: hit.office for hit in hits}
    found = store.facts_of(offices)
    return {id_: notice_words(found.get(id_), office) for id_, office in offices.items()}
