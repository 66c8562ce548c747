"""`python -m app` is `pledgebook`."""

from app.cli import app
from app.console import run


def main() -> None:
    """The entry point."""
    run(app)


if __name__ == "__main__":
    main()
