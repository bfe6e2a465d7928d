# Two commands need nothing but Python 3.10+, make and git: `make demo` and `make test`.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test train gate corpus check format lint types docs wheel-test bench clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("narrativ needs Python 3.10 or newer; run make PYTHON=python3.12" if sys.version_info < (3, 10) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(STAMP) ## Label the sample corpus: a summary per source, and the table demo.csv
	$(BIN)/narrativ label corpora/sample/texts --source-from-folder -o demo.csv

test: $(STAMP) ## Run the tests
	$(BIN)/python -m pytest -n 2 -q

format: $(STAMP) ## Format the code
	$(BIN)/ruff format narrativ tests benchmarks
	$(BIN)/ruff check --fix narrativ tests benchmarks

lint: $(STAMP) ## Format and lint, checked
	$(BIN)/ruff format --check narrativ tests benchmarks
	$(BIN)/ruff check narrativ tests benchmarks

types: $(STAMP) ## Strict types
	$(BIN)/mypy

docs: $(STAMP) ## Generated pages are up to date, links resolve, examples run
	$(BIN)/python -m tests.docs_tool --check

wheel-test: $(STAMP) ## Build the wheel and run it in a fresh environment outside the checkout
	$(BIN)/python -m tests.wheel_tool

gate: $(STAMP) ## Quality gate: the shipped models on the gold set, against pinned floors
	$(BIN)/narrativ evaluate corpora/gold --engine fast --floors models/deepseek/floors-fast.json --scripts -o build/gate-fast.md
	$(BIN)/narrativ evaluate corpora/gold --engine accurate --floors models/deepseek/floors-accurate.json -o build/gate-accurate.md

corpus: $(STAMP) ## Checks of the training corpora; REAL=file.jsonl tells them from real passages
	$(BIN)/python -m narrativ.learn.checks $(if $(REAL),--against $(REAL))

check: lint types docs test wheel-test gate corpus ## Everything that must pass

train: $(STAMP) ## Train the models from corpora/ alone
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m narrativ.learn.train

bench: $(STAMP) ## Speed, as ratios in one run on one core
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.claims

clean: ## Remove what make made
	rm -rf $(VENV) demo.csv build dist .mypy_cache .ruff_cache .pytest_cache
