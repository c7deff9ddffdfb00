"""Citations for reference managers: BibTeX, RIS and CSL-JSON, in UTF-8."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from indexer.export.citation import Citation, one_line

# A brace counts for BibTeX even behind a backslash, so braces are given by name.
TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
    | {each: f"\\{each}" for each in "&%$#_"}
)
# What RFC 3986 lets stand in a URL, and letters of any alphabet; neither braces nor backslashes.
URL_SAFE = "%:/?#[]@!$&'()*+,;=-._~"
# As babel and polyglossia name the languages.
TEX_LANGUAGES = {"en": "english", "kk": "kazakh", "ru": "russian"}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
CROSSED = str.maketrans({"*": "", ";": ","})


def bibtex(cited: Citation) -> str:
    """An entry (@misc) for classic styles and biblatex; titles and offices keep their capitals."""
    day = cited.published
    fields = {
        "author": f"{{{tex(cited.office)}}}",
        "title": f"{{{tex(cited.title)}}}",
        "subtitle": f"{{{tex(cited.subtitle)}}}" if cited.subtitle else "",
        "howpublished": tex(f"{cited.genre} {cited.number or ''}".strip()),
        "date": day.isoformat() if day else "",
        "year": f"{day.year:04}" if day else "",
        "url": _tex_url(cited.url),
        "urldate": cited.accessed.isoformat(),
        "langid": TEX_LANGUAGES.get(cited.language, ""),
        "keywords": tex(", ".join(each.replace(",", "") for each in cited.topics)),
        "note": tex(_note(cited)),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    if day:
        lines.append(f"  month = {MONTHS[day.month - 1]},\n")
    return f"@misc{{{cited.key},\n{''.join(lines)}}}\n"


def ris(cited: Citation, note: str = "") -> str:
    """A record of Research Information Systems (2001): one fact a line, which ends with CR LF. ELEC
    is a web page. The comma after the office marks it as a body, not a person.
    """
    day = cited.published
    facts = [
        ("TY", "ELEC"),
        ("AU", f"{_without_separators(cited.office)},"),
        ("TI", cited.title),
        ("PY", f"{day.year:04}" if day else ""),
        ("DA", _with_slashes(day) if day else ""),
        ("M3", cited.genre),
        ("M1", cited.number or ""),
        ("LA", cited.language),
        ("UR", cited.url),
        ("Y2", _with_slashes(cited.accessed)),
        *(("KW", _without_separators(each)) for each in cited.topics),
        ("N1", _note(cited)),
        ("N1", one_line(note)),
        ("DP", "Communique"),
        ("AN", cited.key),
    ]
    lines = [f"{tag}  - {value}\r\n" for tag, value in facts if value]
    return "".join((*lines, "ER  - \r\n"))


def csl(cited: Citation) -> dict[str, Any]:
    """An item of CSL-JSON (Citation Style Language 1.0.2, schema csl-data)."""
    item: dict[str, Any] = {
        "id": cited.key,
        "type": "webpage",
        "genre": cited.genre,
        "author": [{"literal": cited.office}],
        "title": cited.title,
        "URL": cited.url,
        "accessed": _parts(cited.accessed),
        "language": cited.language,
        "archive": "Communique",
        "archive_location": cited.key,
        "note": _note(cited),
    }
    if cited.published:
        item["issued"] = _parts(cited.published)
    if cited.number:
        item["number"] = cited.number
    if cited.topics:
        item["keyword"] = ", ".join(cited.topics)
    return item


def tex(text: str) -> str:
    """A text in which nothing is left that TeX or BibTeX would read as a command."""
    return one_line(text).translate(TEX)


def _tex_url(url: str) -> str:
    """The url field is read as it stands: what would unbalance it is percent-encoded."""
    return "".join(each if each.isalnum() else quote(each, safe=URL_SAFE) for each in url)


def _without_separators(text: str) -> str:
    """Asterisks are not allowed in names and keywords, and semicolons divide keywords."""
    return one_line(text.translate(CROSSED))


def _note(cited: Citation) -> str:
    return ". ".join(map(_capitalize, filter(None, (cited.notice, cited.evidence))))


def _capitalize(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _with_slashes(day: date) -> str:
    return f"{day.year:04}/{day.month:02}/{day.day:02}"


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
