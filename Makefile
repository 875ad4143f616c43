# Every target does its own set-up: a virtual environment in .venv, and burstlab in it.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: xor test test-long test-slow docs check format clean

xor: .venv/installed
	$(BIN)/burstlab run xor --preset quick --out results/xor/make --force
	@echo "figure: results/xor/make/figure.png"

test: .venv/tested
	$(BIN)/python -m pytest -m "not slow and not long" -n auto --dist loadfile

test-long: .venv/tested
	$(BIN)/python -m pytest -m "long and not slow" -n auto --dist loadfile

test-slow: .venv/tested
	$(BIN)/python -m pytest -m slow

docs: .venv/documented
	$(BIN)/python -m sphinx -q -W -b html docs docs/build
	@echo "site: docs/build/index.html"

check: .venv/checked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/checked
	$(BIN)/python tests/stubs.py
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The list of files is part of the key: an editable install is a tree of links, one for each.
SOURCES = pyproject.toml __init__.py py.typed __init__.pyi $(wildcard experiments/*.pyi) $(wildcard analysis/*.py equations/*.py experiments/*.py experiments/*/*.py models/*.py) \
          $(wildcard experiments/*/*.npz experiments/*/templates/* models/templates/*)

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python $(SOURCES)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

.venv/tested: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[test]"
	touch $@

.venv/documented: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[docs]"
	touch $@

.venv/checked: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[check]"
	touch $@

# What make made; results are the user's.
clean:
	rm -rf .venv build dist docs/build docs/auto_gallery *.egg-info
