"""Pages for people: the docs page (and, in time, the explorer)."""
