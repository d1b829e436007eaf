# One command for each thing people do here. The README begins with the first two.

PYTHON ?= python3
VENV ?= .venv
# Pins for an installation, such as constraints/newest.txt; empty: whatever pyproject.toml allows.
CONSTRAINTS ?=
# Test processes at a time.
WORKERS ?= 2
PYTEST_ARGS ?=

BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	$(if $(CONSTRAINTS),--constraint $(CONSTRAINTS))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-slow check docs bench format clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

demo: $(VENV)/.for-use ## install and run the main job; the report is in runs/us-iraq-2020
	$(BIN)/countermove run us-iraq-2020 --output runs/us-iraq-2020 --overwrite

test: $(VENV)/.for-tests ## install the test tools and run the tests
	$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

test-slow: $(VENV)/.for-slow-tests ## the tests that take long: other environments, kills, a cluster, noise, pages in Chromium
	$(BIN)/python -m pytest -m slow -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

check: $(VENV)/.for-checks ## lint, types and import layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.for-checks ## put the code into the project's form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.for-docs ## build the documentation's site, site/index.html
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "Open site/index.html, or with search: $(BIN)/python -m http.server --directory site"

bench: $(VENV)/.for-tests ## measure against peers, in one run
	$(BIN)/python -m benchmarks

clean: ## remove what the commands above made, results in runs/ excepted
	rm -rf $(VENV) .venv-ci .venv-peers build dist site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp says what its environment holds; a change of the dependencies installs again.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Countermove needs Python 3.11 or later, but '$(PYTHON)' is not one."; \
		echo "Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.for-use: $(VENV)/.python pyproject.toml $(CONSTRAINTS)
	$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.for-tests: $(VENV)/.python pyproject.toml $(CONSTRAINTS)
	$(PIP_INSTALL) --editable '.[test]'
	@touch $@ $(VENV)/.for-use

$(VENV)/.for-slow-tests: $(VENV)/.python pyproject.toml $(CONSTRAINTS)
	$(PIP_INSTALL) --editable '.[test,browser,docs]'
	@touch $@ $(VENV)/.for-use $(VENV)/.for-tests

$(VENV)/.for-docs: $(VENV)/.python pyproject.toml $(CONSTRAINTS)
	$(PIP_INSTALL) --editable '.[docs]'
	@touch $@ $(VENV)/.for-use

$(VENV)/.for-checks: $(VENV)/.python pyproject.toml $(CONSTRAINTS)
	$(PIP_INSTALL) --editable '.[test,check]'
	@touch $@ $(VENV)/.for-use $(VENV)/.for-tests
