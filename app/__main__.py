"""Entry point: `python -m app` and the command `pledgebook`."""

from app.cli.commands import app
from app.cli.console import run


def main() -> None:
    """Run the command line."""
    run(app)


if __name__ == "__main__":
    main()
