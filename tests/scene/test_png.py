# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later

import cv2
import numpy as np
import pytest
from pastiche.scene.png import write_png


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_written_is_read_back(tmp_path, dtype):
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (13, 7, 4), dtype, endpoint=True)
    write_png(tmp_path / "a b ü.png", pixels)
    read = cv2.imdecode(np.fromfile(tmp_path / "a b ü.png", np.uint8), cv2.IMREAD_UNCHANGED)
    assert read.dtype == dtype
    assert (cv2.cvtColor(read, cv2.COLOR_BGRA2RGBA) == pixels).all()
    assert [file.name for file in tmp_path.iterdir()] == ["a b ü.png"]
