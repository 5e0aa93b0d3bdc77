# Few verbs. `make run` and `make test` install what they need first.
STAGE ?= dev
PYTHON ?= python3.11
BIN := .venv/bin
INSTALLED := .venv/installed

.PHONY: install run test drill check bench deploy

install: $(INSTALLED)

$(INSTALLED): requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	touch $(INSTALLED)

run: install
	$(BIN)/python -m tools local $(ARGS)

test: install
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

# The drills (crashes, outages, interleavings, abuse) at full length: hours, not minutes. DRILLS names some of them.
DRILLS ?= tests/scenarios/test_crashes.py tests/scenarios/test_outage_drill.py tests/scenarios/test_any_order.py \
  tests/scenarios/test_abuse_*.py

drill: install
	DRILL=1 $(BIN)/python -m pytest -n auto --dist worksteal --hypothesis-show-statistics $(ARGS) $(DRILLS)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools package --stage $(STAGE)

bench: install
	$(BIN)/python -m tools.bench $(ARGS)

deploy: install
	$(BIN)/python -m tools deploy --stage $(STAGE)
