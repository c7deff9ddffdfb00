"""`python -m indexer` is `communique`, the program."""

from corpus.signals import ending_program


def run() -> None:
    """Run the command that the arguments name."""
    with ending_program():
        from indexer.cli import main  # signals that come meanwhile end the program, too

        main(prog_name="communique")


if __name__ == "__main__":
    run()
