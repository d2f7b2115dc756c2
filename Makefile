# Every command works in a fresh clone with Python 3.11 or newer, make and a package index. What they do is in
# linkstar/dev/; `make help` lists them.
.SILENT:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help up test check bench screenshots messages lock reset

VENV := .venv/bin
# The Python that makes the virtual environment; once that is there, its own.
FIND_PYTHON = for name in $(VENV)/python python3.11 python3.12 python3.13 python3.14 python3; do \
	if $$name -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$name; exit; fi; done
BOOTSTRAP = python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "error: LinkStar needs Python 3.11 or newer with its venv module" >&2; exit 1; fi; \
	"$$python" -P linkstar/dev/bootstrap.py

help:
	echo "make up           start LinkStar on http://localhost:8000 (PORT=8123 make up: on another port)"
	echo "make test         every test; ARGS='tests/projects -k move' for some"
	echo "make check        format, lint, types, import contracts, migrations, translations"
	echo "make bench        benchmarks, as ratios to floors measured in the same run; var/bench.json"
	echo "make screenshots  the pictures of docs/screenshots: main pages, light and dark, wide and narrow"
	echo "make messages     collect the words to translate into the catalogues"
	echo "make lock         resolve the dependencies of pyproject.toml anew into requirements*.lock"
	echo "make reset        delete var/ with all data of this clone"

up:
	$(BOOTSTRAP) up
	exec $(VENV)/python -m linkstar.dev.up

test:
	$(BOOTSTRAP) test
	chromium=$$($(VENV)/python -P linkstar/dev/browser.py) || exit 1; \
	LINKSTAR_CHROMIUM="$$chromium" exec $(VENV)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check:
	$(BOOTSTRAP) check
	exec $(VENV)/python -m linkstar.dev.check

bench:
	$(BOOTSTRAP) test
	exec $(VENV)/python -m linkstar.dev.run bench $(ARGS)

screenshots:
	$(BOOTSTRAP) test
	chromium=$$($(VENV)/python -P linkstar/dev/browser.py) || exit 1; \
	LINKSTAR_CHROMIUM="$$chromium" exec $(VENV)/python -m linkstar.dev.run screenshots $(ARGS)

messages:
	$(BOOTSTRAP) tools
	exec $(VENV)/python -m linkstar.dev.messages update

lock:
	$(BOOTSTRAP) tools
	exec $(VENV)/python -P linkstar/dev/locks.py

reset:
	echo "Deleting var/: the embedded database, files, mail and logs of this clone."
	rm -rf var
