# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of a live card: its keys are the engine's motion, its parts fit the picture."""

import json

import numpy as np
import pytest
from painted_face import make_frame, make_portrait
from pastiche.bridge.errors import InputError
from pastiche.bridge.motion_file import open_motion_file
from pastiche.bridge.requests import LiveRequest, Placement
from pastiche.inference.engines.mesh import MeshEngine
from pastiche.inference.engines.mesh.live import make_live_card
from pastiche.inference.engines.mesh.live.atlas import Atlas
from pastiche.inference.engines.mesh.settings import MeshSettings
from pastiche.inference.jobs import perform
from pastiche.inference.media.pictures import read_picture, write_png

N = 478


@pytest.fixture(scope="module")
def portrait():
    return make_portrait()


@pytest.fixture(scope="module")
def live(portrait):
    return make_live_card(portrait, MeshSettings())


@pytest.fixture(scope="module")
def engine(portrait):
    made = MeshEngine()
    made.set_source(portrait)
    return made


def moved(live, **channels):
    """Landmarks (478, 3) with channels summed up."""
    names = json.loads(live.metadata["keys"])
    keys = live.tensors["keys"][:, :N]
    return live.tensors["points"][:N] + sum(value * keys[names.index(name)] for name, value in channels.items())


@pytest.mark.parametrize(
    "channels",
    [
        {"jawOpen": 1.0},
        {"jawOpen": 0.4},
        {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 0.5},
        {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "browInnerUp": 0.7},
        {"eyeLookOutLeft": 0.5, "eyeLookInRight": 0.5},
        {"jawOpen": 0.6, "mouthClose": 0.4},
    ],
)
def test_the_keys_add_up_to_the_engines_face(live, engine, channels):
    wanted = engine.landmarks(make_frame(**channels))
    eye_distance = np.linalg.norm(wanted[33, :2] - wanted[263, :2])
    error = np.linalg.norm((moved(live, **channels) - wanted)[:, :2], axis=1) / eye_distance
    assert error.mean() < 0.006 and np.percentile(error, 95) < 0.03


def test_an_engine_setting_is_in_the_keys(portrait, live):
    louder = make_live_card(portrait, MeshSettings(expression=2.0))
    names = json.loads(live.metadata["keys"])
    k = names.index("browInnerUp")
    moves = [np.abs(each.tensors["keys"][k, :N, 1]).max() for each in (live, louder)]
    assert moves[1] == pytest.approx(2 * moves[0], rel=0.1)


def test_every_triangle_of_the_skin_faces_the_viewer(live):
    tensors = live.tensors
    corners = tensors["points"][tensors["triangles"]][..., :2]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    assert np.mean(area[tensors["slots"] == 1] < 0) > 0.99


def test_the_skin_shows_the_picture_where_it_is(live, portrait):
    height, width = portrait.image.shape[:2]
    uv, points = live.tensors["uv"][:N], live.tensors["points"][:N]
    assert uv[:, 0] * width == pytest.approx(points[:, 0], abs=0.01)
    assert (1 - uv[:, 1]) * height == pytest.approx(points[:, 1], abs=0.01)


def test_eyes_and_mouth_lie_behind_the_skin_and_lids_before_it(live):
    layer, slots, triangles = live.tensors["follow"][:, 2], live.tensors["slots"], live.tensors["triangles"]
    assert layer[triangles[slots == 0]].min() > layer[:N].max() == 0
    assert layer[triangles[slots == 2]].max() < 0


def test_the_atlas_gives_back_its_pictures():
    atlas = Atlas()
    pictures = [np.full((h, w, 4), value, np.uint8) for h, w, value in ((40, 900, 10), (60, 1500, 20), (30, 30, 30))]
    regions = [atlas.add(picture) for picture in pictures]
    whole = atlas.picture()
    for region, picture in zip(regions, pictures, strict=True):
        u, v = region.uv(np.array(((0.5, 0.5),)))[0]
        assert whole[int((1 - v) * whole.shape[0]), int(u * whole.shape[1]), 0] == picture[0, 0, 0]


def test_nothing_is_guessed_where_nothing_can_move():
    small = make_portrait(size=160)
    wide = np.zeros((160, 640, 4), np.uint8) + np.uint8((90, 90, 90, 255))
    wide[:, :160] = small.image
    matte = np.zeros((160, 640), np.float32)
    matte[:, :160] = small.matte
    matte[60:120, 600:] = 1.0  # another person
    live = make_live_card(type(small)(wide, small.landmarks, small.pose, matte, "0"), MeshSettings())
    guessed = live.around[..., 1].astype(float)
    assert guessed[:, : guessed.shape[1] // 4].max() == 255 and guessed[:, -10:].max() == 0


def test_the_job_writes_what_blender_reads(tmp_path, portrait):
    write_png(tmp_path / "face.png", portrait.image)
    low, high = portrait.landmarks[:468, :2].min(axis=0), portrait.landmarks[:468, :2].max(axis=0)
    request = LiveRequest(
        str(tmp_path / "out"), str(tmp_path / "face.png"), placement=Placement((*map(float, low), *map(float, high)))
    )
    done = perform(request)
    assert done.outcome == 'FINISHED'
    with open_motion_file(done.result["live"]) as file:
        assert (file.metadata["pastiche"], json.loads(file.metadata["size"])) == ("live", [320, 320])
        assert file.tensors["keys"].shape == (52, file.tensors["points"].shape[0], 3)
    assert read_picture(tmp_path / "out" / "inside.png").shape[1] == 2048


def test_an_unknown_setting_is_refused(tmp_path):
    errors = []
    perform(LiveRequest(str(tmp_path), "face.png", settings={"smirk": 1.0}), send=errors.append)
    assert InputError.code in str(errors) and "smirk" in str(errors)


def test_the_skin_ends_with_the_picture_and_is_cut_without_a_gap(live, portrait):
    tensors = live.tensors
    skin = tensors["triangles"][tensors["slots"] == 1]
    xy = tensors["points"][skin][..., :2].astype(float)
    height, width = portrait.image.shape[:2]
    assert xy.min() >= 0 and xy[..., 0].max() <= width and xy[..., 1].max() <= height
    first, second = xy[:, 1] - xy[:, 0], xy[:, 2] - xy[:, 0]
    area = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]).sum() / 2
    assert area == pytest.approx(width * height, rel=0.02)  # this head is so large that all of the picture can move
