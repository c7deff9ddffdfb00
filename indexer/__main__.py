"""`python -m indexer` is `communique`."""

from indexer.cli import main

main(prog_name="communique")
