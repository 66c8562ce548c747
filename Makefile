# Pledgebook: `make run` serves the seeded book, `make test` runs the tests. Both install what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCRATCH := $(VENV)/check.db

.DEFAULT_GOAL := help
.PHONY: help run test test-all crash fuzz bench check lint format schema examples screenshots lock clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name help; do \
		printf '  %-14s %s\n' "$$name" "$$help"; done

run: $(VENV)/.run ## Serve the book; load the seeds and create a key if it is empty
	@$(BIN)/python -m app.cli.first_run
	@exec $(BIN)/pledgebook serve

# One worker runs all tests of a file, so that their fixtures are built once. Files with few tests are slow, so that they
# must not be moved to the end.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile

test: $(VENV)/.test ## Run the tests that each change must pass, on SQLite and PostgreSQL
	$(PYTEST) --ignore tests/long
	@echo "make test-all adds: pages in a browser, axe, generated requests, hostile input, crashes, migration faults."

test-all: $(VENV)/.test ## Run the longer tests too (requires Debian's Chromium)
	$(PYTEST) --no-loadscope-reorder tests/long

# CRASH_KILLS and FUZZ_CASES set other numbers.
crash: $(VENV)/.test ## Kill the server 200 times during writes (`make test-all`: 6 times)
	CRASH_KILLS=$${CRASH_KILLS:-200} $(BIN)/python -m pytest -n auto tests/long/test_crash.py

fuzz: $(VENV)/.test ## Send about 10,000 generated requests on each database (`make test-all`: 1,000)
	FUZZ_CASES=$${FUZZ_CASES:-10000} $(BIN)/python -m pytest -n auto tests/long/test_fuzz.py

# The other projects of the benchmark have their own virtual environment. BENCH_SIZES="10000 100000 1000000" sets the
# numbers of pledges.
bench: $(VENV)/.test .bench/peers/.installed ## Run the benchmark against other projects (requires wrk); writes bench/RESULTS.md
	$(BIN)/python -m bench.run $(BENCH_SIZES)

.bench/peers/.installed: bench/requirements.txt
	$(PYTHON) -m venv .bench/peers
	.bench/peers/bin/python -m pip install --quiet -r bench/requirements.txt
	@touch $@

check: lint test test-all ## Run everything that must pass before a change is merged

lint: $(VENV)/.test ## Check style and types, and that migrations match models
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@rm -f $(SCRATCH)*
	PLEDGEBOOK_DATABASE_URL=sqlite:///$(SCRATCH) $(BIN)/pledgebook migrate
	PLEDGEBOOK_DATABASE_URL=sqlite:///$(SCRATCH) $(BIN)/alembic check
	@rm -f $(SCRATCH)*

format: $(VENV)/.test ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/.run ## Generate seeds/schema.json, which editors use to check the seeds
	$(BIN)/pledgebook schema > seeds/schema.json

examples: $(VENV)/.test ## Record the example responses of the OpenAPI document
	$(BIN)/python -m tests.examples

screenshots: $(VENV)/.test ## Take screenshots of every page at two widths, in light and dark mode
	$(BIN)/python -m tests.screenshots

# The lock files have hashes and no index address, so that an installation can use any package index.
LOCK := uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url
lock: ## Update the lock files (requires uv)
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

clean: ## Delete everything that the other targets created, except the book
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
