"""`python -m app` is `pledgebook`.

The collector rests while everything is loaded: nothing of it is garbage, and looking takes a tenth of a start.
"""

import gc

gc.disable()

from app.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
