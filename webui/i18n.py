"""The languages of the interface: chosen by the address (`/ru/...`) or else by the browser.

Translations are read from their .po files as they are, so nothing has to be compiled.
"""

import io
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, Response, has_request_context, request
from flask_babel import Babel, Domain, get_locale, gettext

from indexer.query.message import Message

# The languages, each by its own name, and the locales whose dates and numbers they use.
LANGUAGES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}
PLACES = {"en": "en_GB", "ru": "ru", "kk": "kk"}
CHOSEN = "communique.language"
# Where nothing is chosen: what the browser prefers, looked for once a request.
PREFERRED = "communique.preferred"
TRANSLATIONS = Path(__file__).parent / "translations"


class LanguagePrefix:
    """WSGI middleware: takes the language off the front of the path; links then keep it."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Hand on the request as one to an app that is mounted under the language's prefix."""
        _, first, *rest = f"{environ.get('PATH_INFO', '')}/".split("/", 2)
        if first in LANGUAGES:
            environ[CHOSEN] = first
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{first}"
            environ["PATH_INFO"] = f"/{rest[0].removesuffix('/')}" if rest else "/"
        response: Iterable[bytes] = self.app(environ, start_response)
        return response


class TextDomain(Domain):
    """Translations from .po files."""

    def get_translations(self) -> NullTranslations:
        """Those of the language that the reader chose."""
        return translations(language()) if has_request_context() else NullTranslations()


class Languages(Babel):
    """Flask-Babel over our translations."""

    @cached_property
    def domain_instance(self) -> TextDomain:
        """Where texts come from."""
        return TextDomain()


def speak_languages(app: Flask) -> None:
    """Let an app answer in the reader's language."""
    Languages(app, locale_selector=lambda: PLACES[language()])
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.globals |= {"language": language, "languages": LANGUAGES, "in_language": address}
    app.jinja_env.filters |= {"translate": translate}
    app.after_request(_tell_language)


def language() -> str:
    """The language of the answer."""
    chosen: str | None = request.environ.get(CHOSEN) or request.environ.get(PREFERRED)
    if chosen is None:
        chosen = request.accept_languages.best_match(LANGUAGES) or "en"
        request.environ[PREFERRED] = chosen
    return chosen


def address(name: str) -> str:
    """The address of this page in another language."""
    root = request.script_root.removesuffix(f"/{request.environ.get(CHOSEN)}")
    query = request.query_string.decode(errors="replace")
    return f"{root}/{name}{request.path}" + (f"?{query}" if query else "")


def translate(sentence: str) -> str:
    """A sentence of ours in the reader's language; one that is no Message stays as it is."""
    if not isinstance(sentence, Message):
        return sentence
    values = {name: _localize(each) for name, each in sentence.values.items()}
    return str(gettext(sentence.pattern)).format(**values)


def _localize(value: object) -> object:
    if isinstance(value, Message):
        return translate(value)
    return _LocalizedNumber(value) if isinstance(value, int) else value


class _LocalizedNumber(int):
    """A number that is written in the reader's language, whatever the pattern says."""

    def __format__(self, wanted: str) -> str:
        return number(int(self))


@cache
def translations(name: str) -> NullTranslations:
    """What a language says for each English sentence."""
    path = TRANSLATIONS / name / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=name))
    compiled.seek(0)
    return Translations(compiled)


def _tell_language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = language()
        if CHOSEN not in request.environ:
            response.vary.add("Accept-Language")
    return response


def number(value: float) -> str:
    """A number with its thousands apart, and no more decimals than it needs."""
    return _number(value, str(get_locale()))


# A page has hundreds of numbers and dates, and Babel takes its time for each.
@lru_cache(maxsize=20_000)
def _number(value: float, locale: str) -> str:
    return str(format_decimal(value, locale=locale))
