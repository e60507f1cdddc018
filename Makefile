# `make nightly` installs and runs the main job; `make test` installs and runs the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.8
INSTALLED := $(VENV)/.installed
# Recipes read "$$KLYNGE_HOME" from their environment, quoted, so that a path may hold any character.
export KLYNGE_HOME := $(or $(value KLYNGE_HOME),$(CURDIR)/var)

.PHONY: help install nightly dagster test test-changed test-slow test-long test-postgres robustness lint format messages lock bench bench-gate bench-sample \
	bench-door bench-allocate bench-sensitivity bench-trace bench-metrics bench-dashboard fuzz-door fuzz fuzz-metrics fuzz-dashboard \
	test-browser test-publications install-browser demo mutation plant reporter-wheel clean

help:
	@echo "make nightly   install, then load, build, check and publish a release with the sample"
	@echo "make demo      install, build a release with the sample if there is none, open the web pages"
	@echo "make dagster   start the schedule (02:00) and the Dagster pages on 127.0.0.1:3000"
	@echo "make test      install, then run the tests"
	@echo "make test-changed  run the quick tests of the files that differ from BASE (default: main)"
	@echo "make test-slow  run the slow tests, such as those of a nightly run"
	@echo "make test-long  run the longest tests: several nightly runs, many random histories"
	@echo "make test-browser  read every web page in a browser, in both languages"
	@echo "make test-publications  publish 20 releases while 16 readers click"
	@echo "make test-postgres  export into a PostgreSQL server 40 times while eight clients read"
	@echo "make robustness  kill the nightly run and the loading of files 25 times each"
	@echo "make lint      check code style, types, imports, SQL style and the dbt project"
	@echo "make bench     time the steps of the nightly run, and compare it with dbt build"
	@echo "make bench-gate  time 30 expectations on 5 million rows"
	@echo "make bench-sample  time the sample, in participant rows per second"
	@echo "make bench-door  time the door on 1 million CSV rows and 100,000 XLSX rows"
	@echo "make bench-allocate  time klynge allocate on 28 and 100,000 applications"
	@echo "make bench-sensitivity  time 200,000 draws of weights and scores"
	@echo "make bench-trace  time traces on 10 million participants"
	@echo "make bench-metrics  time questions to metrics, beyond their SQL queries"
	@echo "make bench-dashboard  time the web pages while 20 readers click"
	@echo "make fuzz-door   send 5,000 mutated files to the door"
	@echo "make fuzz        trace 10,000 random chains of models, and compare with deleted rows"
	@echo "make fuzz-metrics  ask 10,000 random questions to metrics, and 1,000 without meaning"
	@echo "make fuzz-dashboard  send 10,000 random requests to the web pages"
	@echo "make mutation  count the changed digits that the audit notices"
	@echo "make plant     plant faults in SQL and Python, and count those that the tests catch"
	@echo "make messages  collect the messages of the code in the catalogue of Danish texts"
	@echo "make reporter-wheel  pack the check of files for reporters into one wheel, in dist/"
	@echo "make lock      resolve the dependencies again"
	@echo "make clean     remove the environment and caches; releases stay in $$KLYNGE_HOME"

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15) and "Python 3.11 to 3.14 is needed: run make PYTHON=/path/to/python3.11")'
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	VIRTUAL_ENV="$$PWD/$(VENV)" $(UV) pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	VIRTUAL_ENV="$$PWD/$(VENV)" $(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

nightly: install
	$(BIN)/klynge nightly --with-sample

# from a fresh clone to the open page; http://127.0.0.1:8765/
demo: install
	test -e "$$KLYNGE_HOME/releases/current" || $(BIN)/klynge nightly --with-sample
	$(BIN)/klynge dashboard --open

# the schedule and the job's history, for this machine only
dagster: install
	mkdir -p "$$KLYNGE_HOME/dagster"
	cp orchestration/dagster.yaml "$$KLYNGE_HOME/dagster/"
	DAGSTER_HOME="$$KLYNGE_HOME/dagster" $(BIN)/dagster dev -m orchestration.definitions -h 127.0.0.1

test: install
	$(BIN)/pytest --numprocesses 2 --dist worksteal -m "not slow and not long"

# the quick tests of the files that differ from a branch
test-changed: BASE ?= main
test-changed: install
	$(BIN)/python -m tests.changed $(BASE)

# mostly tests that run the nightly job
test-slow: install
	$(BIN)/pytest --numprocesses 2 --dist worksteal -m slow

# a quick or slow test asks the same of less, so these are for changes of the nightly job
test-long: install
	$(BIN)/pytest --numprocesses 2 --dist worksteal -m long

# Chromium and what drives it; without the rights to install Chromium, the tests say so and skip
install-browser: install
	VIRTUAL_ENV="$$PWD/$(VENV)" $(UV) pip install --quiet --require-hashes -r requirements-browser.lock
	$(BIN)/python -m tests.dashboard.browser.chromium

test-browser: install-browser
	KLYNGE_TEST_PAGES=all $(BIN)/pytest -rs tests/dashboard/browser

# 20 releases are published while 16 readers click
test-publications: install
	KLYNGE_TEST_PUBLICATIONS=20 $(BIN)/pytest tests/dashboard/test_publications.py

# a server of its own, on 127.0.0.1; Debian's package postgresql has the programs
test-postgres: install
	KLYNGE_TEST_EXPORTS=40 $(BIN)/pytest -rs tests/exports/test_postgres.py -k "not every_mart"

# kill the nightly run and the loading of files at random moments
robustness: install
	KLYNGE_TEST_KILLS=25 $(BIN)/pytest tests/nightly tests/intake -k killed

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	DBT_TARGET_PATH="$$KLYNGE_HOME/lint" $(BIN)/sqlfluff lint --disable-progress-bar dbt_project/models
	DBT_TARGET_PATH="$$KLYNGE_HOME/lint/target" $(BIN)/dbt --quiet parse \
		--project-dir dbt_project --profiles-dir profiles --target memory
	DBT_PROJECT_DIR="$$KLYNGE_HOME/lint" $(BIN)/dbt-bouncer run --config-file dbt_project/dbt-bouncer.yml

format: install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	DBT_TARGET_PATH="$$KLYNGE_HOME/lint" $(BIN)/sqlfluff fix --force dbt_project/models

bench: install
	$(BIN)/python benchmarks/nightly.py

bench-gate: install
	$(BIN)/python -m benchmarks.gate

bench-sample: install
	$(BIN)/python -m benchmarks.sample

bench-door: install
	$(BIN)/python -m benchmarks.door

bench-allocate: install
	$(BIN)/python -m benchmarks.allocate

bench-sensitivity: install
	$(BIN)/python -m benchmarks.sensitivity

# on copies of the current release's participants
bench-trace: install
	$(BIN)/python -m benchmarks.trace

# on the current release
bench-metrics: install
	$(BIN)/python -m benchmarks.metrics

# on the current release
bench-dashboard: install
	$(BIN)/python -m benchmarks.dashboard

# mutated files, each with its own seed
fuzz-door: install
	KLYNGE_TEST_MUTATIONS=5000 $(BIN)/pytest tests/intake/test_door_fuzz.py

# random chains of models, each with its own seed
fuzz: install
	KLYNGE_TEST_CHAINS=10000 $(BIN)/pytest --numprocesses 2 --dist worksteal tests/lineage/test_fuzz.py

# random questions to metrics, beside answers that are worked out in Python
fuzz-metrics: install
	KLYNGE_TEST_QUESTIONS=10000 KLYNGE_TEST_MEANINGLESS=1000 $(BIN)/pytest tests/metrics/test_referee.py

# random requests to the web pages, each with its own seed
fuzz-dashboard: install
	KLYNGE_TEST_REQUESTS=10000 $(BIN)/pytest tests/dashboard/test_fuzz.py

# on the current release; faults are planted in memory
mutation: install
	$(BIN)/python -m benchmarks.mutation_score

# faults in a copy of the checkout, one after the other; the tests named for each must fail
plant: install
	$(BIN)/python -m benchmarks.planted_faults

# one file that reporters install with pip; see docs/how-to/kontroller-en-indberetning.md
reporter-wheel: install
	$(BIN)/python -m cli.reporter_wheel dist

# collect the messages of the code, and the descriptions of the models that readers see; a new text
# gets an empty Danish text, to be written by hand
messages: CATALOGUE := klynge/locale/da/LC_MESSAGES/klynge.po
messages: DESCRIPTIONS := klynge/locale/da/LC_MESSAGES/descriptions.po
messages: install
	mkdir -p "$$KLYNGE_HOME"
	$(BIN)/pybabel --quiet extract --mapping=pyproject.toml --no-default-keywords \
		--keyword="message unfilled explain counted:1,2" --no-location --sort-output --omit-header \
		--output="$$KLYNGE_HOME/klynge.pot" .
	$(BIN)/pybabel --quiet update --input-file="$$KLYNGE_HOME/klynge.pot" --output-file=$(CATALOGUE) \
		--locale=da --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=100
	DBT_TARGET_PATH="$$KLYNGE_HOME/messages" $(BIN)/dbt --quiet parse \
		--project-dir dbt_project --profiles-dir profiles --target memory
	$(BIN)/pybabel --quiet extract --mapping=dbt_project/babel.toml --no-location --sort-output \
		--omit-header --output="$$KLYNGE_HOME/descriptions.pot" "$$KLYNGE_HOME/messages"
	$(BIN)/pybabel --quiet update --input-file="$$KLYNGE_HOME/descriptions.pot" \
		--output-file=$(DESCRIPTIONS) --locale=da --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date --width=100

lock: install
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --extra build --extra export --extra dev \
		--python-version 3.11 pyproject.toml -o requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --extra browser \
		--python-version 3.11 --constraint requirements.lock pyproject.toml -o requirements-browser.lock

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .import_linter_cache *.egg-info
