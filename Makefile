# Set-up, run, test. `make help` lists what there is.
PYTHON3 ?= python3
PYTHON := .venv/bin/python
export RASA_TELEMETRY_ENABLED := false

.DEFAULT_GOAL := help
.PHONY: help setup run chat train evaluate test lint format doctor up down demo-wechat console-assets clean

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

lint: setup ## ruff, mypy --strict, rasa data validate
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -W ignore -m rasa data validate --fail-on-warnings --data data/nlu data/stories

format: setup ## ruff format
	@$(PYTHON) -m ruff format .

doctor: setup ## what is wrong with this installation, and how to mend it
	@$(PYTHON) -m bot doctor
