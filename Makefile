# What people and CI run. Needs Python 3.11 or newer; everything else is installed into .venv, in the versions of requirements/.

PYTHON ?= python3
ARGS ?=
IN_VENV := .venv/bin/python -m
PINS := --constraint requirements/run.txt --constraint requirements/dev.txt

.PHONY: help demo feeds serve test lint clean clean-feeds
.DELETE_ON_ERROR:

help:  ## print these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: .venv/run.stamp  ## build feeds of the built-in sample site into feeds/
	$(IN_VENV) feedgen_mayadeen demo --out feeds $(ARGS)

feeds: .venv/run.stamp  ## build feeds of the live site into feeds/; ARGS="..." adds options
	$(IN_VENV) feedgen_mayadeen build $(ARGS)

serve: .venv/run.stamp  ## preview feeds/ on this machine
	$(IN_VENV) feedgen_mayadeen serve feeds $(ARGS)

test: .venv/dev.stamp  ## run the tests; ARGS="..." goes to pytest
	$(IN_VENV) pytest $(ARGS)

lint: .venv/dev.stamp  ## check format, style and types
	$(IN_VENV) ruff format --check
	$(IN_VENV) ruff check
	$(IN_VENV) mypy

clean:  ## remove .venv and the tools' caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find feedgen_mayadeen tests -name __pycache__ -prune -exec rm -rf {} +

clean-feeds:  ## remove built feeds from feeds/; the memory stays
	find feeds -mindepth 1 ! -path feeds/README.md ! -path feeds/.gitignore -delete

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

# pip first: one that comes with Python may be too old for --group and --build-constraint.
.venv/run.stamp: .venv/pyvenv.cfg pyproject.toml requirements/run.txt
	$(IN_VENV) pip install --quiet $(PINS) --upgrade pip
	$(IN_VENV) pip install --quiet $(PINS) --build-constraint requirements/run.txt --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	$(IN_VENV) pip install --quiet $(PINS) --group dev
	@touch $@
