# `make run` tries the program on invented offices, `make real` on a real one, `make test` tests it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COMMUNIQUE_DATA ?= $(CURDIR)/.data
export COMMUNIQUE_DATA

.PHONY: run real contact install dev test test-slow test-all test-pythons check format messages screenshots bench bench-opensearch bench-hostile bench-year clean

run: install ## crawl the sample sites, index them, serve on http://127.0.0.1:8000
	$(BIN)/communique demo

REAL ?= us_doj --limit 200 # the office, and options of `communique crawl`

real: contact install ## crawl the newest releases of a real office, index them, serve on http://127.0.0.1:8000
	$(BIN)/communique crawl $(REAL)
	$(BIN)/communique reindex
	$(BIN)/communique serve

contact:
	@test -n "$(COMMUNIQUE_CONTACT)" || { echo "Offices must be able to reach you: make real COMMUNIQUE_CONTACT=you@example.org"; exit 1; }

install: $(VENV)/.installed ## the program, in .venv

dev: $(VENV)/.installed-dev ## the program with what tests and checks need

PYTHONS ?= /usr/bin/python3 python3.11 python3.12 python3.13
PART := tests/communique tests/corpus/reading tests/indexer/query tests/indexer/jobs tests/webui/pages
PYTEST := $(BIN)/pytest -n 2 --dist loadfile # files are shared by two processes

test: dev ## the quick tests: nothing but the checkout is needed
	$(PYTEST) -m "not slow"

test-slow: dev ## the others: PostgreSQL, OpenSearch, saved sites, kills
	$(PYTEST) -m slow

test-all: dev ## all tests
	$(PYTEST)

test-pythons: ## install, demo and a part of the tests on other Pythons: make test-pythons PYTHONS="python3.12 python3.13"
	@for python in $(PYTHONS); do \
		command -v $$python >/dev/null || { echo "skipped: there is no $$python"; continue; }; \
		venv=.venv-$$($$python -c 'import platform; print(platform.python_version())'); \
		$(MAKE) --no-print-directory dev PYTHON=$$python VENV=$$venv \
			&& COMMUNIQUE_DATA=$$venv/data $$venv/bin/communique demo --no-serve \
			&& $$venv/bin/pytest -q -n 2 --dist loadfile -m "not slow" $(PART) || exit 1; \
	done

check: dev ## lint, format, types, security, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive communique corpus indexer webui
	$(BIN)/python .ci/dependencies.py

format: dev
	$(BIN)/ruff format .

messages: dev ## bring webui/translations up to date with the sentences of the program
	$(BIN)/pybabel -q extract -F pyproject.toml -k Message -k lazy_gettext --no-location --omit-header -o .messages.pot indexer webui
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date -i .messages.pot -d webui/translations
	rm .messages.pot

screenshots: dev ## take the README's pictures; needs Debian's Chromium
	$(BIN)/pytest tests/journeys/screenshots.py

bench: dev ## figures, as a table; needs ../shared
	$(BIN)/python -m bench

bench-opensearch: dev ## the same of OpenSearch; needs a JDK, 3 GB of memory and 12 minutes
	$(BIN)/python -m bench opensearch

bench-hostile: dev ## readers beside hostile clients; needs ../shared and ten minutes
	$(BIN)/python -m bench hostile

bench-year: dev ## a year of daily crawls in a quarter of an hour; needs ../shared and root
	$(BIN)/python -m bench year

clean: ## forget the environment and the sample data
	rm -rf $(VENV) .data build *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "communique needs Python 3.11 or later: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) && $(VENV)/bin/python -m pip --version >/dev/null \
		|| { rm -rf $(VENV); echo "$(PYTHON) makes no environment with pip; on Debian: apt-get install python3-venv"; exit 1; }

LOG := $(VENV)/pip.log
PIP = $(BIN)/pip install --disable-pip-version-check --constraint constraints.txt
WHY = { tail -n 20 $(LOG); echo "The rest of what pip said is in $(LOG)."; exit 1; }

$(VENV)/.installed: $(VENV)/bin/python setup.cfg pyproject.toml constraints.txt
	@echo "Installing the program in $(VENV) ..."
	@$(PIP) --editable . >$(LOG) 2>&1 || $(WHY)
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what tests and checks need in $(VENV) ..."
	@$(PIP) --editable '.[dev]' >$(LOG) 2>&1 || $(WHY)
	@touch $@
