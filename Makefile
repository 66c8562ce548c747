# Pledgebook: `make run` serves the seeded book, `make test` shows that it holds. Both set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCRATCH := $(VENV)/check.db

.DEFAULT_GOAL := help
.PHONY: help run test crash fuzz bench check lint format schema examples screenshots lock clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '  %-14s %s\n' "$$name" "$$what"; done

run: $(VENV)/.run ## Serve the book; an empty one is seeded, and gets a key to write with
	@$(BIN)/python -m app.cli.first_run
	@exec $(BIN)/pledgebook serve

# What the tests of a file share is made by one worker. Files keep their order: those of few tests are the long ones.
test: $(VENV)/.test ## Run every test, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# CRASH_KILLS and FUZZ_CASES say how often otherwise.
crash: $(VENV)/.test ## Kill the server 200 times while clients write (`make test` does it 6 times)
	CRASH_KILLS=$${CRASH_KILLS:-200} $(BIN)/python -m pytest -n auto tests/test_crash.py

fuzz: $(VENV)/.test ## Send some 10,000 generated requests to each engine (`make test` sends 1,000)
	FUZZ_CASES=$${FUZZ_CASES:-10000} $(BIN)/python -m pytest -n auto tests/test_fuzz.py

# The peers have a virtual environment of their own. BENCH_SIZES="10000 100000 1000000" sets the numbers of pledges.
bench: $(VENV)/.test .bench/peers/.installed ## Measure the project beside its peers (needs wrk); writes bench/RESULTS.md
	$(BIN)/python -m bench.run $(BENCH_SIZES)

.bench/peers/.installed: bench/requirements.txt
	$(PYTHON) -m venv .bench/peers
	.bench/peers/bin/python -m pip install --quiet -r bench/requirements.txt
	@touch $@

check: lint test ## What must pass before a change lands: lint and test

lint: $(VENV)/.test ## Style, types, and whether migrations and models agree
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@rm -f $(SCRATCH)*
	PLEDGEBOOK_DATABASE_URL=sqlite:///$(SCRATCH) $(BIN)/pledgebook migrate
	PLEDGEBOOK_DATABASE_URL=sqlite:///$(SCRATCH) $(BIN)/alembic check
	@rm -f $(SCRATCH)*

format: $(VENV)/.test ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/.run ## Write seeds/schema.json anew, which editors check the seeds against
	$(BIN)/pledgebook schema > seeds/schema.json

# The answers that the docs page shows, from a book of the seeds.
examples: $(VENV)/.test ## Record the answers that the docs page shows
	$(BIN)/python -m tests.examples

screenshots: $(VENV)/.test ## Photograph every page at two widths, in light and dark
	$(BIN)/python -m tests.screenshots

# The locks carry hashes and no addresses: whoever installs decides where from.
LOCK := uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url
lock: ## Resolve the dependencies anew (needs uv)
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

clean: ## Take away what the other targets made, the book excepted
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
