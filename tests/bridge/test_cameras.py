# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cameras are listed without opening them."""

from pastiche.bridge.cameras import UNNAMED, cameras


def test_linux_names_its_cameras_and_only_their_first_node_counts(tmp_path):
    for device, name, index in (("video0", "Desk Cam\n", "0"), ("video1", "Desk Cam\n", "1"), ("video12", "", "0")):
        (tmp_path / device).mkdir()
        (tmp_path / device / "name").write_text(name)
        (tmp_path / device / "index").write_text(index)
    (tmp_path / "v4l-subdev0").mkdir()
    assert cameras(tmp_path) == [(0, "Desk Cam"), (12, "Camera 13")]


def test_elsewhere_they_are_numbered(tmp_path):
    assert cameras(tmp_path / "none") == [(n, f"Camera {n + 1}") for n in range(UNNAMED)]
