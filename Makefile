# Every verb is one line, works first on a fresh clone, and is also `python -m chapters.toolkit VERB`.
PYTHON ?= python3
COURSE := $(PYTHON) -m chapters.toolkit
.DEFAULT_GOAL := help
.PHONY: help setup lab test changed latest lock refresh doctor progress picture models clean

help: ## this list
	@$(COURSE) help
setup: ## make the environment from the lock (SET=lab or SET=ml: that one too)
	@$(COURSE) setup $(SET)
lab: ## JupyterLab on your own copy of the notebooks, in work/
	@$(COURSE) lab
chapter-%: ## run chapter NN's notebook against its running module, print a report
	@$(COURSE) chapter $*
test: ## every check there is (CHAPTER=03: of one chapter)
	@$(COURSE) test $(CHAPTER)
changed: ## the checks that your changes can affect
	@$(COURSE) changed
latest: ## the same checks with the newest release of everything (CHAPTER=03)
	@$(COURSE) latest $(CHAPTER)
lock: ## resolve pyproject.toml again, into requirements/
	@$(COURSE) lock
refresh: ## run the notebooks and store their outputs (CHAPTER=03)
	@$(COURSE) refresh $(CHAPTER)
doctor: ## what this machine has and lacks, each with its remedy
	@$(COURSE) doctor
progress: ## which exercises you have solved
	@$(COURSE) progress
hint-%: ## the next hint for chapter NN's first open exercise
	@$(COURSE) hint $*
solution-%: ## chapter NN's solutions
	@$(COURSE) solution $*
reset-%: ## a new copy of chapter NN's notebook in work/; yours is kept beside it
	@$(COURSE) reset $*
picture: ## take the README's picture of JupyterLab anew
	@$(COURSE) picture
models: ## rebuild the tiny models from their sources (WHICH=nanodet or plates)
	@$(COURSE) models $(WHICH)
clean: ## remove environments, caches and build; never your work/
	@$(COURSE) clean
