"""Labels of statutes in a reader's language: kz/cc/190/4 -> ч. 4 ст. 190 УК РК."""

from corpus.statutes import parse_key
from corpus.statutes.codes import CODES

LABEL_LANGUAGES = ("ru", "kk", "en")
CODE_NAMES = {code.key: dict(zip(LABEL_LANGUAGES, code.shown, strict=True)) for code in CODES}
# Kazakh names its own country's codes without the country.
COUNTRY_NAMES = {
    "kz": {"ru": "РК", "kk": "", "en": "Kazakhstan"},
    "ru": {"ru": "РФ", "kk": "РФ", "en": "Russia"},
}


def statute_label(key: str, language: str) -> str:
    """The label of a statute in Russian or Kazakh, else in English. Other text stays as it is."""
    country, _, within = key.partition("/")
    act, *parts = within.split("/")
    if act == "usc" and len(parts) > 1:
        title, section, *narrow = parts
        return f"{title} U.S.C. § {section}" + "".join(f"({each})" for each in narrow)
    if act not in CODE_NAMES or not parts:
        return key
    language = language if language in LABEL_LANGUAGES else "en"
    code = CODE_NAMES[act][language]
    place = COUNTRY_NAMES.get(country, {}).get(language, country.capitalize())
    article, part, point = (*parts, "", "")[:3]
    return _LABEL_FORMS[language](code, place, article, part.strip("-"), point)


def query_words(key: str, language: str) -> str:
    """A query that finds the releases that cite a statute, as readable as can be."""
    words = statute_label(key, language)
    return f'statute:"{words}"' if parse_key(words) == key else f"statute:{key}"


def _russian(code: str, place: str, article: str, part: str, point: str) -> str:
    before = [f"п. {point}"] * bool(point) + [f"ч. {part}"] * bool(part)
    return " ".join(filter(None, (*before, f"ст. {article}", code, place)))


def _kazakh(code: str, place: str, article: str, part: str, point: str) -> str:
    after = [f"{part}-бөлігі"] * bool(part) + [f"{point}-тармағы"] * bool(point)
    return " ".join(filter(None, (place, code, f"{article}-бабы", *after)))


def _english(code: str, place: str, article: str, part: str, point: str) -> str:
    narrow = f"({part})" * bool(part) + f"({point})" * bool(part and point)
    beside = f", item {point}" if point and not part else ""
    return f"{code} of {place}, art. {article}{narrow}{beside}"


_LABEL_FORMS = {"ru": _russian, "kk": _kazakh, "en": _english}
