# Everything that people and CI run. `make` alone lists it.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
INSTALLED := $(VENV)/.installed
SPREAD := -n auto --dist worksteal
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lint types fix bench fuzz clients mutation schemas docs clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1	\2/' | expand -t 16

setup: $(INSTALLED) ## make .venv and install the project into it

# The stamp is older than pyproject.toml when the dependencies may have changed; else nothing is done.
$(INSTALLED): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=…") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --editable '.[dev]'
	touch $@

demo: setup ## check the seed's log, serve it to a real client, diff two runs
	@$(BIN)/python tools/demo.py

test: setup ## run the tests that take less than a few seconds each
	$(BIN)/python -m pytest $(SPREAD) -m 'not slow'

check: format lint types ## all that CI runs: format, lint, types, every test, coverage
	$(BIN)/python -m pytest $(SPREAD) -rsfEx -m 'not slow' --cov --cov-report=term:skip-covered
	$(BIN)/python -m pytest $(SPREAD) -rsfEx -m slow  # without coverage: some measure time and memory, which it costs

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

fix: setup ## format, and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## measure reading, checking, serving and diffing, as ratios in one run
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/read_speed.py
	$(BIN)/python benchmarks/read_memory.py
	$(BIN)/python benchmarks/serve_speed.py
	$(BIN)/python benchmarks/diff_speed.py

clients: setup ## run some thirty real clients at the mock, and write docs/clients.md
	$(BIN)/python -m tools.client_matrix

fuzz: setup ## fuzz the readers for ten minutes; what is found lies in build/fuzz
	$(PIP) install --editable '.[fuzz]'
	$(BIN)/python tools/fuzz_reader.py --seconds 600

mutation: setup ## score the checker on damaged sessions, and write docs/mutation.md
	$(BIN)/python -m benchmarks.mutation --page docs/mutation.md

schemas: setup ## make schemas/ anew from the pinned packages
	$(BIN)/python tools/make_schemas.py

docs: setup ## write the pages of docs/ that come from the rules and the grammars
	$(BIN)/harness rules --format markdown > docs/rules.md
	$(BIN)/python tools/make_diagrams.py
	$(BIN)/python tools/make_scenarios.py

clean: ## take away what the other targets made
	rm -rf $(VENV) .clients build dist .coverage .mypy_cache .ruff_cache .hypothesis
