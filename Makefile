# The project's commands. `make demo` is where to begin; `make help` lists them all.
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
MANAGE := $(BIN)/python manage.py

.PHONY: help
help: ## List the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Installing into $(VENV) (about a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

timeline/extraction/data: $(INSTALLED) timeline/extraction/gazetteer/build.py
	@$(BIN)/python -m timeline.extraction.gazetteer.build
	@touch $@

.PHONY: install
install: $(INSTALLED) timeline/extraction/data ## Make the virtual environment and the gazetteer

.PHONY: demo
demo: install ## Run everything with the demonstration corpus (Ctrl-C stops it)
	@$(MANAGE) run --demo --port $(PORT)

.PHONY: run
run: install ## Run everything with your own articles
	@$(MANAGE) run --port $(PORT)

.PHONY: test
test: install ## The whole test suite
	@$(BIN)/pytest -n auto --dist loadfile

.PHONY: test-workers
test-workers: install ## The worker tests on other engines: make test-workers ENGINES=system (Debian's) or wheels
	@CONFLICT_TIMELINE_ENGINES=$(ENGINES) CONFLICT_TIMELINE_DATA=$(CURDIR)/var/test-$(ENGINES) \
		$(BIN)/pytest -n auto --dist loadfile tests/workers

.PHONY: audit
audit: install ## Look for known vulnerabilities in the pinned packages (needs uv and the network)
	uvx pip-audit --require-hashes --disable-pip -r requirements/app.txt

.PHONY: lint
lint: install ## Linters, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --severity-level medium --configfile pyproject.toml timeline articles operations
	$(MANAGE) makemigrations --check --dry-run

.PHONY: format
format: install ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: bench
bench: install ## Measure speed (prints figures, tests nothing)
	@$(MANAGE) bench

.PHONY: score
score: install ## Score the extractor: make score EVAL=folder with annotated articles and scorers
	@test -n "$(EVAL)" || { echo "Say where the annotated articles are: make score EVAL=path/to/eval"; exit 1; }
	@$(MANAGE) score $(EVAL)

.PHONY: screenshots
screenshots: install ## Pictures of each page for docs/: make screenshots SITE=http://127.0.0.1:8000 (where `make demo` is)
	@test -n "$(SITE)" || { echo "Say where the demonstration is: make screenshots SITE=http://127.0.0.1:8000"; exit 1; }
	@$(BIN)/python -m tests.browser.screenshots $(SITE)

.PHONY: messages
messages: install ## Take up new texts for translation and compile (needs gettext; docs/translating.md)
	@$(MANAGE) makemessages --locale uk
	@$(MANAGE) compilemessages --locale uk --ignore .venv

.PHONY: lock
lock: $(INSTALLED) ## Pin the dependencies again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml -o requirements/app.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header pyproject.toml --group dev -c requirements/app.txt -o requirements/dev.txt

.PHONY: clean
clean: ## Remove the virtual environment and caches (data under var/ stays)
	rm -rf $(VENV) timeline/extraction/data .mypy_cache .ruff_cache .pytest_cache .hypothesis
