# Everything starts here, on a machine with Python 3.11+, git and make. `make help` lists the doors.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
UV     := UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv

.DEFAULT_GOAL := help

ifdef PYTHONDONTWRITEBYTECODE
# Each of the hundreds of processes of a test run would compile its libraries anew: they are kept, out of the tree.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/$(VENV)/bytecode
endif

.PHONY: help demo test farm faults fuzz check accuracy accuracy-page bench truth docs format clean

help:  ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 18

$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "No virtual environment could be made; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
	@$(UV) sync --frozen --quiet --python $(BIN)/python
	@touch $@

demo: $(READY)  ## Harvest an imitated world of twelve catalogues over eight dates, offline, and draw the trend
	@$(BIN)/microcred demo

test: $(READY)  ## Run the tests (starts its own PostgreSQL and Prefect servers; loopback only)
	@$(BIN)/python -m pytest -n $$($(BIN)/python -c 'import os; print(min(4, 1 + (os.cpu_count() or 1)))') --dist worksteal

farm: $(READY)  ## Run the tests with several Prefect workers, Dask and PostgreSQL together (some minutes)
	@$(BIN)/python -m pytest -m farm tests/flows/test_prefect_workers.py tests/flows/test_prefect_deployment.py

faults: $(READY)  ## Let things go wrong on purpose: kills at random moments, databases and networks gone (many minutes)
	@$(BIN)/python -m pytest -m faults -n $$($(BIN)/python -c 'import os; print(os.cpu_count() or 1)') --dist worksteal --durations 20

fuzz: $(READY)  ## Attack every parser with inputs made up on the way (SECONDS=10 for each of them)
	@$(UV) sync --frozen --quiet --group fuzz --python $(BIN)/python
	@PYTHONPATH=.:tests/support $(BIN)/python -m fuzzing --seconds $(or $(SECONDS),10)

check: $(READY)  ## Lint, format, types, import doors, licences and known vulnerabilities of what is locked
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m supply.licences
	@$(BIN)/python -m supply.advisories

accuracy: $(READY)  ## Compare what we say of recorded listings with what readers took from them (LABELS=DIR for yours)
	@$(BIN)/python -m flows.accuracy $(LABELS)

accuracy-page: $(READY)
	@$(BIN)/python -m flows.accuracy --markdown > docs/accuracy.md

bench: $(READY)  ## Measure the pipeline beside its peers, its stages, start-up, store and trends (QUICK=1: two minutes)
	@$(BIN)/python -m bench $(if $(QUICK),--quick)
	@$(BIN)/python -m bench.stages $(if $(QUICK),--quick)
	@$(if $(QUICK),,$(BIN)/python -m bench.feeds)
	@$(BIN)/python -m bench.start_up $(if $(QUICK),--starts 3)
	@$(if $(QUICK),,$(BIN)/python -m bench.store)
	@$(if $(QUICK),,$(BIN)/python -m bench.store_floor)
	@$(if $(QUICK),,$(BIN)/python -m bench.trends)

truth: $(READY)  ## Measure invented worlds of five years, and how near our figures and the usual practice's come to them
	@$(BIN)/python -m bench.truth

docs: $(READY)  ## Write the generated pages of docs/
	@$(BIN)/python -m models.dictionary > docs/data-dictionary.md
	@$(BIN)/python -m scrapers.status > docs/source-status.md
	@$(BIN)/python -m scrapers.coverage > docs/coverage.md
	@$(BIN)/python -m classify.rulebook > docs/classification.md
	@$(BIN)/python -m trends.reference_page > docs/reference-series.md

format: $(READY)  ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:  ## Remove the environment and what the demo made (never data/ of a real harvest)
	rm -rf $(VENV) data/demo build *.egg-info
