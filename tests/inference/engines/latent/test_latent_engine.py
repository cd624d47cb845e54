# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kept drags as an engine of cards: a render job from channels to frames."""

import json
import shutil

import cv2
import numpy as np
import pytest
import torch
from pastiche.bridge.drag_commands import DragOptions, Keep, Reset, Run, SetPoints
from pastiche.bridge.errors import InputError
from pastiche.bridge.motion_file import write_motion_file
from pastiche.bridge.requests import DragRequest, InvertRequest, RenderRequest
from pastiche.inference.engines.engine import open_engine
from pastiche.inference.engines.latent.editor import sample_latent
from pastiche.inference.engines.latent.latent_engine import LatentEngine
from pastiche.inference.engines.latent.latent_file import Expression, write_expression, write_latent
from pastiche.inference.engines.latent.network import load_network
from pastiche.inference.jobs import perform
from pastiche.inference.media.pictures import read_picture
from pastiche.inference.motion.take import MotionFrame
from pastiche.inference.portrait import read_faceless
from random_networks import SIZE, stylegan2, stylegan3, write_network


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Two drags of one picture, kept: what a card needs to play them."""
    folder = tmp_path_factory.mktemp("kept")
    network = write_network(stylegan2(), folder / "stylegan2-tiny-128x128.pkl")
    script = (
        SetPoints(((60.5, 60.5),), ((80.5, 60.5),)), Run(4), Keep("right"), Reset(),
        SetPoints(((60.5, 60.5),), ((60.5, 40.5),)), Run(3), Keep("up"),
    )  # fmt: skip
    options = DragOptions(step_size=0.02)
    done = perform(DragRequest(str(folder / "session"), str(network), seed=2, options=options, script=script), "drag")
    files = done.result["kept"]
    settings = {"network": str(network), "latent": files["up"]["latent"], "device": "CPU"}
    settings |= {f"drag:{name}": files[name]["expression"] for name in files}
    return settings, files["up"]["picture"], folder


def frame(**channels):
    return MotionFrame(1, {name.replace("_", ":"): value for name, value in channels.items()}, None)


@pytest.fixture
def engine(kept):
    engine = open_engine("latent", kept[0])
    engine.set_source(read_faceless(kept[1]))
    return engine


def test_at_rest_a_card_shows_its_picture(engine, kept):
    assert np.array_equal(engine.render(frame()), read_picture(kept[1]))
    assert np.array_equal(engine.render(frame(jawOpen=1.0, drag_unknown=1.0)), read_picture(kept[1]))


def test_a_channel_goes_to_where_its_drag_ended(engine, kept):
    end = read_picture(kept[2] / "session" / "after.png")
    assert np.array_equal(engine.render(frame(drag_up=1.0)), end)
    assert not np.array_equal(engine.render(frame(drag_up=0.5)), end)


def test_expressions_add_up_and_a_weight_scales_the_latent(engine):
    latent, directions = engine._start.latent, engine._expressions
    mixed = engine._latent({"drag:up": 0.5, "drag:right": -1.0})
    moved = (mixed - latent)[0, :6].numpy()
    expected = 0.5 * directions["up"].direction - directions["right"].direction
    np.testing.assert_allclose(moved, expected, atol=1e-6)
    assert torch.equal(mixed[:, 6:], latent[:, 6:])


def test_the_way_of_a_drag_is_played_by_its_position(engine):
    path = engine._expressions["right"].path  # 5 places: before each of 4 steps, and the end
    for position, expected in ((0.0, path[0]), (0.5, path[2]), (0.625, (path[2] + path[3]) / 2), (1.0, path[4])):
        moved = (engine._latent({"drag:right": 1.0, "path:right": position}) - engine._start.latent)[0, :6]
        np.testing.assert_allclose(moved.numpy(), expected, atol=1e-6)


def write_keys(path, rows):
    facts = {"pastiche": "motion", "version": "1", "fps": "25", "first_frame": "1", "channels": json.dumps(list(rows))}
    table = np.array(list(rows.values()), np.float32).T.copy()
    write_motion_file(path, facts, {"channels": ("F32", table.shape, table)})
    return path


def test_keys_become_frames_and_only_changed_keys_are_rendered_again(kept, tmp_path):
    settings, picture, _ = kept
    keys = write_keys(tmp_path / "keys.motion", {"drag:right": [0, 0.5, 1], "path:right": [1, 1, 1]})
    request = RenderRequest(str(tmp_path / "out"), picture, str(keys), "latent", settings=settings)
    done = perform(request, "render")
    assert done.outcome == 'FINISHED' and (done.result["frames"], done.result["reused"]) == (3, 0)
    frames = [read_picture(tmp_path / "out" / "frames" / f"frame_00000{i}.png") for i in (1, 2, 3)]
    assert np.array_equal(frames[0], read_picture(picture)) and not np.array_equal(frames[1], frames[2])
    write_keys(keys, {"drag:right": [0, 0.5, 0.9], "path:right": [1, 1, 1]})
    assert perform(request, "render").result["reused"] == 2


def test_files_that_moved_are_the_same_inputs(kept, tmp_path):
    moved = dict(kept[0])
    for name in ("latent", "drag:up"):
        moved[name] = shutil.copy(moved[name], tmp_path)
    assert LatentEngine(moved).inputs == LatentEngine(kept[0]).inputs


def test_an_inverted_photograph_keeps_its_surroundings_and_itself_at_rest(kept, tmp_path):
    y, x = np.mgrid[:200, :300]
    photo = np.uint8(np.stack([x % 256, y, 128 + 60 * np.sin(x / 9), 0 * x + 255], 2))
    cv2.imwrite(str(tmp_path / "photo.png"), photo)
    latent = tmp_path / "photo.latent"
    request = InvertRequest(
        str(tmp_path / "job"), str(tmp_path / "photo.png"), kept[0]["network"], str(latent), framing='MIDDLE',
        steps=3, tuning=2,
    )  # fmt: skip
    assert perform(request, "invert").outcome == 'FINISHED'
    network = load_network(kept[0]["network"], "CPU")
    path = np.random.default_rng(0).normal(0, 0.3, (2, 6, 16)).astype(np.float32)
    write_expression(tmp_path / "x.expression", Expression("x", path), network.sha256, torch.zeros(1, 12, 16))
    engine = LatentEngine({**kept[0], "latent": str(latent), "drag:x": str(tmp_path / "x.expression")})
    engine.set_source(read_faceless(tmp_path / "photo.png"))
    still, changed = engine.render(frame()), engine.render(frame(drag_x=1.0))
    source = read_picture(tmp_path / "photo.png")
    assert np.array_equal(still, source) and not np.array_equal(changed, source)
    assert np.array_equal(changed[:, :50], source[:, :50]) and np.array_equal(changed[:, 250:], source[:, 250:])
    slightly = engine.render(frame(drag_x=1e-6))
    assert np.abs(slightly.astype(int) - source).max() <= 1


def test_stylegan3_moves_its_picture_and_others_ignore_it(kept, tmp_path, engine):
    assert np.array_equal(engine.render(frame(imageX=0.5)), engine.render(frame()))
    path = write_network(stylegan3(), tmp_path / "stylegan3-t-tiny-64x64.pkl")
    network = load_network(path)
    write_latent(tmp_path / "x.latent", sample_latent(network.generator, 0, 0.7), network.sha256)
    third = LatentEngine({"network": str(path), "latent": str(tmp_path / "x.latent")})
    cv2.imwrite(str(tmp_path / "x.png"), np.zeros((64, 64, 3), np.uint8))
    third.set_source(read_faceless(tmp_path / "x.png"))
    still, turned = third.render(frame()), third.render(frame(imageAngle=90.0))
    assert np.abs(np.rot90(still, -1).astype(int) - turned).mean() < np.abs(still.astype(int) - turned).mean()


def test_what_it_cannot_play_is_told(kept, tmp_path):
    settings = kept[0]
    with pytest.raises(InputError, match="needs a latent"):
        LatentEngine({"network": settings["network"]})
    with pytest.raises(InputError, match="has no file"):
        LatentEngine({**settings, "drag:x": ""})
    with pytest.raises(InputError, match="no setting 'speed'"):
        LatentEngine({**settings, "speed": 1})
    with pytest.raises(InputError, match="no kept expression"):
        LatentEngine({**settings, "drag:x": settings["latent"]})
    other = write_network(stylegan2(seed=9), tmp_path / "other.pkl")
    with pytest.raises(InputError, match="another network"):
        LatentEngine({**settings, "network": str(other)})
    cv2.imwrite(str(tmp_path / "wide.png"), np.zeros((64, 90, 3), np.uint8))
    engine = LatentEngine(settings)
    with pytest.raises(InputError, match=f"90 x 64 pixels, the network makes {SIZE} x {SIZE}"):
        engine.set_source(read_faceless(tmp_path / "wide.png"))
