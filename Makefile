# Pledgebook: `make run` serves the seeded book, `make test` shows that it holds. Both set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test crash fuzz check format lock schema clean

run: $(VENV)/.run
	@$(BIN)/python -m app.starting
	@$(BIN)/pledgebook serve

test: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --dist loadgroup

# Kills the server 200 times while clients write; CRASH_KILLS says how often otherwise. `make test` does it 6 times.
crash: $(VENV)/.test
	CRASH_KILLS=$${CRASH_KILLS:-200} $(BIN)/python -m pytest -n auto tests/test_crash.py

# Sends some 10,000 generated requests to each engine; FUZZ_CASES says how many otherwise. Not part of `make test`.
fuzz: $(VENV)/.test
	FUZZ_CASES=$${FUZZ_CASES:-10000} $(BIN)/python -m pytest -n auto tests/test_fuzz.py

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadgroup

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/.run
	$(BIN)/pledgebook schema > seeds/schema.json

# The locks carry hashes and no addresses: whoever installs decides where from.
LOCK := uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url
lock:
	$(LOCK) -o requirements.lock
	$(LOCK) --extra test -o requirements-test.lock

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.test: requirements-test.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
