"""`python -m communique` is the same program as `communique`."""

from corpus.signals import ending_program


def run() -> None:
    """Run the command that the arguments name."""
    with ending_program():
        from communique.main import main  # signals that come meanwhile end the program, too

        main(prog_name="communique")


if __name__ == "__main__":
    run()
