# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import array
import subprocess
import sys
from pathlib import Path

import pytest
from pastiche.bridge.live_pictures import SLOTS, LivePictures, forget_all

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def both():
    worker = LivePictures.make(5, 3)
    blender = LivePictures.open(worker.name, 5, 3)
    yield worker, blender
    blender.close()
    worker.close()


def picture(value):
    return array.array("f", [value] * 60).tobytes()


def test_a_picture_is_read_as_it_was_written(both):
    worker, blender = both
    assert blender.view(1) is None
    sequence = worker.write(picture(0.25))
    assert sequence == 1
    assert list(blender.view(sequence)) == [0.25] * 60


def test_a_picture_stays_until_as_many_others_came_as_there_are_slots(both):
    worker, blender = both
    first = worker.write(picture(0.5))
    seen = blender.view(first)
    for value in range(SLOTS - 1):
        worker.write(picture(value))
    assert blender.holds(first) and seen[0] == 0.5
    worker.write(picture(9.0))
    assert not blender.holds(first) and blender.view(first) is None


def test_a_picture_cannot_be_written_by_its_reader(both):
    worker, blender = both
    view = blender.view(worker.write(picture(0.5)))
    with pytest.raises(TypeError):
        view[0] = 1.0


def test_the_mask_goes_the_other_way(both):
    worker, blender = both
    assert bytes(worker.mask) == bytes(15)
    blender.mask[7] = 255
    assert worker.mask[7] == 255


def test_a_memory_that_is_not_there_or_not_as_told_is_refused():
    with pytest.raises(OSError):
        LivePictures.open("pastiche0123", 5, 3)
    with pytest.raises(ValueError):
        LivePictures.open("../../etc/passwd", 5, 3)
    worker = LivePictures.make(5, 3)
    with pytest.raises((ValueError, OSError)):
        LivePictures.open(worker.name, 3, 5)
    worker.close()
    with pytest.raises(OSError):
        LivePictures.open(worker.name, 5, 3)


@pytest.mark.skipif(sys.platform == "win32", reason="there the system itself forgets names nobody uses")
def test_nothing_is_left_behind_by_a_reader_that_was_killed():
    worker = LivePictures.make(5, 3)
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from bridge.live_pictures import LivePictures as L;"
        "p = L.open(sys.argv[2], 5, 3); p.mask[0] = 1; os._exit(0)"
    )
    subprocess.run([sys.executable, "-I", "-c", code, str(ROOT), worker.name], check=True, timeout=20)
    assert worker.mask[0] == 1
    with pytest.raises(OSError):
        LivePictures.open(worker.name, 5, 3)
    worker.close()


def test_a_process_that_ends_takes_its_names_along():
    worker = LivePictures.make(5, 3)
    forget_all()
    with pytest.raises((OSError, ValueError)):
        LivePictures.open(worker.name, 5, 3)
    worker.close()


def test_a_view_outlives_the_closing(both):
    worker, blender = both
    view = blender.view(worker.write(picture(0.75)))
    blender.close()
    assert view[3] == 0.75
