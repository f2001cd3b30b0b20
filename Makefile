# `make help` lists the targets. Everything is installed into .venv (peers of the benchmarks: into benchmarks/.peers);
# nothing outside this directory is touched.

SHELL := bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin

# Interpreters to try, in this order, where uv is not installed. `make PYTHON=/path/to/python test` names another;
# like the rest it counts when .venv is made, so `make clean` first to change it.
PYTHONS := $(or $(PYTHON),python3 python3.11 python3.12 python3.13 python3.14)
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'

# What is installed is told by stamps named after content, not by dates: a checkout that only touches pyproject.toml
# installs nothing. The place is part of the name, since the scripts of an environment do not survive a move.
PLACE := $(shell pwd | cksum | cut -d ' ' -f 1)
CONTENT := $(PLACE)-$(shell cksum < pyproject.toml | cut -d ' ' -f 1)
MADE := $(VENV)/.made-$(PLACE)
CORE := $(VENV)/.core-$(CONTENT)
DEV := $(VENV)/.dev-$(CONTENT)

# A peer lives in an environment of its own, since what it needs must not mix with what pare needs.
PEERS := benchmarks/.peers
ARE := meta-agents-research-environments==1.2.0
INSPECT := inspect-ai==0.3.285
INSPECT_NEEDS := openai>=3.4,<4
ARE_MADE := $(PEERS)/.are-$(PLACE)-$(lastword $(subst ==, ,$(ARE)))
INSPECT_MADE := $(PEERS)/.inspect-$(PLACE)-$(lastword $(subst ==, ,$(INSPECT)))

.PHONY: help quickstart test coverage test-long check docs bench bench-curves bench-peers rehearsal soak clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s%s\n", $$1, $$2}' Makefile

quickstart: $(CORE) ## Play the bundled scenarios with two agents and scripted models, from a fresh clone on
	@$(BIN)/pare quickstart

test: $(DEV) ## Run the tests, without the long ones
	@$(BIN)/python -m pytest -q -n auto --dist worksteal

coverage: $(DEV) ## Run the tests and report which lines they miss: that takes a third longer
	@$(BIN)/python -m pytest -q -n auto --dist worksteal --cov --cov-report=term-missing:skip-covered

test-long: $(DEV) ## Run the tests that take minutes
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m long --hypothesis-profile=long

check: $(DEV) ## Check format, lint, types and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy --strict pare
	@$(BIN)/lint-imports --no-logo

docs: $(DEV) ## Write the pages of docs/ that are made from the code
	@$(BIN)/python -c 'from pathlib import Path; from pare.reporting.apps_page import apps_page; \
	  Path("docs/apps.md").write_text(apps_page(), encoding="utf-8")'
	@$(BIN)/python -c 'from pathlib import Path; from pare.reporting.scenarios_page import with_table; \
	  page = Path("docs/scenarios.md"); \
	  page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")'

bench: $(DEV) ## Measure performance beside marks and peers, into benchmarks/RESULTS.md
	@$(BIN)/python benchmarks/run_all.py

bench-curves: $(DEV) ## Measure what more of everything costs, into docs/performance.md
	@$(BIN)/python benchmarks/curves.py

rehearsal: $(DEV) ## Rehearse a night of 4,004 runs on a clock that jumps, beside what limits and latencies need
	@set -o pipefail; $(BIN)/python benchmarks/night.py | tee benchmarks/NIGHT.txt

soak: $(DEV) ## Run 10,000 runs through a night of troubles, and audit what came of them
	@set -o pipefail; $(BIN)/python -m benchmarks.soak | tee benchmarks/SOAK.txt

bench-peers: $(ARE_MADE) $(INSPECT_MADE) ## Install the peers that bench measures beside pare
	@:

clean: ## Remove the environment, caches and builds; results stay
	@rm -rf $(VENV) $(PEERS) build dist .coverage .coverage.* htmlcov
	@rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find pare tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up

define install
	@echo "Installing $(1) into $(VENV) ..."
	@set -e; \
	if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python -e '$(1)'; exit; fi; \
	$(BIN)/python -c 'import pip' 2>/dev/null || $(BIN)/python -m ensurepip >/dev/null; \
	$(BIN)/python -m pip install -qq --disable-pip-version-check -e '$(1)'
	@rm -f $(VENV)/.core-* $(VENV)/.dev-*
endef

$(CORE): | $(MADE)
	$(call install,.)
	@touch $@

# The development set contains the core one.
$(DEV): | $(MADE)
	$(call install,.[dev])
	@touch $(CORE) $@

# A peer gets the interpreter of pare: what is compared shall run on the same one.
define install-peer
	@echo "Installing $(2) into $(PEERS)/$(1) ..."
	@set -e; trap 'rm -rf $(PEERS)/$(1)' ERR; \
	rm -rf $(PEERS)/$(1) $(PEERS)/.$(1)-*; \
	if command -v uv >/dev/null; then \
	  uv venv --quiet --python $(BIN)/python $(PEERS)/$(1); \
	  uv pip install --quiet --python $(PEERS)/$(1)/bin/python $(2); \
	else \
	  $(BIN)/python -m venv $(PEERS)/$(1); \
	  $(PEERS)/$(1)/bin/python -m pip install -qq --disable-pip-version-check $(2); \
	fi
	@touch $@
endef

$(ARE_MADE): | $(MADE)
	$(call install-peer,are,$(ARE))

$(INSPECT_MADE): | $(MADE)
	$(call install-peer,inspect,'$(INSPECT)' '$(INSPECT_NEEDS)')

# An environment that somebody made here is used as it is; one that is broken, too old or moved is made anew.
$(MADE):
	@set -e; \
	if $(BIN)/python $(NEW_ENOUGH) 2>/dev/null && grep -qF '$(CURDIR)/$(VENV)' $(BIN)/activate; then \
	  touch $@; exit; \
	fi; \
	rm -rf $(VENV); \
	if command -v uv >/dev/null; then \
	  uv venv --quiet --python '$(or $(PYTHON),>=3.11)' $(VENV); \
	  touch $@; exit; \
	fi; \
	found=; \
	for python in $(PYTHONS); do \
	  if $$python $(NEW_ENOUGH) 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ "$$found" != '$(firstword $(PYTHONS))' ]; then \
	  version=$$($(firstword $(PYTHONS)) --version 2>&1 | head -n 1) || true; \
	  echo "pare needs Python 3.11 or newer; $(firstword $(PYTHONS)) says: $$version" >&2; \
	fi; \
	if [ -z "$$found" ]; then \
	  echo "Tried $(PYTHONS). Install uv or a newer Python, or name one: make PYTHON=/path/to/python" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$found ($$($$found --version)) ..."; \
	$$found -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; \
	touch $@
