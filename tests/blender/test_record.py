# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recording becomes the card's footage; a film stands in for the camera."""

import os
import subprocess
import time

import bpy
import pytest

WRITE_FILM = """
import sys; from fractions import Fraction; import numpy as np, av
film = av.open(sys.argv[1], "w"); stream = film.add_stream("libx264", rate=30)
stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
for i in range(30):
    film.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), i * 8, np.uint8), format="rgb24")))
film.mux(stream.encode(None)); film.close()
"""


@pytest.fixture
def camera(tmp_path):
    path = tmp_path / "camera.mp4"
    subprocess.run([os.environ["PASTICHE_PYTHON"], "-c", WRITE_FILM, str(path)], check=True)
    return path


def test_a_recording_becomes_the_footage_and_the_face_is_as_before(card, camera, room):
    card["jawOpen"] = 0.25
    arguments = {"film": str(camera), "count_in": 0.0, "is_live": False}
    assert bpy.ops.pastiche.record(**arguments) == {'FINISHED'}
    film = room("scene.storage").from_stored(card.pastiche.footage)
    assert film.name == "recording_001.mp4" and film.is_file() and card["jawOpen"] == 0.25
    assert room("scene.jobs").notice.startswith("Recorded recording_001.mp4")
    bpy.ops.pastiche.record(**arguments)
    assert card.pastiche.footage.endswith("recording_002.mp4")


def test_the_card_plays_along_and_stops_where_it_was(card, camera, room):
    jobs, record = room("scene.jobs"), room("operators.record")
    job = record.record(bpy.context.scene, card, str(camera), 0.0, 5.0, False)
    job.channels = {"jawOpen": 0.75, "unknown": 1.0}
    jobs.poll()
    assert card["jawOpen"] == 0.75 and record.recording_of(card) is job
    jobs.wait_for(card.pastiche.uid)
    assert card["jawOpen"] == 0.0 and record.recording_of(card) is None


def test_stopping_keeps_the_film(card, camera, room):
    jobs, record = room("scene.jobs"), room("operators.record")
    job = record.record(bpy.context.scene, card, str(camera), 0.0, 5.0, False)
    while job.done < 3 and job.is_open:
        jobs.poll()
        time.sleep(0.01)
    assert bpy.ops.pastiche.stop_recording() == {'FINISHED'}
    assert jobs.wait_for(card.pastiche.uid).state == 'FINISHED' and card.pastiche.footage


def test_a_camera_that_is_none_is_explained(card):
    with pytest.raises(RuntimeError, match="There is no file at /nowhere/camera.mp4"):
        bpy.ops.pastiche.record(film="/nowhere/camera.mp4")
    assert card.pastiche.footage == ""
    with pytest.raises(RuntimeError, match="Nothing is being recorded"):
        bpy.ops.pastiche.stop_recording()
