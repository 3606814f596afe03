# octavo: `make run` starts the service, `make test` checks everything, `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
TOOLS := .venv-tools
# What the image has: the distribution with its small extras.
IMAGE_EXTRAS := barcodes otel postgres s3

.PHONY: help run install test quick check docs typescript bench audit sbom bundle lock clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: install  ## install if needed, then start API, worker and broker
	@exec $(BIN)/octavo serve

install: $(VENV)/installed  ## make .venv with what the service needs

# A process of tests that crashes ends the run and is named: with another in its place it would hang.
test: $(VENV)/developer check  ## linters, types, import rules and the whole test suite
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --max-worker-restart 0 --dist loadfile

quick: $(VENV)/developer  ## the tests that need no engine, no server and no service
	$(BIN)/python -m pytest -m "not engines and not services and not end_to_end and not fuzz"

check: $(VENV)/developer  ## linters, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy docs/examples
	$(BIN)/lint-imports

docs: $(VENV)/developer  ## the documentation's site, in ./site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

typescript: $(VENV)/developer  ## the types of the TypeScript client, anew from the API; needs npm's registry
	$(BIN)/python docs/make_typescript.py

bench: $(VENV)/developer  ## quality and speed beside other readers; see benchmarks/README.md
	$(PIP) install -c constraints.txt -e '.[bench]'
	$(BIN)/python -m benchmarks quality
	$(BIN)/python -m benchmarks speed
	$(BIN)/python -m benchmarks report

audit: $(TOOLS)/installed  ## known holes in what is locked; other services: make audit AUDIT='-s osv'
	$(TOOLS)/bin/pip-audit --strict --progress-spinner off --no-deps --disable-pip -r constraints.txt $(AUDIT)

sbom: install $(TOOLS)/installed  ## octavo.cdx.json: what is installed in .venv, with licences (CycloneDX)
	$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	  --output-file octavo.cdx.json $(BIN)/python

bundle: install $(TOOLS)/installed  ## dist/octavo-….tar: all of Octavo for where there is no network, see docs/airgapped.md
	$(BIN)/python -m docs.bundle.make --cyclonedx $(TOOLS)/bin/cyclonedx-py

lock: $(TOOLS)/installed  ## requirements.lock: the image's packages by their hashes, after a change of versions
	$(TOOLS)/bin/uv pip compile --quiet pyproject.toml $(IMAGE_EXTRAS:%=--extra %) --constraint constraints.txt \
	  --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --output-file requirements.lock

clean:  ## remove the environment (never your data)
	rm -rf $(VENV) $(TOOLS)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Octavo needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python lacks venv. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Octavo into $(VENV) (once, a minute or two)…"
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/developer: $(VENV)/installed
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

# Apart, so that they are no part of what they describe.
$(TOOLS)/installed: constraints.txt
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --disable-pip-version-check -q -c constraints.txt cyclonedx-bom pip-audit uv
	@touch $@
