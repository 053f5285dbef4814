SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
SCHEMATHESIS_VERSION := 4.32.5
ENGINES := .cache/engines
DYNOXIDE_VERSION := 1.2.1
DYNOXIDE_SHA256 := be909b7910d3fb552e85db10ef3c8ebae4bd35fee0f26dffdb6dfa5cc656426e

.PHONY: help
help:  ## List the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# --- the environment ---------------------------------------------------------------------------------------------

$(BIN)/.installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: no '$(PYTHON)' on PATH; install Python 3.11 or newer, or set PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than Python 3.11; set PYTHON=python3.13, for example" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "make: $(PYTHON) cannot make a virtual environment (on Debian: apt install python3-venv)" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

.PHONY: setup
setup: $(BIN)/.installed  ## Create the environment in .venv

.PHONY: lock
lock: setup  ## Resolve the dependencies into the lock files
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --all-extras --no-header pyproject.toml --no-emit-package event-api -o requirements.lock
	@# Functions with another layer have DependenciesLayer too, and cffi's compiled module does not need its parser of C.
	for layer in dependencies reading signatures; do \
		$(BIN)/uv pip compile --quiet --python-platform aarch64-manylinux2014 --python-version 3.13 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
			--constraint requirements.lock --no-emit-package pycparser $$(test $$layer = dependencies || echo --no-emit-package typing-extensions) \
			layers/dependencies/$$layer.in -o layers/dependencies/$$layer.txt; \
	done

# --- tests -------------------------------------------------------------------------------------------------------

.PHONY: test
test: setup  ## Run the tests that need only Python
	@# The slow ones lie together: dealt out in blocks, one worker would get most of them.
	$(BIN)/pytest -q -n auto --dist worksteal -m "not engine and not e2e and not faults and not browser"

.PHONY: coverage
coverage: setup  ## Measure the branch coverage of the tests that need only Python; fail below the floor
	$(BIN)/pytest -q -n auto --dist worksteal -m "not engine and not e2e and not faults and not browser" --ignore tests/property --ignore tests/performance --cov --cov-report term

.PHONY: engines
engines: $(ENGINES)/dynoxide  ## Install the real DynamoDB engine that the slower tests use (needs npm)

$(ENGINES)/dynoxide:
	@command -v npm >/dev/null || { echo "make: 'make engines' needs npm; install Node.js 18 or newer" >&2; exit 1; }
	mkdir -p $(ENGINES)
	npm install --silent --no-audit --no-fund --no-save --prefix $(ENGINES) @dynoxide/linux-x64@$(DYNOXIDE_VERSION)
	echo "$(DYNOXIDE_SHA256)  $(ENGINES)/node_modules/@dynoxide/linux-x64/dynoxide" | sha256sum --check --quiet
	ln -sf node_modules/@dynoxide/linux-x64/dynoxide $@

.PHONY: test-engines
test-engines: setup engines  ## Run the store's and the API's tests on real DynamoDB engines
	$(BIN)/pytest -q -n auto -m engine

.PHONY: faults
faults: setup engines  ## Inject every fault into every AWS call of the ingest path (FAULTS=thorough for all combinations)
	$(BIN)/pytest -q -n auto -m faults tests/faults

.PHONY: evaluate
evaluate: setup  ## Print how well bodies are read, and fail if one is read worse than before (ACCEPT=1 keeps the result)
	$(BIN)/python -m tests.evaluation $(if $(LIST),--list) $(if $(ACCEPT),--accept)

.PHONY: lint
lint: setup  ## Check style, types, layering, prose, and that generated files are up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m apidoc --check
	$(BIN)/python -m apidoc.formats --check
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m checks.prose

.PHONY: formats
formats: setup  ## Generate the formats' index and table from their modules
	$(BIN)/python -m apidoc.formats

# --- the OpenAPI document -----------------------------------------------------------------------------------------

.PHONY: openapi
openapi: setup  ## Generate docs/openapi.json
	$(BIN)/python -m apidoc

FUZZ_VENV := .venvs/fuzz

$(FUZZ_VENV)/.installed: $(BIN)/.installed
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(FUZZ_VENV)
	$(BIN)/uv pip install --quiet --python $(FUZZ_VENV)/bin/python schemathesis==$(SCHEMATHESIS_VERSION)
	@touch $@

.PHONY: fuzz
fuzz: $(FUZZ_VENV)/.installed  ## Fuzz a local run by docs/openapi.json, with EXAMPLES=20 for each operation
	$(BIN)/python -m tests.fuzz --max-examples $(or $(EXAMPLES),20) $(if $(SEED),--seed $(SEED))

