# Every command a person needs. `make` prints them.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help install run demo test check format lock bench migration migrations-check contracts dashboards clean \
	up down dev logs psql kafka-topics compose-check drill

##@ Use it

run: .venv/runtime.stamp ## all services in one process; YUANQU_PORT, YUANQU_DATA_DIR move it
	@exec $(BIN)/yuanqu run $(ARGS)

demo: .venv/runtime.stamp ## load the illustrative parks and orders into a running platform
	@exec $(BIN)/yuanqu demo $(ARGS)

##@ Change it

install: .venv/development.stamp ## everything a developer needs, into .venv
	@echo "The environment is .venv; its command line is .venv/bin/yuanqu."

test: .venv/development.stamp ## every test this machine can run (ARGS="-k tenancy"; -n0 for one process)
	@$(BIN)/python -m tests.support.kafka --fetch >/dev/null || true
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal $(ARGS)

check: .venv/development.stamp ## style, format, types and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@if command -v promtool >/dev/null; then promtool check config deploy/prometheus/prometheus.yml; \
		else echo "promtool (apt-get install prometheus) is missing: the alerts are unchecked."; fi

format: .venv/development.stamp ## put imports and layout right
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

migration: .venv/development.stamp ## write a migration from the tables (S=registry M="add grade")
	@$(BIN)/python -m tests.support.revision $(S) "$(M)"
	@$(BIN)/ruff format --quiet services/$(S)/migrations

migrations-check: .venv/development.stamp ## up, check, down, up for every service on both databases
	$(BIN)/python -m pytest tests/migrations $(ARGS)

contracts: .venv/development.stamp ## write the event schemas and the generated pages of docs again
	$(BIN)/python docs/generate.py $(ARGS)

dashboards: .venv/development.stamp ## write Grafana's dashboards again from their definitions
	$(BIN)/python -m deploy.grafana.build $(ARGS)

lock: ## pin the dependencies again after a change of pyproject.toml
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev -o requirements-dev.lock

##@ Run it for real

COMPOSE := docker compose
# For a machine without Docker: a command that gives it an engine and base images.
export COMPOSE_LAB ?= $(abspath ../shared/tools/compose-lab)
SERVICE ?=

up: ## the whole stack of docker-compose.yml, built and healthy
	@sh deploy/secrets.sh
	$(COMPOSE) up --build --detach --wait

down: ## stop the stack; its data stay (ARGS=--volumes removes them)
	$(COMPOSE) --profile demo --profile load down --remove-orphans $(ARGS)

dev: ## the stack with the sources of this tree; a change restarts what runs it
	@sh deploy/secrets.sh
	$(COMPOSE) -f docker-compose.yml -f docker-compose.dev.yml up --build --watch

logs: ## follow the log of the stack, or of SERVICE=metrics-worker
	$(COMPOSE) logs --follow --tail 100 $(SERVICE)

psql: ## a session with the database of SERVICE=metrics
	$(COMPOSE) exec postgres psql -U postgres -d $(subst -,_,$(or $(SERVICE),metrics))

kafka-topics: ## topics, partitions and replicas of the stack
	$(COMPOSE) exec -T -e KAFKA_HEAP_OPTS=-Xmx128m kafka /opt/kafka/bin/kafka-topics.sh --bootstrap-server 127.0.0.1:9092 --describe

compose-check: .venv/development.stamp ## try the stack: demo, restarts under load, scale (ARGS=--short)
	$(BIN)/python -m deploy.check $(ARGS)

drill: .venv/development.stamp ## back up, destroy and restore a stack of its own: the same figures
	$(BIN)/python -m deploy.drill

##@ Measure it

bench: .venv/development.stamp ## accepted and end-to-end orders a second, and queries, on this machine
	$(BIN)/python -m benchmarks.end_to_end $(ARGS)

##@ Start again

clean: ## remove .venv and every cache; data in var/ stays
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

help:
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

.venv/runtime.stamp: requirements.lock pyproject.toml .ci/environment.py
	@$(PYTHON) .ci/environment.py requirements.lock
	@touch $@

.venv/development.stamp: requirements-dev.lock pyproject.toml .ci/environment.py
	@$(PYTHON) .ci/environment.py requirements-dev.lock
	@touch .venv/runtime.stamp $@
