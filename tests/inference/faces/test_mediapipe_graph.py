# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pastiche.bridge.errors import RuntimeMissingError
from pastiche.inference.faces import mediapipe_graph
from pastiche.inference.faces.mediapipe_graph import Network

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
sys.path.insert(0, "tests")
import root_package
import numpy as np
from pastiche.inference.faces.landmarks import MediaPipeBackend, find_faces
find_faces(np.zeros((64, 64, 3), np.uint8), MediaPipeBackend())
heavy = {"matplotlib", "jax", "sounddevice", "torch", "scipy", "mediapipe"} & set(sys.modules)
assert not heavy, heavy
"""


def test_finding_faces_loads_no_plotting_sound_or_jax_and_prints_nothing():
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_a_network_says_the_same_twice_and_something_else_of_another_picture():
    network = Network("face_detection/face_detection_short_range.tflite", size=128, low=-1.0, outputs=2)
    picture = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    first, again = network(picture), network(picture)
    other = network(255 - picture)
    assert [part.shape for part in first] == [(896 * 16,), (896,)]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[1], other[1])


def test_a_missing_wheel_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setattr(mediapipe_graph.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RuntimeMissingError, match="MediaPipe.*install"):
        mediapipe_graph._load_bindings()
