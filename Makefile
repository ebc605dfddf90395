# Two commands do everything: `make site` and `make test`. Both set up .venv from requirements.txt first.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

site: $(READY)  ## check the book, build the docs site into build/site
	$(BIN)/triagebook build

serve: $(READY)  ## show the site on this machine and reload it on every edit
	$(BIN)/triagebook serve

test: $(READY) browser  ## run all that must pass
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto --dist worksteal

browser:  ## install Chromium for the browser tests, if it is missing and may be installed
	@.ci/browser

mutation: $(READY)  ## measure the check: single corruptions of a clean book, found or not
	$(BIN)/python -m tests.mutation

bench: $(READY)  ## time everything beside other tools, into site/speed, in an hour or two; less with SIZES=100,1000
	$(BIN)/python -m tests.bench $(if $(SIZES),--sizes $(SIZES))

format: $(READY)  ## put the code into its one form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: $(READY)  ## pin the newest versions that fit into requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade \
	  --custom-compile-command "make lock" --group dev --output-file requirements.txt pyproject.toml
	@if grep -nE '(https?|ftp)://' requirements.txt; then echo "requirements.txt names a host" >&2; exit 1; fi

clean:  ## remove all that was generated, .venv included
	rm -rf build dist .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"triagebook needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. Name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: help site serve test browser mutation bench format lock clean
