"""The command line `pledgebook`: one function for each command, and what `make run` does first."""
