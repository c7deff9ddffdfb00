"""The codes of law that prosecutors cite by article, and their names in three languages."""

import re
from typing import NamedTuple


class Code(NamedTuple):
    """A code: its name in keys, for readers (Russian, Kazakh, English), and patterns of names."""

    key: str
    shown: tuple[str, str, str]
    russian: str
    kazakh: str
    english: str


# Longer names come before those that they contain.
CODES = (
    Code(
        "cpc",
        ("УПК", "ҚПК", "Criminal Procedure Code"),
        r"УПК|Уголовно-процессуальн\w+ кодекс\w*",
        r"ҚПК|ҚІЖК|Қылмыстық[- ]процестік кодекс\w*|Қылмыстық іс жүргізу кодекс\w*",
        r"Criminal Procedur(?:e|al) Code|Code of Criminal Procedure",
    ),
    Code(
        "pec",
        ("УИК", "ҚАК", "Penal Execution Code"),
        r"УИК|Уголовно-исполнительн\w+ кодекс\w*",
        r"ҚАК|Қылмыстық-атқару кодекс\w*",
        r"(?:Penal|Criminal)[- ]Execut(?:ive|ion) Code",
    ),
    Code(
        "cc",
        ("УК", "ҚК", "Criminal Code"),
        r"УК|Уголовн\w+ кодекс\w*",
        r"ҚК|Қылмыстық кодекс\w*",
        r"Criminal Code|Penal Code",
    ),
    Code(
        "cao",
        ("КоАП", "ӘҚБтК", "Code of Administrative Offences"),
        r"КРКо?б?АП|Ко?АП|Кодекс\w*(?: \w+){0,2} об административных правонарушениях",
        r"ӘҚБт?К|ӘҚтК|Әкімшілік құқық бұзушылық(?:тар)? туралы кодекс\w*",
        r"Code (?:on|of) Administrative (?:Offen[cs]es|Infractions|Violations)"
        r"|Administrative (?:Offen[cs]es )?Code",
    ),
    Code(
        "apc",
        ("АППК", "ӘРПК", "Administrative Procedural Code"),
        r"АППК|Административн\w+ процедурно-процессуальн\w+ кодекс\w*",
        r"ӘРПК|Әкімшілік рәсімдік-процестік кодекс\w*",
        r"Administrative Procedur(?:e|al)(?: and Process\w*)? Code",
    ),
    Code(
        "civpc",
        ("ГПК", "АПК", "Civil Procedure Code"),
        r"ГПК|Гражданск\w+ процессуальн\w+ кодекс\w*",
        r"АПК|Азаматтық процестік кодекс\w*",
        r"Civil Procedur(?:e|al) Code|Code of Civil Procedure",
    ),
    Code(
        "civ",
        ("ГК", "АК", "Civil Code"),
        r"ГК|Гражданск\w+ кодекс\w*",
        r"АК|Азаматтық кодекс\w*",
        r"Civil Code",
    ),
    Code(
        "tax",
        ("НК", "Салық кодексі", "Tax Code"),
        r"НК|Налогов\w+ кодекс\w*",
        r"Салық кодекс\w*",
        r"Tax Code",
    ),
    Code(
        "labour",
        ("ТК", "Еңбек кодексі", "Labour Code"),
        r"ТК|Трудов\w+ кодекс\w*",
        r"Еңбек кодекс\w*",
        r"Labou?r Code",
    ),
    Code(
        "land",
        ("ЗК", "Жер кодексі", "Land Code"),
        r"ЗК|Земельн\w+ кодекс\w*",
        r"Жер кодекс\w*",
        r"Land Code",
    ),
    Code(
        "budget",
        ("БК", "Бюджет кодексі", "Budget Code"),
        r"БК|Бюджетн\w+ кодекс\w*",
        r"Бюджет кодекс\w*",
        r"Budget Code",
    ),
    Code(
        "eco",
        ("Экологического кодекса", "Экологиялық кодекс", "Environmental Code"),
        r"Экологическ\w+ кодекс\w*",
        r"Экологиялық кодекс\w*",
        r"Environmental Code",
    ),
    Code(
        "const",
        ("Конституции", "Конституция", "Constitution"),
        r"Конституци\w+",
        r"Конституция\w*",
        r"Constitution",
    ),
)
COUNTRY_PATTERNS = {
    "kz": r"РК|ҚР|Республики Казахстан|Қазақстан Республикасы\w*"
    r"|(?:of )?(?:the )?Republic of Kazakhstan|(?:of )?Kazakhstan",
    "ru": r"РФ|Российской Федерации|(?:of )?(?:the )?Russian Federation|(?:of )?Russia",
}
COUNTRY = "|".join(COUNTRY_PATTERNS.values())
_EACH = [(code, (code.russian, code.kazakh, code.english)) for code in CODES]
# A code anywhere, with its country on either side: УК РК, ҚР ҚК-нің, the Criminal Code.
CODE = (
    rf"(?:(?:{COUNTRY})\s+)?(?:"
    + "|".join(f"(?:{'|'.join(names)})" for _, names in _EACH)
    + rf")(?:-\w+)?(?!\w)(?:\s+(?:{COUNTRY})(?!\w))?"
)


def code_key(written: str) -> str | None:
    """The key of the code with a name, as written in a text."""
    bare = re.sub(rf"\b(?:{COUNTRY})(?!\w)", "", written, flags=re.IGNORECASE)
    bare = " ".join(bare.split())
    for code, names in _EACH:
        if re.match(rf"(?:{'|'.join(names)})(?!\w)", bare, re.IGNORECASE):
            return code.key
    return None


def country_key(written: str) -> str | None:
    """The country next to a code, as written in a text."""
    for country, names in COUNTRY_PATTERNS.items():
        if re.search(rf"\b(?:{names})(?!\w)", written, re.IGNORECASE):
            return country
    return None
