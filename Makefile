# Two commands do everything on a new machine: `make run` and `make test`. Needs Python 3.11 or newer with venv, and make.
.PHONY: help setup run demo test test-long lint fix bench faults large lock learn fuzz
.DEFAULT_GOAL := help

help:            ## this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup:           ## make .venv from the locks
	@sh scripts/setup.sh base

run: setup       ## start one node on this machine; Ctrl-C stops it
	@exec .venv/bin/comity up

demo: setup      ## the whole main job between two nodes
	@exec .venv/bin/comity demo

test:            ## set up and run the tests, but for those that take long: about three minutes
	@sh scripts/setup.sh test
	@sh scripts/test.sh -m "not long and not journey"

test-long:       ## run those that take long: real nodes, kills, floods, whole files; about five minutes
	@sh scripts/setup.sh test
	@sh scripts/test.sh -m "long or journey"

lint:            ## formatting, house rules, types, layers
	@sh scripts/setup.sh test
	@sh scripts/lint.sh

fix:             ## format and mend what can be mended
	@sh scripts/setup.sh test
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

bench: setup     ## measure against baselines in the same run
	@exec .venv/bin/comity bench

faults:          ## kill, fill and shift a real node while reports come in; SEED=7 COUNT=10000 ARGS=--keep
	@sh scripts/setup.sh test
	@exec .venv/bin/python -m tests.faults --count $(or $(COUNT),10000) $(if $(SEED),--seed $(SEED)) $(ARGS)

large:           ## send a file of 10 GB through a real node, times and memory; SIZE= in GB, four times that free in /tmp
	@sh scripts/setup.sh test
	@.venv/bin/python -m tests.large --size $(or $(SIZE),10)

learn:           ## learn the wording of offences anew from narratives/
	@sh scripts/setup.sh test
	@.venv/bin/uv pip install --quiet --require-hashes -r requirements/learn.txt
	@.venv/bin/python -m learning learn

fuzz:            ## send 100,000 mutated requests and reports; EXAMPLES=, SEED=
	@sh scripts/setup.sh test
	@.venv/bin/python scripts/fuzz.py --examples $(or $(EXAMPLES),100000) --seed $(or $(SEED),1)

lock:            ## rewrite the locked requirements
	@sh scripts/setup.sh base
	@sh scripts/lock.sh
