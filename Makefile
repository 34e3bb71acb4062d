# The two commands of the course are `make lab` and `make test`; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
LOWEST := .venv-lowest
BIN := $(VENV)/bin
# Where the system speaks another encoding than the name of the folder, Python reads names as UTF-8.
NAMES := PYTHONUTF8=1
# Where bytecode isn't kept, each of the hundreds of processes that tests start compiles the course anew.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(NAMES) $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
# Each core begins with a half of its own, so that tests of one file share their runs.
SHARED := $(BIN)/pytest -n auto --dist worksteal --durations=10
# Many tests wait for a process that they have started: two at a time keep a core busy.
TWO_A_CORE := $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
# What make quick runs: rooms that need few processes and no long ensembles (docs/testing.md).
QUICK := crmsim README.md README.zh-Hans.md CONTRIBUTING.md \
	$(addprefix tests/,common exercises figures model/theory scenario survey test_concepts.py test_imports.py test_paths.py)
# And what takes long in these rooms.
SLOW := common/test_parallel.py scenario/test_southwest.py scenario/test_stores.py
SETUP := pyproject.toml constraints.txt
# The students' installation is a copy: before Python 3.13 an editable one can't start in a folder
# with Chinese in its path where the system speaks another encoding. So a new version is copied anew.
COURSE := $(shell find crmsim data notebooks/en notebooks/zh-Hans -type f ! -name '*.pyc')
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help lab test quick long mutate lowest lint unit nbval browser notebooks bench

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(VENV)/lab-ready ## Install what is missing and open the course; ARGS="--lang=zh --no-browser --port=8890"
	@$(BIN)/crmsim lab $(ARGS)

test: $(VENV)/test-ready ## Install what is missing and run every test but the long ones
	@$(MAKE) --no-print-directory --keep-going lint nbval unit browser

quick: $(VENV)/test-ready ## What one runs while working: style, examples, and the rooms that take seconds
	@$(MAKE) --no-print-directory --keep-going lint
	$(SHARED) $(QUICK) $(SLOW:%=--ignore=tests/%) $(ARGS)

long: $(VENV)/test-ready ## What is not for every run: searches, long ensembles, many examples (docs/testing.md)
	$(SHARED) --hypothesis-profile=long -m "long or hypothesis" $(ARGS)

mutate: $(VENV)/test-ready ## Change the grader's rules one at a time and print what no test notices; ARGS="seed count"
	$(BIN)/python tests/mutate_grader.py $(ARGS)

lowest: $(VENV)/test-ready ## Before a release: install the lowest versions allowed apart, and run unit and nbval there
	$(PIP) --quiet uv
	$(BIN)/uv venv --clear --quiet --python $(BIN)/python $(LOWEST)
	$(BIN)/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct \
		-e '.[lab,grade,author,fast,science,survey,test]'
	$(LOWEST)/bin/pytest -n auto --ignore=tests/browser --deselect tests/test_house.py $(ARGS)
	$(LOWEST)/bin/pytest --nbval -n auto --dist loadfile notebooks/teacher $(ARGS)

lint: $(VENV)/test-ready ## Style and plain mistakes in the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

unit: $(VENV)/test-ready ## Modules, facts, scenario walks, doctests, pages
	$(SHARED) -n $(TWO_A_CORE) --ignore=tests/browser $(ARGS)

nbval: $(VENV)/test-ready ## Every published teacher notebook, run and compared strictly
	$(BIN)/pytest --nbval -n auto --dist loadfile notebooks/teacher $(ARGS)

browser: $(VENV)/test-ready ## The course in a real JupyterLab and a real browser
	$(BIN)/pytest tests/browser -n 3 --dist worksteal --durations=10 $(ARGS)

notebooks: $(VENV)/test-ready ## Write and run the notebooks again from notebooks/source
	$(BIN)/python -m crmsim.authoring.build_lessons $(ARGS)

bench: $(VENV)/test-ready ## Time the engine beside Mesa, SimPy and the machine's own limits
	@$(BIN)/python -m benchmarks $(ARGS)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "The course needs Python 3.11 or newer; name one: make lab PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	|| { echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }
	@echo "1 of 2: making $(VENV), a Python of the course's own. Nothing outside this folder changes."
	@$(NAMES) $(PYTHON) -m venv $(VENV)

$(VENV)/lab-ready: $(SETUP) $(COURSE) | $(BIN)/python
	@if [ -e $(VENV)/test-ready ]; then :; else \
	echo "2 of 2: installing JupyterLab and the course, once; this takes a minute or two." && \
	$(PIP) '.[lab,grade,survey]'; fi
	@touch $@

$(VENV)/test-ready: $(SETUP) | $(BIN)/python
	@echo "2 of 2: installing JupyterLab, the course and what its tests need, once."
	@$(PIP) -e '.[lab,grade,author,fast,science,survey,test]'
	@touch $@
