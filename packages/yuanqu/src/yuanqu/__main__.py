"""`yuanqu`, also as `python -m yuanqu`."""

from yuanqu.command_line import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
