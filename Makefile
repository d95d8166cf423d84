# Everything a newcomer needs: `make demo` and `make test`. The rest is in docs/start-here.md.
.POSIX:
SHELL = /bin/sh
PYTHON = python3
BIN = .venv/bin

.PHONY: install demo test test-sqlite test-postgres check check-types check-rest bench messages lock system-install system-test clean

install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml tools/messages.py $(wildcard locale/*/LC_MESSAGES/*.po)
	@sh tools/system.sh install
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes --requirement tools/uv.lock
	UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}" \
	  $(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable .
	$(BIN)/python tools/messages.py compile
	@touch $@

demo: install
	$(BIN)/songnuan demo

test: test-sqlite test-postgres

test-sqlite: install
	@sh tools/system.sh test
	env -u DATABASE_URL $(BIN)/python -m pytest -n 2 --dist loadgroup tests

test-postgres: install
	@sh tools/system.sh test
	sh tools/with_postgres.sh $(BIN)/python -m pytest -n 2 --dist loadgroup -m "not browser or smoke" tests

# With `make -j 2 check` the types are checked beside the rest.
check: check-rest check-types

check-types: install
	$(BIN)/mypy

check-rest: install
	@sh tools/system.sh check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet src/songnuan/web/templates
	$(BIN)/python tools/check_migrations.py
	$(BIN)/python tools/messages.py check
	$(BIN)/python tools/check_vendored.py

bench: install
	$(BIN)/python tools/bench.py

messages: install
	@sh tools/system.sh check
	$(BIN)/python tools/messages.py make

lock:
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis
