# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from pastiche.bridge.errors import InputError, RuntimeMissingError
from pastiche.inference.faces import topology
from pastiche.inference.faces.backends import make_backend
from pastiche.inference.faces.face_alignment_backend import IBUG, FaceAlignmentBackend, mesh_of_points
from pastiche.inference.faces.face_detector import whole_view
from pastiche.inference.faces.face_frame import Pose, angles_to_rotation
from pastiche.inference.faces.landmarks import find_faces

POSE = Pose(12.0, angles_to_rotation(np.array((15, -5, 8))), np.array((300.0, 310.0, 0.0)))
TRUTH = POSE.to_image(topology.canonical_shape())


def fake_package(monkeypatch):
    """A stand-in for face-alignment that sees the canonical face in POSE in every picture of 640 pixels."""

    class FaceAlignment:
        def __init__(self, kind, flip_input, device):
            print("Downloading weights")  # as the real one
            low, high = TRUTH[:468, :2].min(axis=0), TRUTH[:468, :2].max(axis=0)
            self.face_detector = SimpleNamespace(detect_from_image=lambda image: [[*low, *high, 0.99]])

        def get_landmarks_from_image(self, image, detected_faces):
            return [self.points]

    module = ModuleType("face_alignment")
    module.FaceAlignment, module.LandmarksType = FaceAlignment, SimpleNamespace(THREE_D=3)
    monkeypatch.setitem(sys.modules, "face_alignment", module)


def test_the_mesh_is_recovered_from_68_points():
    error = np.linalg.norm(mesh_of_points(TRUTH[list(IBUG)]) - TRUTH, axis=1) / 12
    assert error.max() < 0.05  # centimeters


def test_the_mesh_follows_an_opened_mouth():
    opened = topology.canonical_shape().astype(np.float64)
    opened[[17, 14, 84, 314, 87, 317, 181, 405, 152]] += (0, 1.5, 0)
    mesh = mesh_of_points(POSE.to_image(opened)[list(IBUG)])
    gap = np.linalg.norm(mesh[14] - mesh[13]) / 12
    assert gap == pytest.approx(np.linalg.norm(opened[14] - opened[13]), abs=0.15)


def test_it_finds_faces_through_the_same_door_as_mediapipe_and_prints_nothing(monkeypatch, capsys):
    fake_package(monkeypatch)
    backend = make_backend("face-alignment")
    image = np.zeros((640, 640, 3), np.uint8)
    (found,) = backend.detect(image, whole_view(image))

    def in_crop(crop, detected_faces):
        local = (TRUTH[list(IBUG), :2] - found.region.center) / found.region.side + 0.5
        depth = TRUTH[list(IBUG), 2:] / found.region.side
        return [np.column_stack([local * 640 - 0.5, depth * 640])]

    backend._aligner.get_landmarks_from_image = in_crop
    landmarks, presence = backend.fit(image, found.region)
    assert presence == 1
    assert np.linalg.norm(landmarks - TRUTH, axis=1).max() < 1.0
    assert capsys.readouterr().out == ""


def test_a_face_without_points_is_not_present(monkeypatch):
    fake_package(monkeypatch)
    backend = FaceAlignmentBackend()
    backend._aligner.get_landmarks_from_image = lambda image, detected_faces: None
    assert find_faces(np.zeros((640, 640, 3), np.uint8), backend) == []


def test_a_missing_package_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "face_alignment", None)
    with pytest.raises(RuntimeMissingError, match="face-alignment.*Install"):
        FaceAlignmentBackend()


def test_an_unknown_backend_is_refused():
    with pytest.raises(InputError, match="'clairvoyance'.*mediapipe"):
        make_backend("clairvoyance")
