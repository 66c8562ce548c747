"""`python -m app` is `pledgebook`."""

from app.cli.commands import app
from app.cli.console import run


def main() -> None:
    """The entry point."""
    run(app)


if __name__ == "__main__":
    main()
