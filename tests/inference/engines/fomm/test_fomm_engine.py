# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The FOMM engine from a checkpoint, a portrait and a capture to frames, and what it says when something is wrong."""

import os
import zipfile
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the FOMM engine needs torch")

from pastiche.bridge import starter  # noqa: E402
from pastiche.bridge.errors import InputError  # noqa: E402
from pastiche.inference.engines.fomm import FommEngine, driving  # noqa: E402
from pastiche.inference.engines.fomm.driving import Driving, find_keypoints, read_driving, write_driving  # noqa: E402
from pastiche.inference.engines.fomm.networks import load_networks  # noqa: E402
from pastiche.inference.faces.region import Region  # noqa: E402
from pastiche.inference.motion.take import MotionFrame  # noqa: E402


@pytest.fixture
def engine(weights, portrait):
    made = FommEngine({"weights": str(weights), "precision": "FLOAT32", "device": "CPU"})
    made.set_source(portrait)
    return made


def frames(engine, motion):
    return [engine.render(motion.frame(number)) for number in range(motion.first, motion.last + 1)]


def test_frames_have_the_pictures_size_and_move(engine, motion, portrait):
    rendered = frames(engine, motion)
    assert all(image.shape == portrait.image.shape and image.dtype == np.uint8 for image in rendered)
    assert np.abs(rendered[-1].astype(int) - rendered[0]).mean() > 0.01
    assert all(np.array_equal(image[..., 3], portrait.image[..., 3]) for image in rendered)


def test_the_initial_frame_leaves_the_card_as_it_is(weights, portrait, motion):
    engine = FommEngine({"weights": str(weights), "precision": "FLOAT32", "initial": 0.0})
    engine.set_source(portrait)
    first = engine.render(motion.frame(motion.first))
    assert np.abs(first.astype(int) - portrait.image).max() <= 1


def test_no_detail_of_the_take_is_the_card_at_rest(engine, motion, portrait):
    frame = motion.frame(motion.last)
    still = replace(frame, channels={**frame.channels, "takeDetail": 0.0})
    assert np.abs(engine.render(still).astype(int) - portrait.image).max() <= 1


def test_frames_come_out_alike_in_any_order(engine, motion):
    forward = frames(engine, motion)
    assert np.array_equal(engine.render(motion.frame(motion.first + 2)), forward[2])


def test_frames_of_a_batch_are_those_made_one_by_one(engine, motion):
    one_by_one = frames(engine, motion)
    together = engine.render_many([motion.frame(number) for number in range(motion.first, motion.last + 1)])
    assert engine.batch == 8
    for first, second in zip(one_by_one, together, strict=True):
        assert np.abs(first.astype(int) - second).max() <= 1


def test_the_motion_strength_of_a_frame_says_how_far_it_follows(engine, motion, portrait):
    frame = motion.frame(motion.last)

    def moved(strength):
        changed = replace(frame, channels={**frame.channels, "motionStrength": strength})
        return np.abs(engine.render(changed).astype(int) - portrait.image).mean()

    assert moved(0.0) < 0.01
    assert moved(0.0) < moved(0.5) < moved(1.0) < moved(2.0)


def test_rendering_goes_on_in_smaller_batches_and_says_so(engine, motion, monkeypatch):
    expected = frames(engine, motion)
    motion_network = type(engine._networks.generator.dense_motion_network)
    forward = motion_network.forward

    def limited(self, source, keypoints):
        if len(keypoints.value) > 2:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes.")
        return forward(self, source, keypoints)

    monkeypatch.setattr(motion_network, "forward", limited)
    made = engine.render_many([motion.frame(number) for number in range(motion.first, motion.last + 1)])
    assert len(made) == len(expected) and engine.batch <= 2
    assert any("frames at a time from now on" in text for text in engine.warnings)
    monkeypatch.setattr(motion_network, "forward", lambda *_: (_ for _ in ()).throw(MemoryError()))
    with pytest.raises(InputError, match="does not suffice for one frame"):
        engine.render(motion.frame(motion.first))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("size", [(40, 30), (90, 400), (24, 24)])
def test_sources_of_any_shape_and_depth_are_driven(weights, motion, portrait_of_size, size, dtype):
    source = portrait_of_size(*size, dtype)
    engine = FommEngine({"weights": str(weights), "precision": "FLOAT32"})
    engine.set_source(source)
    made = engine.render(motion.frame(motion.last))
    assert made.shape == source.image.shape and made.dtype == dtype
    assert np.isfinite(made.astype(float)).all()


