"""An invented prosecutor's office in three languages: the markup of kz_gpo, our own text."""

from corpus.reading.source import Source
from corpus.sources._govkz import LANGUAGES
from corpus.sources.kz_gpo import canonical, routes

SOURCE = Source(
    title="General Prosecutor's Office of Karasu (invented)",
    country="Karasu",
    languages=LANGUAGES,
    routes=routes("www.gov.example", "prokuror.example"),
    canonical=canonical,
    version=3,
    is_sample=True,
)
