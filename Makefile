# make demo shows the main job; make test and make check are what a change needs; make test-all is every test, once;
# make test-versions runs the rings of Python's own library under every Python that is supported.
# make bench prints the figures; make campaign, make sabotage and make images are told in CONTRIBUTING.md.
# On a machine with Python 3.11 or newer; all else is installed into .venv.

# The first of these that runs and is new enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
# What development and CI install, each file of it by its hash.
LOCK := requirements-dev.txt
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test test-slow test-all test-versions check bench campaign sabotage images format lock clean

demo: $(VENV)/.demo
	@rm -rf followup-demo
	@$(BIN)/followup demo --folder followup-demo

test: $(VENV)/.developer
	$(BIN)/python -m pytest -m "not slow" $(TESTS)

# What `make test` leaves out. The campaign goes on where it was when its time was up.
test-slow: $(VENV)/.developer
	$(BIN)/python -m pytest -m slow $(TESTS)
	$(BIN)/python -m tests.campaign --minutes 10
	$(BIN)/python -m tests.sabotage

test-all: test test-slow

test-versions: $(VENV)/.developer
	tests/versions $(BIN)

check: $(VENV)/.developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.developer
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.developer
	$(BIN)/python -m benchmarks

images: $(VENV)/.developer
	FOLLOWUP_TEST_IMAGES=1 $(BIN)/python -m pytest tests/browser/test_looks.py -k pictures

campaign: $(VENV)/.developer
	$(BIN)/python -m tests.campaign $(CAMPAIGN)

sabotage: $(VENV)/.developer
	$(BIN)/python -m tests.sabotage

# Write requirements-dev.txt anew where pyproject.toml asks for something else; UPGRADE=--upgrade takes the newest of all.
lock: $(VENV)/.developer
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev \
	  --custom-compile-command "make lock" --output-file requirements-dev.txt $(UPGRADE) pyproject.toml

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis followup-demo*

$(BIN)/python:
	@test -n "$(PYTHON)" || \
	  { echo "followup needs Python 3.11 or newer; name one: make demo PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up $(VENV), once …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@$(INSTALL) --editable '.[demo]'
	@touch $@

$(VENV)/.developer: pyproject.toml $(LOCK) | $(BIN)/python
	@$(INSTALL) --require-hashes --requirement $(LOCK)
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@# Each command of a test is a process: none is to compile what it imports, where Python may not keep that itself.
	@$(BIN)/python -m compileall -q followup
	@touch $@
