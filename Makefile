# Two commands for a newcomer: `make demo` and `make test`.
PYTHON ?= python3.11
VENV := .venv/bin/python
export PASTICHE_PYTHON := $(CURDIR)/.venv/bin/python

.PHONY: demo test test-all bench lint zip lock clean

demo:
	$(PYTHON) tools/environment.py demo
	$(VENV) demo $(if $(CARD),--card "$(CARD)") $(if $(FOOTAGE),--footage "$(FOOTAGE)") $(if $(OUT),--out "$(OUT)")

test: lint
	$(VENV) -m pytest tests --ignore=tests/blender -q
	$(VENV) -m pytest tests/blender -q

test-all: test
	$(PYTHON) tools/environment.py blender-4.2 blender-5.0
	.venv-4.2/bin/python -m pytest tests/blender -q
	.venv-5.0/bin/python -m pytest tests/blender -q

lint:
	$(PYTHON) tools/environment.py test
	$(VENV) -m ruff check .
	$(VENV) -m mypy bridge

bench:
	$(PYTHON) tools/environment.py test
	$(VENV) benchmarks

zip:
	$(PYTHON) tools/environment.py demo
	$(VENV) tools/build_zip.py

lock:
	$(PYTHON) tools/environment.py test
	$(VENV) tools/lock_requirements.py

clean:
	rm -rf out dist .pytest_cache .ruff_cache .mypy_cache
