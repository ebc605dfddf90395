# The two main commands are `make site` and `make test`. Both first create .venv from requirements.txt.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# It needs a tenth of pip's time. It does not read pip's settings, so pip does the work where it finds no index.
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python
# Some machines set this to 1, and then each process compiles the code and its tests again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

site: $(READY)  ## check the book and build the docs site in build/site
	$(BIN)/triagebook build

serve: $(READY)  ## serve the site on this machine and reload it after each edit
	$(BIN)/triagebook serve

test: $(READY) browser  ## run everything that must pass
	@$(MAKE) --no-print-directory --jobs=2 lint suite

lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# One worker more than there are cores: many tests wait for a browser, a signal or another process.
suite:
	$(BIN)/pytest -n $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)') --dist worksteal

browser:  ## install Chromium for the browser tests, if it is missing
	@.ci/browser

mutation: $(READY)  ## measure which single corruptions of a clean book the check finds
	$(BIN)/python -m tests.mutation

bench: $(READY)  ## compare the speed with other tools, in one or two hours (SIZES=100,1000 is faster)
	$(BIN)/python -m tests.bench $(if $(SIZES),--sizes $(SIZES))

format: $(READY)  ## format the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: $(READY)  ## pin the newest compatible versions in requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade \
	  --custom-compile-command "make lock" --all-extras --group dev --output-file requirements.txt pyproject.toml
	@if grep -nE '(https?|ftp)://' requirements.txt; then echo "requirements.txt names a host" >&2; exit 1; fi

clean:  ## remove all generated files, including .venv
	rm -rf build dist .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"triagebook needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. Name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > .venv/uv.txt
	$(PIP) --no-deps --require-hashes --requirement .venv/uv.txt
	$(UV) --require-hashes --requirement requirements.txt || $(PIP) --require-hashes --requirement requirements.txt
	$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: help site serve test lint suite browser mutation bench format lock clean
