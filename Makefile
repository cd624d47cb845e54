# Two commands for a newcomer: `make demo` and `make test`.
PYTHON ?= python3.11
VENV := .venv/bin/python
export PASTICHE_PYTHON := $(CURDIR)/.venv/bin/python

.PHONY: demo test test-all bench lint zip gui lock clean

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

# A newcomer's way through real windows; GUI opens one under a virtual screen (tests/gui/README.md).
GUI ?= ../shared/tools/gui-blender/run
gui: demo zip
	for suite in trixie sid; do \
	  $(GUI) --suite $$suite --extension dist/pastiche-*-linux_x64.zip --script tests/gui/walk.py --timeout 900 \
	    --out "$(CURDIR)/out/gui/$$suite" --bind "$(CURDIR)/out/demo" -- \
	    "$(CURDIR)/out/demo/astronaut.png" "$(CURDIR)/out/demo/driving/clip/movie.mp4" || exit 1; \
	done

clean:
	rm -rf out dist .pytest_cache .ruff_cache .mypy_cache