def test_keypoints_are_kept_for_other_cards(engine, motion, weights, portrait, monkeypatch):
    frames(engine, motion)
    assert motion.take.path.with_suffix(".fomm").is_file()

    def never(*_):
        raise AssertionError("the footage was read again")

    monkeypatch.setattr("pastiche.inference.engines.fomm.footage_keypoints.find_keypoints", never)
    other = FommEngine({"weights": str(weights), "precision": "FLOAT32"})
    other.set_source(portrait)
    other.prepare(motion.take)


def test_absolute_motion_takes_the_actors_keypoints(weights, portrait, motion):
    relative, absolute = (
        FommEngine({"weights": str(weights), "relative": choice, "precision": "FLOAT32"}) for choice in (True, False)
    )
    pictures = []
    for engine in (relative, absolute):
        engine.set_source(portrait)
        pictures.append(engine.render(motion.frame(motion.last)))
    assert np.abs(pictures[0].astype(int) - pictures[1]).mean() > 0.1


def test_the_published_programs_way_of_sampling_is_there_for_comparison(weights, portrait, motion):
    pictures = []
    for sampling in ("TRAINED", "SHIPPED"):
        engine = FommEngine({"weights": str(weights), "sampling": sampling, "precision": "FLOAT32"})
        assert engine._networks.generator.align_corners == (sampling == "TRAINED")
        engine.set_source(portrait)
        pictures.append(engine.render(motion.frame(motion.last)))
    assert 0 < np.abs(pictures[0].astype(int) - pictures[1]).mean() < 20


def test_a_compiled_network_paints_and_one_that_cannot_be_compiled_runs_as_it_is(
    engine, weights, portrait, motion, monkeypatch
):
    expected = engine.render(motion.frame(motion.last))
    calls = []

    def compile_network(paint):
        def compiled(*arguments):
            calls.append(1)
            if len(calls) > 2:
                raise RuntimeError("no compiler")
            return paint(*arguments)

        return compiled

    monkeypatch.setattr(torch, "compile", compile_network)
    compiled = FommEngine({"weights": str(weights), "compiled": True, "precision": "FLOAT32", "device": "CPU"})
    compiled.set_source(portrait)
    for warnings in (0, 1, 1):
        assert np.array_equal(compiled.render(motion.frame(motion.last)), expected)
        assert len([text for text in compiled.warnings if "cannot be compiled" in text]) == warnings
    assert len(calls) == 3 and compiled.inputs == engine.inputs


def test_progress_is_told_and_may_stop_the_search(engine, motion):
    told = []
    engine.prepare(motion.take, lambda done, total: told.append((done, total)))
    assert told[-1] == (6, 6)
    motion.take.path.with_suffix(".fomm").unlink()

    class StopError(Exception):
        pass

    def stop(done, total):
        raise StopError

    fresh = FommEngine({"weights": engine._settings.weights})
    with pytest.raises(StopError):
        fresh.prepare(motion.take, stop)
    assert not motion.take.path.with_suffix(".fomm").exists()


def test_the_version_names_the_weights(engine, weights):
    assert engine.version.startswith("1+") and len(engine.version) == 14
    assert engine.name == "fomm"


def test_motion_without_footage_is_named(engine):
    with pytest.raises(InputError, match="no footage behind it"):
        engine.render(MotionFrame(1, {"takeFrame": 0.0, "takeDetail": 1.0}, None))


def test_lost_footage_is_named(engine, motion, tmp_path):
    os.rename(tmp_path / "footage", tmp_path / "moved")
    with pytest.raises(InputError, match="not where it was"):
        engine.prepare(motion.take)


def test_missing_weights_are_asked_for_where_no_starter_was_shipped(monkeypatch, tmp_path):
    monkeypatch.setattr(starter, "MOTION", tmp_path / "none.safetensors")
    with pytest.raises(InputError, match="needs the weights"):
        FommEngine({})


@pytest.mark.parametrize(
    "contents",
    [{"weights": {"w": 1}}, [1, 2], {"kp_detector": {}, "generator": {}}, {"kp_detector": {"a": 1}, "generator": {}}],
)
def test_checkpoints_of_other_models_are_named(tmp_path, contents):
    torch.save(contents, tmp_path / "other.pth")
    with pytest.raises(InputError, match="no checkpoint of the First Order|not a table"):
        FommEngine({"weights": str(tmp_path / "other.pth")})


