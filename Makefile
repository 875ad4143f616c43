# Every target does its own set-up: a virtual environment in .venv, and burstlab in it.
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
LANES = 3.11 3.12 3.13

.PHONY: xor test test-long test-slow test-jupyter test-lanes docs links check format clean

xor: $(VENV)/installed
	$(BIN)/burstlab run xor --preset quick --out results/xor/make --force
	@echo "figure: results/xor/make/figure.png"

test: $(VENV)/tested
	$(BIN)/python -m pytest -m "not slow and not long" -n auto --dist loadfile

test-long: $(VENV)/tested
	$(BIN)/python -m pytest -m "long and not slow" -n auto --dist loadfile

test-slow: $(VENV)/tested
	$(BIN)/python -m pytest -m slow

test-jupyter: $(VENV)/tested
	$(BIN)/pip install --quiet --disable-pip-version-check "jupyterlab>=4.2"
	$(BIN)/python -m pytest tests/test_jupyter.py

# The tests with every version of Python that is here, each in an environment of its own.
test-lanes:
	@failed=""; absent=""; passed=""; \
	for version in $(LANES); do \
		if ! python$$version -c "" 2>/dev/null; then absent="$$absent $$version"; continue; fi; \
		if $(MAKE) --no-print-directory test VENV=.venv-$$version PYTHON=python$$version; \
		then passed="$$passed $$version"; else failed="$$failed $$version"; fi; \
	done; \
	echo "passed:$${passed:- none}; failed:$${failed:- none}; not found:$${absent:- none}"; \
	test -z "$$failed" && test -n "$$passed"

docs: $(VENV)/documented
	$(BIN)/python -m sphinx -q -W -b html docs docs/build
	@echo "site: docs/build/index.html"

# Links of the site to other computers; its examples are not run.
links: $(VENV)/documented
	$(BIN)/python -m sphinx -q -b linkcheck -D plot_gallery=0 docs docs/build/links

check: $(VENV)/checked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/checked
	$(BIN)/python tests/stubs.py
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The list of files is part of the key: an editable install is a tree of links, one for each.
SOURCES = pyproject.toml __init__.py py.typed __init__.pyi $(wildcard experiments/*.pyi) $(wildcard analysis/*.py equations/*.py experiments/*.py experiments/*/*.py models/*.py) \
          $(wildcard experiments/*/*.npz experiments/*/templates/* models/templates/*)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python $(SOURCES)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[test]"
	touch $@

$(VENV)/documented: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[docs]"
	touch $@

$(VENV)/checked: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[check]"
	touch $@

# What make made; results are the user's.
clean:
	rm -rf .venv .venv-3.* build dist docs/build docs/auto_gallery docs/generated *.egg-info
