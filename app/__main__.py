"""`python -m app` is `pledgebook`."""

from app.cli import main

main()
