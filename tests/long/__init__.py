"""The longer tests of `make test-all`: browser, axe, generated requests, hostile input, crashes, migration faults."""
