# Everything here runs from the repository root with nothing but a Python and make:
#   make setup   environment in .venv, from the lock files        make test   all checks and all tests
#   make demo    a running system with made-up data               make check  linters, types, contracts, packs
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
UV_VERSION := 0.13.9
UV := $(BIN)/uv
STAMP := $(VENV)/.stamp

# Workers for pytest: one per core. The browser tests start one server and one browser per worker.
WORKERS ?= auto
PYTEST := $(PY) -m pytest -n $(WORKERS)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- environment ---------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(STAMP)-installed $(STAMP)-system ## environment in .venv from the lock files (quick when nothing changed)

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Duban needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(STAMP)-uv: | $(PY)
	@[ "$$($(UV) --version 2>/dev/null | cut -d' ' -f2)" = $(UV_VERSION) ] || $(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(STAMP)-installed: requirements-dev.lock pyproject.toml $(STAMP)-uv | $(PY)
	$(UV) pip sync --quiet --python $(PY) --require-hashes requirements-dev.lock
	$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

# The browser tests want Chromium and a Chinese font. Tried once, and never a reason to fail: what is missing is said
# here, and again by each test that is skipped.
$(STAMP)-system: | $(PY)
	@if command -v chromium >/dev/null && { ! command -v fc-list >/dev/null || [ -n "$$(fc-list :lang=zh | head -1)" ]; }; then \
	  :; \
	elif [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	  echo "No Chromium or no Chinese font here, and no right to install them: browser tests will be skipped."; \
	  echo "  Debian/Ubuntu: sudo apt-get install chromium fonts-noto-cjk"; \
	else \
	  echo "Installing chromium and fonts-noto-cjk ..."; \
	  log=$$(mktemp); \
	  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-noto-cjk; } \
	    >$$log 2>&1 || { echo "Could not install them; browser tests will be skipped:"; tail -3 $$log; }; \
	  rm -f $$log; \
	fi
	@touch $@

.PHONY: lock
lock: $(STAMP)-uv ## rewrite both lock files from pyproject.toml (make lock UPGRADE=--upgrade for newer versions)
	$(UV) pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header $(UPGRADE) pyproject.toml --output-file requirements.lock
	$(UV) pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header $(UPGRADE) --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock
	@! grep -n '://' requirements.lock requirements-dev.lock || { echo "A lock file names an address."; exit 1; }

# ---- checks and tests ----------------------------------------------------------------------------------------

.PHONY: check
check: setup ## linters, types, import contracts, regulation packs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if [ -f duban/cli/check_packs.py ]; then $(BIN)/duban check-packs; fi

.PHONY: test
test: check ## everything: check, the whole suite on SQLite, the database tests again on PostgreSQL
	@mkdir -p test-results; status=0; set -o pipefail; \
	for db in sqlite postgres; do \
	  echo "== tests on $$db"; \
	  $(PYTEST) --db=$$db 2>&1 | tee test-results/$$db.txt || status=1; \
	done; \
	echo; echo "== summary"; \
	for db in sqlite postgres; do printf '%-9s %s\n' $$db "$$(tail -1 test-results/$$db.txt)"; done; \
	exit $$status

.PHONY: bench
bench: setup ## measured speed of the parts that must stay fast
	$(PY) -m benchmarks

.PHONY: mutate-packs
mutate-packs: setup ## alter every rule of every pack; each altered pack must fail one of its own worked examples
	$(PY) -m tests.mutate_packs

# ---- running -------------------------------------------------------------------------------------------------

.PHONY: demo
demo: setup ## a running system with made-up data on http://127.0.0.1:8000/
	$(BIN)/duban demo

.PHONY: clean
clean: ## remove the environment and what the tools wrote; your data in var/ stays
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache test-results
	find duban tests -name __pycache__ -type d -prune -exec rm -rf {} +
