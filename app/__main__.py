"""`python -m app` is `pledgebook`.

The collector rests while everything is loaded: nothing of it is garbage, and looking takes a tenth of a start.
"""

import gc
import sys

gc.disable()

from app.console import run  # noqa: E402


def main() -> None:
    """The entry point. The server starts without what only the other commands need."""
    if sys.argv[1:2] == ["serve"]:
        from app.serving import alone as commands
    else:
        from app.cli import app as commands
    run(commands)


if __name__ == "__main__":
    main()
