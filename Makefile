# Everything one does with the workbench. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
VALIDATORS := .venv-validators
BROWSER := chromium fonts-dejavu-core
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
.DEFAULT_GOAL := help
.PHONY: help setup report test lab pack chromium validators lint bench bench-reports bench-compute bench-loaders lock clean

help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(READY) ## Create .venv with the pinned packages (every other target does it too)

report: $(READY) ## Write the portraits of all départements, régions and France into reports/portrait/
	$(BIN)/workbench report portrait

test: $(READY) chromium validators lint ## Check style, types and layers, then run every test
	$(BIN)/python -m pytest -n auto

lab: $(READY) ## Open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

pack: $(READY) ## Build the France pack again from its sources (needs the network)
	$(BIN)/python -m workbench.packs.france.build

chromium: ## Install the browser of PDF and of the browser tests (Debian, as root); else say how
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(BROWSER) >/dev/null; \
	then echo "Chromium installed"; \
	else echo "No Chromium: no PDF, and browser tests are skipped. Enable them: sudo apt-get install $(BROWSER)"; fi
else
	@echo "Chromium: $(CHROMIUM)"
endif

validators: $(VALIDATORS)/ready ## Install the validators of publications, in an environment of their own

lint: $(READY) ## Check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(READY) ## Time the main jobs
	$(BIN)/python tests/benchmarks/bench_portrait.py --reports
	$(BIN)/python tests/benchmarks/bench_pdf.py --reports 20
	$(BIN)/python -m tests.benchmarks.bench_rollup
	$(BIN)/python tests/benchmarks/bench_convert.py --territories 35000 --variables 30 --periods 20
	$(BIN)/python tests/benchmarks/bench_history.py --codes 2000
	$(BIN)/python tests/benchmarks/bench_gallery.py

bench-reports: $(READY) ## Compare the making of reports with today's tools (minutes)
	$(BIN)/python -m tests.benchmarks.bench_reports

bench-compute: $(READY) ## Compare grids, events and roll-ups with today's tools (minutes)
	$(BIN)/python -m pip install -q --disable-pip-version-check -r tests/benchmarks/peers.txt
	$(BIN)/python -m tests.benchmarks.bench_zonal
	$(BIN)/python -m tests.benchmarks.bench_chunks
	$(BIN)/python -m tests.benchmarks.bench_rollup
	$(BIN)/python -m tests.benchmarks.bench_events

bench-loaders: $(READY) ## Compare the reading of files with today's tools, and large ones (minutes)
	$(BIN)/python -m pip install -q --disable-pip-version-check -r tests/benchmarks/peers.txt
	$(BIN)/python -m tests.benchmarks.bench_dialect --size 2000
	$(BIN)/python -m tests.benchmarks.bench_lazy --rows 20000000

lock: $(READY) ## Pin the packages again, with their hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra test \
	  --no-annotate --no-header -q pyproject.toml -o requirements.lock

clean: ## Remove the environment, caches and reports
	rm -rf $(VENV) $(VALIDATORS) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find reports -mindepth 1 -not -name README.md -delete

# Once for each change of the lock or of the project file.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Give one: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -c "from workbench.compute.compiling import prepare; prepare()"
	@touch $@

$(VALIDATORS)/ready: tests/publishing/validators.lock $(READY)
	@$(BIN)/python -m venv $(VALIDATORS)
	@$(VALIDATORS)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@
