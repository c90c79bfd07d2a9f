# Everything runs in .venv, which the first target that needs it makes. Needs git, make and Python 3.11 or newer.

# The first that runs and is new enough; set PYTHON to choose another.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 4100
# Python compiles what it imports; compiling all that is installed takes a third of the time. pip, because uv does not read pip's
# settings and would pass by the index that an organisation has set there.
INSTALL = $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps --no-compile
# Nothing is compiled when it is installed, so each process would compile all that it imports: three seconds of its start.
unexport PYTHONDONTWRITEBYTECODE
DAYS ?= 365
KILLS ?= 50

.DEFAULT_GOAL := help
.PHONY: help run test lint bench night year quarter strangers weights format lock clean

help: ## Say what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/base ## Start the playground: a simulated Slack with Baton in it, in your browser (PORT=4100)
	@$(BIN)/baton playground --host $(HOST) --port $(PORT)

test: .venv/collected ## Run every test
	$(BIN)/pytest -q -n 4 --dist worksteal -m "not bench"

lint: .venv/dev ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev ## Print the figures: accuracy, speed, imports (some minutes)
	$(BIN)/pytest -q -s -m bench tests/benchmarks

night: .venv/collected ## Run every scene in every deployment, properties with many examples, two months of simulated reminders
	NIGHT=1 $(BIN)/pytest -q -n auto -m "not bench" tests

year: .venv/dev ## Live through simulated years: of reminders, with and without fifty kills, and of ownership (DAYS=365 KILLS=50)
	$(BIN)/python -m tests.simulation.year --days $(DAYS) --kills $(KILLS)
	$(BIN)/python -m tests.simulation.ownership --days $(DAYS)

quarter: .venv/dev ## Print what three teams are told in 120 simulated days, to be read (DAYS=120)
	$(BIN)/python -m tests.simulation.quarter --days $(if $(filter command line,$(origin DAYS)),$(DAYS),120)

strangers: .venv/dev ## Run hostile and unlucky cases against a real process (some minutes)
	$(BIN)/python -m tests.strangers

weights: .venv/dev ## Learn the weights of drafting's classifier from the labelled threads in tests (a minute)
	$(INSTALL) -r requirements/training.txt
	$(BIN)/python -m tests.training.classifier

format: .venv/dev ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/dev ## Pin and hash the requirements anew, from pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate pyproject.toml requirements/build.in -o requirements/base.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate pyproject.toml requirements/build.in --all-extras --group dev -c requirements/base.txt -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --group training -c requirements/dev.txt -o requirements/training.txt

clean: ## Remove what was made: environment, caches, the playground's database
	rm -rf .venv .var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Baton needs Python 3.11 or newer: install it, or run make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

# Not isolated: the build tool is pinned and hashed with everything else.
.venv/base: requirements/base.txt pyproject.toml | .venv/bin/python
	@echo "Installing the pinned requirements into .venv (once)…"
	$(INSTALL) -r requirements/base.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements/dev.txt .venv/base
	$(INSTALL) -r requirements/dev.txt
	@touch $@

# Compiles all that tests import, and the tests, once: ten seconds, for which each of those that run at a time would go
# through the same. What is wrong with a test, its run says.
.venv/collected: .venv/dev
	@$(BIN)/pytest -qq --collect-only >/dev/null 2>&1 || true
	@touch $@
