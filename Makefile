# `make demo` and `make test` do everything on a machine that has Python 3.11 or newer: both make .venv first.

VENV   := .venv
BIN    := $(VENV)/bin
SHARED ?= ../shared/corpus

PACKAGE := pyproject.toml README.md $(shell find padlint rules -type f -not -name '*.pyc' 2>/dev/null)

# Folders in which labelled programs lie, one folder a project; without any, the packages are fetched.
LAID_OUT ?=

# Three packages that fetch in a moment: unmasked models in many classes, masked ones, and one without any helper.
SMALL        ?= bidaf-keras kashgari-tf neuro-tagger
SMALL_BOUNDS ?= rnn.recall=0.9 rnn.precision=0.95

# How many inputs `make fuzz` and `make differential` try; for the first, a folder of scripts and notebooks to spoil, too.
N      ?= 2000
CORPUS ?=

.PHONY: help demo test differential check fix docs fuzz corpus corpus-small corpus-fixes corpus-confirm corpus-coverage bench clean

help:
	@echo "make demo          lint fixtures/ and show what padlint finds"
	@echo "make test          run all tests (installs TensorFlow, for those that measure leaks)"
	@echo "make differential  write, run and read N random programs; the two halves must agree on each"
	@echo "make check         ruff, mypy, the layers, the wheel, and what is generated of the documentation"
	@echo "make fix           let ruff sort imports and format"
	@echo "make docs          write the pages that come from the rules, the options and the command line"
	@echo "make fuzz          try padlint on N=2000 spoilt and made-up files, of CORPUS=folder"
	@echo "make corpus        score padlint on labelled PyPI packages, into benchmarks/results/"
	@echo "make corpus-small  the same on three of them"
	@echo "make corpus-fixes  fix copies of labelled programs, and measure how many leaks that cures and what breaks"
	@echo "make corpus-confirm  rebuild labelled programs, and measure whether TensorFlow agrees with the labels"
	@echo "make corpus-coverage  count how many models of labelled programs are read whole"
	@echo "make bench         measure padlint beside other linters, into benchmarks/results/"
	@echo "make clean         remove .venv and all caches"

demo: $(VENV)/padlint.stamp
	@echo "\$$ padlint fixtures/"
	@$(BIN)/padlint fixtures/; test $$? -le 1

# Bare pytest, not python -m pytest: what is tested is the padlint that was installed.
test: $(VENV)/test.stamp $(VENV)/padlint.stamp
	$(BIN)/pytest

differential: $(VENV)/test.stamp $(VENV)/padlint.stamp
	$(BIN)/python tests/differential $(N)

check: $(VENV)/test.stamp $(VENV)/check.stamp $(VENV)/padlint.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/packaging
	$(BIN)/python docs/generator --check
	$(BIN)/python docs/padding_question --check

fix: $(VENV)/check.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/padlint.stamp
	$(BIN)/python docs/generator

fuzz: $(VENV)/test.stamp $(VENV)/padlint.stamp
	$(BIN)/python tests/fuzz -n $(N) $(if $(CORPUS),--corpus $(CORPUS))

corpus: $(VENV)/padlint.stamp
	$(BIN)/python benchmarks/corpus.py $(SHARED)

corpus-small: $(VENV)/padlint.stamp
	$(BIN)/python benchmarks/corpus.py $(SHARED) --packages $(SMALL) --at-least $(SMALL_BOUNDS)

corpus-fixes: $(VENV)/padlint.stamp
	$(BIN)/python benchmarks/fixes.py $(SHARED) $(LAID_OUT) --at-least 0.8

corpus-confirm: $(VENV)/test.stamp $(VENV)/padlint.stamp
	$(BIN)/python benchmarks/confirm.py $(SHARED) $(LAID_OUT) --check

corpus-coverage: $(VENV)/padlint.stamp
	$(BIN)/python benchmarks/coverage.py $(SHARED) $(LAID_OUT)

bench: $(VENV)/padlint.stamp
	$(BIN)/python benchmarks/speed.py $(SHARED) $(LAID_OUT)

clean:
	rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .padlint_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Environments -----------------------------------------------------------------------------------------------------

# TensorFlow has wheels for 3.11 to 3.13, so those come first; padlint itself runs on anything newer.
$(BIN)/python:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    echo "making $(VENV) with $$($$python --version)"; \
	    $$python -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); echo "$$python cannot make one: on Debian, install python3-venv"; exit 1; \
	done; echo "padlint needs Python 3.11 or newer, and there is none on PATH"; exit 1
	@$(BIN)/python -m pip install -qq --upgrade pip

$(VENV)/padlint.stamp: $(BIN)/python $(PACKAGE)
	@$(BIN)/python -m pip install -qq .
	@touch $@

$(VENV)/test.stamp: $(BIN)/python pyproject.toml
	@echo "installing what the tests need, TensorFlow among it"
	@$(BIN)/python -m pip install -qq --group test ".[confirm,confirm-keras2]"
	@touch $(VENV)/padlint.stamp $@

$(VENV)/check.stamp: $(BIN)/python pyproject.toml
	@$(BIN)/python -m pip install -qq --group check
	@touch $@
