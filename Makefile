# Few verbs. `make run` and `make test` install what they need first.
STAGE ?= dev
# Any from 3.11 to 3.14; Lambda then runs the same.
PYTHON ?= $(shell for one in python3.11 python3.12 python3.13 python3.14; do command -v $$one && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
EMULATOR := $(VENV)/emulator/installed
WORKERS := -n auto --dist worksteal

.PHONY: install run test apart drill check advisories bench load deploy rollback remove

install: $(INSTALLED)

$(INSTALLED): requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $(INSTALLED)

# The emulator of AWS has a Python of its own, beside the one that tests it.
$(EMULATOR): tests/emulator/requirements.txt | $(INSTALLED)
	test -x $(VENV)/emulator/bin/python || $(BIN)/python -m venv $(VENV)/emulator
	$(VENV)/emulator/bin/python -m pip install --quiet --disable-pip-version-check -r tests/emulator/requirements.txt
	touch $(EMULATOR)

run: install
	$(BIN)/python -m tools local $(ARGS)

test: install
	$(BIN)/python -m pytest $(WORKERS) --durations=10 $(ARGS)

# What needs a browser, an emulator of AWS or a process of its own; CI runs it too.
apart: install $(EMULATOR)
	$(BIN)/python -m pytest $(WORKERS) -m apart $(ARGS)

# The drills (crashes, outages, interleavings, abuse) at full length. DRILLS names some of them: see CONTRIBUTING.md.
DRILLS ?= tests

drill: install $(EMULATOR)
	DRILL=1 $(BIN)/python -m pytest $(WORKERS) -m "drill or night" --hypothesis-show-statistics $(ARGS) $(DRILLS)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools package --stage $(STAGE)

# Whether anything that is locked has a known fault. PyPI's answer changes without us, so that nothing waits for it.
advisories: install
	test -x $(VENV)/advisories/bin/pip-audit || ($(BIN)/python -m venv $(VENV)/advisories && \
		$(VENV)/advisories/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1)
	$(VENV)/advisories/bin/pip-audit --require-hashes --disable-pip -r requirements.txt -r requirements-dev.txt

bench: install
	$(BIN)/python -m tools.bench $(ARGS)

# A burst of notifications through the whole pipeline on this machine; ARGS="--notifications 1000" for a shorter one.
load: install
	$(BIN)/python -m tools.load $(ARGS)

deploy: install
	$(BIN)/python -m tools deploy --stage $(STAGE) $(ARGS)

# Has the functions run the package again that was deployed before.
rollback: install
	$(BIN)/python -m tools rollback --stage $(STAGE) $(ARGS)

# Takes a stage off AWS: make remove STAGE=dev. Keeps what is stored, unless told ARGS=--with-data.
remove: install
	$(BIN)/python -m tools remove --stage $(STAGE) $(ARGS)
