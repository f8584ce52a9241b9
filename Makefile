# Needs Python 3.11, 3.12, 3.13 or 3.14 and make; everything else goes into .venv. `make help` lists what there is.
# If `python3` is another version: make PYTHON=python3.12 …
# With an NVIDIA GPU, so that the notebooks of the book find it when they are opened: make EXTRA=gpu …

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
EXTRA ?= tensorflow

BIN := .venv/bin
READY := .venv/ready
TENSORFLOW := .venv/tensorflow
HTML := _build/html/index.html

# What the pages are made from. A change of the second group escapes Sphinx, which would keep the old pages.
PAGES := $(wildcard _toc.yml index.md CITATION.cff CHANGELOG.md book/* book/api/* notebooks/*.ipynb) \
	$(shell find rnntutor -name '*.py' -o -path '*/data/*' -type f)
BUILDERS := $(wildcard _config.yml book/_ext/*.py book/_templates/* book/assets/* book/assets/run/* book/run/* \
	tools/page_cells.py _build/runtime/pyodide-lock.json)

# One thread, and no GPU, so that outputs are the same everywhere (TensorFlow would report the missing GPU as an
# error); and neither the tests nor the build may reach the network (tools/startup).
ALIKE := OPENBLAS_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 \
	CUDA_VISIBLE_DEVICES=-1 TF_CPP_MIN_LOG_LEVEL=3
RUN := $(ALIKE) PYTHONPATH="$(CURDIR)/tools/startup"
TESTS := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --max-worker-restart 0
PYTEST := $(RUN) $(TESTS)
ALONE := $(CURDIR)/_build/alone

.PHONY: help book runtime test test-package test-pages mutants cross lint refresh bench serve formats site-report clean distclean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

book: $(HTML) ## build the book and say where to open it
	@echo
	@echo "The book: file://$(CURDIR)/$(HTML)"
	@echo "or run \`make serve\` and open http://localhost:$(PORT)"

runtime: $(READY) ## bring Python for the button that runs a page in the browser, if it can be had (20 MB; SET=newest for no other)
	$(BIN)/python tools/runtime.py $(SET)

test: test-package test-pages ## run all tests: the package, then every notebook cell and every page

test-package: $(TENSORFLOW) # what fails, fails soonest here
	$(PYTEST) --ignore=tests/book/site tests

# The notebooks run as a reader has them who downloads one: in a folder of their own, with what the wheel holds.
test-pages: $(TENSORFLOW) $(HTML)
	$(BIN)/python tools/alone.py $(ALONE)
	$(ALIKE) PYTHONPATH="$(ALONE)/site:$(CURDIR)/tools/startup" $(TESTS) \
		--nbval --nbval-current-env --nbval-cell-timeout=300 $(ALONE)/notebooks tests/book/site

mutants: $(READY) ## plant faults in the core and see whether the tests notice (ten minutes; MUTANTS="LSTM.activate:" for some)
	$(RUN) $(BIN)/python tools/mutants $(if $(MUTANTS),'$(MUTANTS)')

cross: $(TENSORFLOW) ## run the notebooks as on other processors (an hour; CROSS="--kernels Prescott --threads 1 --seeds 1")
	$(RUN) $(BIN)/python tools/cross.py $(CROSS)

lint: $(READY) ## check the style of the code and the safety of the workflows
	$(BIN)/ruff check .
	$(BIN)/zizmor --offline --quiet .github/workflows

refresh: $(TENSORFLOW) ## run a notebook again and keep its outputs: make refresh NB=03 (or NB="03 a2", NB=all)
	$(RUN) $(BIN)/python tools/refresh.py $(NB)

bench: $(TENSORFLOW) ## time the training step against PyTorch, TensorFlow and JAX, each at its best (40 minutes, on an idle machine)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --editable '.[bench]'
	$(BIN)/python benchmarks/speed.py

serve: $(HTML) ## show the book at http://localhost:8000 (PORT=… for another)
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

formats: $(HTML) ## the book as PDF, EPUB and zip, in _build/html/formats (five minutes)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --editable '.[formats]'
	$(RUN) $(BIN)/python tools/formats

site-report: $(HTML) ## weigh the pages, and let Lighthouse judge them where `npx lighthouse` is there (ten minutes)
	$(RUN) $(BIN)/python tools/site_report.py

clean: ## remove what was built
	rm -rf _build .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean ## remove the environment, too
	rm -rf .venv

$(READY): pyproject.toml Makefile
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --editable '.[book,test,dev,fast]'
	@touch $@

# Apart, because the book is built without it: 1.4 GB that only appendix A1 and the tests use. Where there is no
# TensorFlow for a platform, this installs nothing, and they skip. Where there is one it stays: tensorflow-cpu and
# tensorflow[and-cuda] own the same folder, and either would damage the other.
$(TENSORFLOW): $(READY)
	$(BIN)/python -c 'import sys, importlib.util as i; sys.exit(not i.find_spec("tensorflow"))' || \
		$(BIN)/python -m pip install --disable-pip-version-check --quiet --editable '.[$(EXTRA)]'
	@touch $@

# An incremental build does not repeat the warnings of pages that it leaves alone, and so would pass after a
# build that failed or was broken off: such a build leaves its mark, and the next one starts from nothing.
$(HTML): $(READY) _build/builders $(PAGES)
	@if [ -e _build/unfinished ]; then rm -rf _build/.doctrees _build/html; fi
	@touch _build/unfinished
	$(RUN) $(BIN)/jupyter-book build . -n -W --keep-going
	@rm _build/unfinished
	@touch $@

_build/builders: $(READY) $(BUILDERS)
	@rm -rf _build/.doctrees _build/html _build/jupyter_execute
	@mkdir -p _build
	@touch $@
