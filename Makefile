# Everything that one does with this project; works with GNU make from 3.81 on.
# What was installed is remembered by stamp files in .venv, so that a second time costs nothing.

VENV = .venv
PYTHON = python3 python3.14 python3.13 python3.12 python3.11
# What is imported is compiled once and kept, also where the environment says otherwise: the tests
# start hundreds of interpreters.
export PYTHONDONTWRITEBYTECODE =

ARGS =
PYTEST_ARGS =
LOCK_ARGS =
COMPARE =
UV = $(VENV)/bin/uv

PY = $(VENV)/bin/python
INSTALL = sh .ci/install $(PY)
NPM = $(VENV)/bin/npm --prefix frontend --loglevel=error
SOAK_NPM = $(VENV)/bin/npm --prefix tests/soak/npm --loglevel=error
TSC = $(VENV)/bin/node frontend/node_modules/typescript/bin/tsc
BIOME = $(CURDIR)/$(VENV)/bin/node $(CURDIR)/frontend/node_modules/@biomejs/biome/bin/biome
CHECKS = tests/test_imports.py tests/test_page_imports.py tests/page/test_declarations.py \
	tests/test_sizes.py
CORES = $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# The tests wait as much as they work.
WORKERS = $(shell expr 2 + $(CORES))
COMPILE = $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet $(LOCK_ARGS)

.PHONY: help run test soak bench bench-quick check types tools pictures lock clean

help:
	@echo 'make run     start the playground on http://127.0.0.1:8000   (ARGS="--port 9000")'
	@echo 'make test    run all tests                                   (PYTEST_ARGS="-k udp")'
	@echo 'make soak    run what takes minutes, of which make test takes a part'
	@echo 'make bench   measure what has to be fast beside peers and limits   (COMPARE=old.json)'
	@echo 'make bench-quick  the same in under a minute, for shape only'
	@echo 'make check   lint, format, types, imports of both languages: what a commit must pass'
	@echo 'make types   write the types of events for the page anew, from those of the backend'
	@echo 'make tools   see that the programs that the tests drive are there, or install them'
	@echo 'make pictures  take the pictures of docs/pictures from the running page'
	@echo 'make lock    write the files that pin versions anew          (LOCK_ARGS=--upgrade)'
	@echo 'make clean   remove everything that these commands made'
	@echo
	@echo 'Another Python:  make run PYTHON=/path/to/python3'

run: $(VENV)/run.stamp
	$(VENV)/bin/socketlab serve $(ARGS)

test: tools $(VENV)/page.stamp
	$(PY) -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

# One after the other: what is measured here is not to be disturbed.
soak: $(VENV)/soak.stamp $(VENV)/bench.stamp
	@sh .ci/tools $(PY) soak
	$(PY) -m pytest -n 0 -m soak --durations=0 $(PYTEST_ARGS)

bench: $(VENV)/bench.stamp
	@sh .ci/tools $(PY)
	$(PY) -m tests.bench $(if $(COMPARE),--compare '$(COMPARE)') $(ARGS)

bench-quick: ARGS += --quick
bench-quick: bench

check: $(VENV)/dev.stamp $(VENV)/page.stamp
	@sh .ci/together \
		'$(PY) -m ruff check .' \
		'$(PY) -m ruff format --check .' \
		'cd frontend && $(BIOME) ci' \
		'cd tests/page && $(BIOME) ci' \
		'cd tests/soak/npm && $(BIOME) ci' \
		'$(TSC) -p frontend' \
		'$(PY) -m mypy' \
		'$(PY) -m pytest -q $(CHECKS)'

types: $(VENV)/dev.stamp
	$(PY) -m tests.page.declarations

tools: $(VENV)/made.stamp
	@sh .ci/tools $(PY)

pictures: tools $(VENV)/dev.stamp
	$(PY) -m tests.pictures

# The first set decides the versions; the next ones follow it.
lock: $(VENV)/run.stamp
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) --group build --output-file requirements-build.txt
	$(COMPILE) pyproject.toml --group dev --constraints requirements.txt \
		--constraints requirements-build.txt --output-file requirements-dev.txt
	$(COMPILE) --group soak --output-file requirements-soak.txt
	$(COMPILE) --group bench --output-file requirements-bench.txt
	$(COMPILE) --group uv --output-file requirements-uv.txt
	$(MAKE) $(VENV)/dev.stamp
	$(NPM) install --package-lock-only
	$(SOAK_NPM) install --package-lock-only

clean:
	rm -rf $(VENV) frontend/node_modules tests/soak/npm/node_modules build dist test-results \
		.mypy_cache .pytest_cache .ruff_cache .hypothesis
	find backend frontend labs tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made.stamp:
	@for python in $(PYTHON); do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
			2>/dev/null; then \
			echo "Making $(VENV) with $$python"; \
			$$python -m venv $(VENV) && touch $@; \
			exit; \
		fi; \
	done; \
	echo 'Socket Lab needs Python 3.11 or newer with venv; tried: $(PYTHON).' \
		'Install it (apt-get install python3 python3-venv; dnf install python3; apk add python3;' \
		'brew install python) or name one: make PYTHON=/path/to/python3' >&2; \
	exit 1

$(VENV)/run.stamp: $(VENV)/made.stamp requirements.txt requirements-build.txt pyproject.toml
	@echo 'Installing what Socket Lab runs on'
	@$(INSTALL) --require-hashes -r requirements.txt -r requirements-build.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	@echo 'Installing what the checks and tests run on'
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

# Programs of others that the soak tries: what they need may contradict what we do.
$(VENV)/soak.stamp: $(VENV)/page.stamp requirements-soak.txt tests/soak/npm/package.json \
		tests/soak/npm/package-lock.json
	@echo 'Installing the programs of others that the soak tries'
	@$(PY) -m venv --clear $(VENV)/soak
	@$(VENV)/soak/bin/python -m pip --quiet --disable-pip-version-check install \
		--require-hashes -r requirements-soak.txt
	@$(SOAK_NPM) ci >/dev/null
	@touch $@

# What ours is measured beside.
$(VENV)/bench.stamp: $(VENV)/dev.stamp requirements-bench.txt
	@echo 'Installing what Socket Lab is measured beside'
	@$(PY) -m venv --clear $(VENV)/bench
	@$(VENV)/bench/bin/python -m pip --quiet --disable-pip-version-check install \
		--require-hashes -r requirements-bench.txt
	@touch $@

# Node is among the requirements above, so that it is the same one everywhere. The compiler proper is
# an optional package for each platform: npm ci says nothing when it does not come.
$(VENV)/page.stamp: $(VENV)/dev.stamp frontend/package.json frontend/package-lock.json
	@echo "Installing what checks and tests the page's scripts"
	@$(NPM) ci >/dev/null
	@$(TSC) --version >/dev/null
	@($(BIOME) --version) >/dev/null
	@touch $@
