"""The command line `pledgebook`: one function for each command, and the setup for `make run`."""
