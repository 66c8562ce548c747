"""The tests of Pledgebook.

Compiled modules are kept here also where Python is told to keep none, as containers often do: each worker would compile
the tests anew, and each `pledgebook` that is started the whole app.
"""

import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
