# Set-up, run, test. `make help` lists what there is.
PYTHON3 ?= python3
PYTHON := .venv/bin/python
COMPOSE ?= docker compose
REPLICAS ?= 2
export RASA_TELEMETRY_ENABLED := false
# compiled once, the libraries start in a third of the time
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run chat train evaluate test test-long bench-console lint format demo-wechat doctor up down

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## .venv with CPython 3.11 and the locked packages (every target does this first)
	@$(PYTHON3) scripts/bootstrap.py

run: setup ## set up, train if needed, serve on http://127.0.0.1:8080 (PORT=, HOST=)
	@exec $(PYTHON) -m bot serve --prepare

chat: setup ## the same bot in the terminal
	@exec $(PYTHON) -m bot chat --prepare

train: setup ## train the model anew
	@$(PYTHON) -m bot train

evaluate: setup ## how well it understands: report with plots in reports/ (ARGS=--baseline)
	@$(PYTHON) -m bot train --if-changed
	@$(PYTHON) -m bot evaluate $(ARGS)

test: ## the whole suite on real PostgreSQL, Redis and Chromium (ARGS="-k station")
	@$(PYTHON3) scripts/bootstrap.py --tests
	@$(PYTHON) -m bot train --if-changed
	@$(PYTHON) -m pytest $(ARGS)

test-long: ## what takes minutes: 10,000 turns of nonsense over all forms, a correction trained for real
	@$(PYTHON3) scripts/bootstrap.py --tests
	@$(PYTHON) -m bot train --if-changed
	@$(PYTHON) -m pytest -m long $(ARGS)

bench-console: setup ## how long each page of the console takes, demo data and a million turns: docs/console/performance.md
	@$(PYTHON3) scripts/bootstrap.py --tests
	@$(PYTHON) -W ignore scripts/console_bench.py --model --write docs/console/performance.md $(ARGS)

lint: setup ## ruff, mypy --strict, rasa data validate
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -W ignore -m rasa data validate --fail-on-warnings --data data/nlu data/stories

format: setup ## ruff format
	@$(PYTHON) -m ruff format .

demo-wechat: setup ## a phone in the browser that talks to the bot through WeChat's protocol (DEMO_PORT=)
	@exec $(PYTHON) -m tests.wechat.demo

doctor: setup ## what is wrong with this installation, and how to mend it
	@$(PYTHON) -m bot doctor

up: deploy/.env ## the distributed form: two replicas, PostgreSQL, Redis, a proxy (PORT=, HOST=)
	@$(COMPOSE) version >/dev/null 2>&1 || { echo "make up needs '$(COMPOSE)': install it, or name another with COMPOSE=" >&2; exit 1; }
	@$(COMPOSE) --env-file deploy/.env -f deploy/compose.yml up --build --detach --wait --scale bot=$(REPLICAS)

down: ## stop what `make up` started; the data stays
	@$(COMPOSE) --env-file deploy/.env -f deploy/compose.yml down

deploy/.env:
	@umask 077 && $(PYTHON3) -c "import secrets; [print(name + '=' + secrets.token_hex(32)) for name in ('POSTGRES_PASSWORD', 'SECRET_KEY', 'API_TOKEN')]" > $@
	@echo "==> fresh secrets in $@; the account's WECHAT_* settings go there too"