# --- the template -----------------------------------------------------------------------------------------------------

SAM_VENV := .venvs/sam
SAM := SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 PATH="$(CURDIR)/$(BIN):$$PATH" $(SAM_VENV)/bin/sam

$(SAM_VENV)/.installed: $(BIN)/.installed
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(SAM_VENV)
	$(BIN)/uv pip install --quiet --python $(SAM_VENV)/bin/python aws-sam-cli==1.170.0 cfn-lint==1.58.0
	@touch $@

.PHONY: validate
validate: $(SAM_VENV)/.installed  ## Validate template.yaml
	$(SAM) validate --lint

CHECKOV_VENV := .venvs/checkov

$(CHECKOV_VENV)/.installed: $(BIN)/.installed
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(CHECKOV_VENV)
	$(BIN)/uv pip install --quiet --python $(CHECKOV_VENV)/bin/python checkov==3.3.30
	@touch $@

.PHONY: guard
guard: $(CHECKOV_VENV)/.installed  ## Check template.yaml against checkov's rules (exceptions: .checkov.yaml)
	$(CHECKOV_VENV)/bin/checkov --config-file .checkov.yaml

.PHONY: build
build: $(SAM_VENV)/.installed  ## Build the artifacts of `sam deploy`, and weigh the layers (needs Python 3.13)
	$(SAM) build
	$(BIN)/python -m checks.weight .aws-sam/build

# --- cold start ---------------------------------------------------------------------------------------------------

.PHONY: coldstart
coldstart: setup  ## Measure cold starts, as multiples of an empty handler
	$(BIN)/python -m benchmarks.coldstart $(if $(ROUNDS),--rounds $(ROUNDS))

# --- calls and reading ------------------------------------------------------------------------------------------------------

.PHONY: bench
bench: setup engines  ## Measure calls, ingest, reading with SIZES=10000,100000 events, counting with SUMMARIES=100000
	$(BIN)/python -m benchmarks.calls
	$(BIN)/python -m benchmarks.ingest
	$(BIN)/python -m benchmarks.reading $(if $(SIZES),--sizes $(SIZES))
	$(BIN)/python -m benchmarks.summaries $(if $(SUMMARIES),--sizes $(SUMMARIES))

# --- the console -----------------------------------------------------------------------------------------------------------

console/node_modules/.installed: console/package-lock.json
	@command -v npm >/dev/null || { echo "make: building the console needs npm; install Node.js 20 or newer" >&2; exit 1; }
	npm ci --silent --no-audit --no-fund --prefix console
	@touch $@

.PHONY: console
console: console/node_modules/.installed  ## Check the console's types and build its files (needs npm)
	npm run --silent --prefix console check
	npm run --silent --prefix console build

.PHONY: console-check
console-check: console  ## Fail if the console's files are not those that its sources make
	git diff --exit-code --stat -- functions/console/files
	@test -z "$$(git status --porcelain -- functions/console/files)"

BROWSER := .cache/browser

$(BROWSER)/.installed: $(BIN)/.installed
	@# Beside .venv, for one folder of tests; without the dependencies that .venv has.
	$(BIN)/uv pip install --quiet --target $(BROWSER) --no-deps playwright==1.65.2 greenlet==3.5.6
	@touch $@

.PHONY: test-browser
test-browser: $(BROWSER)/.installed console/node_modules/.installed  ## Test the console in a real browser (needs npm, and Chromium)
	PYTHONPATH=$(BROWSER) $(BIN)/pytest -q -m browser tests/browser

.PHONY: pictures
pictures: $(BROWSER)/.installed  ## Take the pictures anew that the browser tests compare (needs Chromium); look at them before
	UPDATE_PICTURES=1 PYTHONPATH=$(BROWSER) $(BIN)/pytest -q -m browser tests/browser/test_pictures.py

# --- the local run ---------------------------------------------------------------------------------------------------

.PHONY: run
run: setup  ## Run the API on this machine, at port 3000 or PORT=...
	@exec $(BIN)/python -m localrun

.PHONY: demo
demo: setup  ## Fill the running local run with a month of events (DAYS=...), and keep some coming
	@exec $(BIN)/python -m localrun demo $(or $(DAYS),30)

.PHONY: reload
reload:  ## Load changed code into the running local run
	@$(BIN)/python -m localrun reload

.PHONY: test-e2e
test-e2e: setup  ## Test the local run end to end, with Alertmanager and collectd if they are installed
	$(BIN)/pytest -q tests/e2e
