"""Tables of wordings, one a line, as readers of the law can check them -> regular expressions.

`a|b` is either word, `[a|b]` may be missing, `s?` is a letter that may be, `*` is any ending of a
word, `a_b` are two words, `...` are up to five words, `#` is a number, `$` an amount of money. `^`
and `END` are the text's beginning and end. `VERB` says that the word before is a verb and describes
nobody ("convicted felon"): a preposition, a sign or nothing follows. `!a|b` must not follow, `~a|b`
must not stand before. Names in capitals are of the lists of words given. A line that ends in `|`
goes on in the next.
"""

import re
from collections.abc import Mapping

NUMBERS = [
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
]
AMOUNT = r"\$\s?\d[\d,]*(?:\.\d+)?(?:[\s-]?(?:thousand|million|billion|trillion|[mb]\b))?"
PREPOSITIONS = (
    "of|in|for|by|at|on|after|following|with|under|as|from|to|today|over|and|while|again|through"
    "|against|before|because|during|stemming|yesterday|this|along"
)
# A word begins behind a sign or white space, or with a capital where that is lost:
# "OfficerConvicted".
BEGIN = r"(?:(?<![\w-])|(?<=(?-i:[a-z]))(?=(?-i:[A-Z])))"
SIGNS = {
    "...": r"(?:\S+\s+){0,5}?",
    "#": rf"(?:\d+|{'|'.join(NUMBERS)}|dozens?)\b\s*+",
    "$": rf"(?:{AMOUNT})\s*+",
    "^": r"^\W*",
    "END": r"(?=\W*$)",
    "VERB": rf"(?=[^\w\s]|\s*$|(?:{PREPOSITIONS})\b)",
}


def wordings(table: str, lists: Mapping[str, str] | None = None) -> re.Pattern[str]:
    """The expression that finds any wording of a table."""
    joined = re.sub(r"\|\s*\n\s*", "|", table)
    lines = [line.split() for line in joined.splitlines() if line.strip()]
    whole = ["".join(_part(token, lists or {}) for token in line) for line in lines]
    words = [each for each, line in zip(whole, lines, strict=True) if line[0][0] not in "^~$"]
    others = [each for each, line in zip(whole, lines, strict=True) if line[0][0] in "^~$"]
    begun = [rf"{BEGIN}(?:{'|'.join(words)})"] if words else []
    return re.compile("|".join([*begun, *others]), re.IGNORECASE)


def _part(token: str, lists: Mapping[str, str]) -> str:
    if token in SIGNS:
        return SIGNS[token]
    if token[0] == "!":
        return rf"(?!(?:{_words(token[1:], lists)})\b)"
    if token[0] == "~":
        return "".join(rf"(?<!\b{word}\s)" for word in token[1:].split("|")) + r"\b"
    optional = "?" if token[0] == "[" else ""
    # The words end here, and no shorter white space behind them makes another match.
    return rf"(?:(?:{_words(token.strip('[]'), lists)})(?!\w)\s*+){optional}"


def _words(token: str, lists: Mapping[str, str]) -> str:
    each = (lists.get(word, word) for word in token.split("|"))
    return "|".join(word.replace("*", r"\w*").replace("_", r"\s+") for word in each)
