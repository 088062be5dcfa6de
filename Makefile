# Common Ground. `make` alone lists what can be made.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8501
ADDRESS ?= 127.0.0.1
SOURCE ?= ../shared/data
PARTNERS ?=

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-stamp
DEV := $(VENV)/.dev-stamp
ORACLE := $(VENV)/oracle
CHECKED := data_loaders analysis register presentation commands $(wildcard pages/*.py dashboard.py server.py)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
PIP_COMPILE := $(VENV)/lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--annotation-style=line --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
PIP_TOOLS := pip-tools==7.6.2

.DEFAULT_GOAL := help
.PHONY: help run test check oracle snapshot bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

run: $(RUNTIME) ## install what the app needs and start it (PORT=8501, ADDRESS=127.0.0.1, PARTNERS=file.csv)
	@echo "Common Ground: http://$(ADDRESS):$(PORT) (Ctrl+C stops it)"
	@COMMON_GROUND_PARTNERS="$(PARTNERS)" $(BIN)/python -m streamlit run server.py --server.port $(PORT) --server.address $(ADDRESS) --server.headless true

test: $(DEV) ## install the test tools, find or install Chromium, run every test
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --ignore tests/browser --ignore tests/oracle
	@$(BIN)/python -m pytest tests/browser

check: $(DEV) ## style, types and layers
	@$(BIN)/ruff check .
	@$(BIN)/mypy $(CHECKED)
	@$(BIN)/lint-imports

oracle: $(ORACLE)/.stamp ## compare our intervals with OHID's own package, in an environment of its own
	@$(ORACLE)/bin/python -m pytest --confcutdir=tests/oracle tests/oracle -q -s

snapshot: $(RUNTIME) ## rebuild the embedded snapshot from the publishers' files (SOURCE=../shared/data)
	@$(BIN)/python -m commands snapshot --source $(SOURCE)

bench: $(DEV) ## measure the speed that docs and decisions rest on
	@$(BIN)/python -m benchmarks

lock: $(VENV)/lock/bin/pip-compile ## pin the closure of requirements.txt and requirements-dev.txt, with checksums
	@$(PIP_COMPILE) --output-file=requirements.lock requirements.txt
	@$(PIP_COMPILE) --output-file=requirements-dev.lock requirements-dev.txt

clean: ## remove the environment and what tools left behind
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

# One line for each thing that may be missing on a new machine, instead of a traceback.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python is missing: install Python 3.11 or set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
		|| { echo "Python 3.11, 3.12 or 3.13 is needed, and $(PYTHON) is not one: set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo 'python3-venv is missing: run `sudo apt-get install python3-venv`' >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

# A stamp older than its lock means that the environment is out of date; an unchanged lock installs nothing.
$(RUNTIME): requirements.lock | $(BIN)/python
	@echo "Installing what the app needs (about a minute, once)"
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@echo "Installing what the tests need (once)"
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

# The oracle is under the GNU General Public Licence: it is installed here, apart, and nothing of ours imports it.
$(ORACLE)/.stamp: requirements-oracle.txt | $(BIN)/python
	@$(BIN)/python -m venv $(ORACLE)
	@$(ORACLE)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-oracle.txt
	@touch $@

$(VENV)/lock/bin/pip-compile: | $(BIN)/python
	@$(BIN)/python -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check $(PIP_TOOLS)