@pytest.mark.parametrize(
    ("contents", "model"),
    [
        ({"g_ema": {}, "latent_avg": torch.zeros(3)}, "a StyleGAN generator"),
        ({"kp_detector": {}, "generator": {}, "he_estimator": {}}, "face-vid2vid"),
        ({"kp_detector": {}, "inpainting_network": {}, "bg_predictor": {}}, "Thin-Plate Spline"),
        ({"generator": {}, "region_predictor": {}, "avd_network": {}}, "Articulated Animation"),
        ({"features.0.weight": torch.zeros(1)}, "judges pictures"),
    ],
)
def test_models_that_are_taken_for_it_are_called_by_their_names(tmp_path, contents, model):
    torch.save(contents, tmp_path / "other.pth")
    with pytest.raises(InputError, match=f"other.pth holds .*{model}.*, and not the First Order Motion Model"):
        FommEngine({"weights": str(tmp_path / "other.pth")})


def test_a_checkpoint_that_carries_code_is_refused(tmp_path):
    marker = tmp_path / "ran"
    with zipfile.ZipFile(tmp_path / "trap.pth", "w") as archive:
        code = b"cos\nsystem\n(S'touch " + str(marker).encode() + b"'\ntR."
        archive.writestr("trap/data.pkl", code)
        archive.writestr("trap/version", "3")
    with pytest.raises(InputError, match="trap.pth was not opened"):
        FommEngine({"weights": str(tmp_path / "trap.pth")})
    assert not marker.exists()


def test_half_a_checkpoint_is_named(tmp_path, weights):
    whole = weights.read_bytes()
    (tmp_path / "half.pth.tar").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="half.pth.tar"):
        FommEngine({"weights": str(tmp_path / "half.pth.tar")})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"speed": 2}, "no setting 'speed'"),
        ({"strength": 5.0}, "from 0 to 2"),
        ({"strength": float("nan")}, "from 0 to 2"),
        ({"precision": "INT8"}, "Choose one of"),
        ({"relative": "yes"}, "Give a bool"),
    ],
)
def test_wrong_settings_are_named(settings, message):
    with pytest.raises(InputError, match=message):
        FommEngine(settings)


def test_a_batch_too_large_for_memory_is_halved(weights, monkeypatch, caplog):
    networks = load_networks(str(weights), "CPU", "FLOAT32")
    forward = type(networks.detector).forward
    sizes = []

    def limited(self, image):
        sizes.append(len(image))
        if len(image) > 2:
            raise torch.OutOfMemoryError
        return forward(self, image)

    monkeypatch.setattr(type(networks.detector), "forward", limited)
    pictures = [np.random.default_rng(0).integers(0, 255, (100, 100, 3), np.uint8)] * 5
    found = find_keypoints(iter(pictures), [Region((50, 50), 80)] * 5, networks)
    assert len(found) == 5 and max(sizes[2:]) <= 2
    assert "The memory does not suffice: 2 frames at a time" in caplog.text


def test_keypoints_survive_their_file_and_belong_to_one_model_and_take(tmp_path):
    kept = Driving(np.random.default_rng(0).random((3, 4, 2), np.float32), np.ones((3, 4, 2, 2), np.float32))
    path = tmp_path / "clip.fomm"
    write_driving(path, kept, "d", "t")
    again = read_driving(path, "d", "t")
    assert np.array_equal(again.value, kept.value) and np.array_equal(again.jacobian, kept.jacobian)
    assert read_driving(path, "other", "t") is None and read_driving(path, "d", "other") is None
    path.write_bytes(path.read_bytes()[:-3])
    assert read_driving(path, "d", "t") is None


def test_between_two_footage_frames_keypoints_are_between():
    keypoints = Driving(np.arange(12, dtype=np.float32).reshape(3, 2, 2), None)
    between = keypoints.at([0.25], torch.device("cpu")).value[0]
    np.testing.assert_allclose(between, keypoints.value[0] + 1)
    assert torch.equal(keypoints.at([99], torch.device("cpu")).value[0], torch.from_numpy(keypoints.value[2]))
    assert torch.equal(keypoints.at([float("nan")], torch.device("cpu")).value[0], torch.from_numpy(keypoints.value[0]))
    assert driving.BATCH > 1
