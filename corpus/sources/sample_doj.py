"""An invented justice department, to try the program on: the markup of us_doj, our own text."""

from corpus.reading.source import Source
from corpus.sources._parts import canonical
from corpus.sources.us_doj import routes

SOURCE = Source(
    title="Department of Justice of Aldania (invented)",
    country="Aldania",
    languages=("en",),
    routes=routes("www.justice.example"),
    canonical=canonical,
    version=4,
    is_sample=True,
)
