# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stylize jobs, with a style of random weights: pictures, previews, several faces, clips, and what is refused."""

import dataclasses

import numpy as np
import pytest
from acted_clips import empty, film, photograph, swaying, two_faces
from pastiche.bridge.messages import Error
from pastiche.bridge.requests import Look, PackRequest, Placement, StyledFace, Styling, StylizeRequest
from pastiche.inference.jobs import perform
from pastiche.inference.media.footage import Footage
from pastiche.inference.media.pictures import read_picture, write_png
from pastiche.inference.styles.clip import calm_code, calm_rows
from pastiche.inference.styles.pack_maker import make_pack
from small_style import publish


@pytest.fixture(scope="session")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("styles")
    (folder / "files").mkdir()
    return str(make_pack(PackRequest("", str(publish(folder / "files")), str(folder / "pack"))).folder)


@pytest.fixture
def asked(tmp_path, pack):
    def request(source, look=None, faces=(0,), **changes):
        faces = tuple(StyledFace(Styling(pack, look or Look()), face) for face in faces)
        return StylizeRequest(str(tmp_path / "job"), str(source), faces, **changes)

    return request


@pytest.fixture
def portrait(tmp_path):
    """A photograph in the middle of a larger picture, with alpha."""
    image = np.full((300, 280, 4), 90, np.uint8)
    image[30:270, 20:260, :3] = photograph()
    image[..., 3] = np.linspace(255, 128, 280).astype(np.uint8)
    write_png(tmp_path / "portrait_01.png", image)
    return tmp_path / "portrait_01.png", image


def done(request, is_cancelled=lambda: False):
    heard = []
    finished = perform(request, "a", heard.append, is_cancelled)
    assert finished.outcome == 'FINISHED', heard
    return finished.result


def error_of(request):
    heard = []
    assert perform(request, "a", heard.append).outcome == 'FAILED'
    return next(message.error for message in heard if isinstance(message, Error))


def frame(request, index=1):
    return read_picture(f"{request.folder}/frames/frame_{index:06d}.png")


def test_a_picture_is_stylized_once_and_kept_with_its_alpha(asked, portrait):
    request = asked(portrait[0], still=True)
    result = done(request)
    image = frame(request)
    assert result["size"] == [280, 300] and (result["first"], result["last"], result["reused"]) == (1, 1, 0)
    assert np.array_equal(image[..., 3], portrait[1][..., 3]) and np.array_equal(image[:10], portrait[1][:10])
    assert (image[100:200, 90:190, :3] != portrait[1][100:200, 90:190, :3]).mean() > 0.5
    assert done(request)["reused"] == 1
    assert done(dataclasses.replace(request, depth=16))["reused"] == 0 and frame(request).dtype == np.uint16


def test_a_picture_of_sixteen_bits_stays_one(asked, portrait, tmp_path):
    write_png(tmp_path / "deep.png", portrait[1].astype(np.uint16) * 257 - 77)
    request = asked(tmp_path / "deep.png", still=True, depth=16)
    done(request)
    assert np.array_equal(frame(request)[:10], portrait[1][:10].astype(np.uint16) * 257 - 77)


def test_a_preview_draws_the_face_coarsely_and_leaves_the_rest(asked, portrait):
    request, preview = asked(portrait[0], still=True), asked(portrait[0], still=True, face_side=16)
    done(request)
    whole = frame(request)
    assert done(preview)["size"] == [280, 300]
    coarse = frame(preview)
    assert np.array_equal(coarse[:10], portrait[1][:10]) and not np.array_equal(coarse, whole)
    assert np.abs(coarse.astype(float) - whole)[..., :3].mean() < 20


def test_a_sheet_shows_the_face_and_four_ways(asked, portrait):
    request = asked(portrait[0], still=True, is_sheet=True)
    assert done(request)["size"] == [5 * 64, 64]
    columns = np.split(frame(request), 5, axis=1)
    assert all(not np.array_equal(a, b) for i, a in enumerate(columns) for b in columns[:i])
    assert "one face of one picture" in error_of(asked(portrait[0], is_sheet=True))["what"]


def test_each_of_two_faces_takes_its_own_look(asked, pack, tmp_path):
    image = next(two_faces(1))
    write_png(tmp_path / "two.png", image)
    request = asked(tmp_path / "two.png", still=True, faces=(0, 1))
    faces = [StyledFace(Styling(pack, Look(exemplar=2 * face)), face) for face in (0, 1)]
    request = dataclasses.replace(request, faces=tuple(faces))
    done(request)
    both = frame(request)
    done(dataclasses.replace(request, faces=tuple(faces[:1])))
    first = frame(request)
    assert np.array_equal(both[:, 300:], first[:, 300:]) and not np.array_equal(both[:, :160], first[:, :160])
    assert np.array_equal(first[:, :160, :3], image[:, :160])


def test_a_face_placed_by_hand_needs_none_to_be_found(asked, pack, tmp_path):
    write_png(tmp_path / "gray.png", np.full((200, 200, 4), 128, np.uint8))
    request = asked(tmp_path / "gray.png", still=True)
    placed = StyledFace(Styling(pack), 0, Placement((40, 40, 160, 180)))
    done(dataclasses.replace(request, faces=(placed,)))
    assert not np.array_equal(frame(request), np.full((200, 200, 4), 128, np.uint8))


@pytest.mark.parametrize(
    "changes, text",
    [
        ({"faces": ()}, "0 faces"),
        ({"faces": (0,) * 17}, "17 faces"),
        ({"faces": (3,)}, "there is no face 3"),
        ({"surroundings": "EAT"}, "no surroundings 'EAT'"),
        ({"surroundings": "CROP", "faces": (0, 1)}, "Only one face"),
        ({"format": "GIF"}, "PNG of 8 or 16"),
        ({"smoothing": "VERY"}, "no smoothing 'VERY'"),
        ({"start": 3.0, "end": 2.0}, "is empty"),
        ({"look": Look(exemplar="nobody")}, "no exemplar 'nobody'"),
        ({"look": Look(structure=(1.0, 2.0))}, "2 structure weights"),
    ],
)
def test_what_cannot_be_done_is_named(asked, portrait, changes, text):
    assert text in error_of(asked(portrait[0], still=True, **changes))["what"]


def test_missing_and_broken_sources_and_styles_are_named(asked, tmp_path):
    assert "no picture at" in error_of(asked(tmp_path / "nothing.png", still=True))["what"]
    (tmp_path / "broken.png").write_bytes(b"no picture")
    assert "is not a picture" in error_of(asked(tmp_path / "broken.png", still=True))["what"]
    request = asked(tmp_path / "broken.png", still=True)
    for styling, text in (
        (Styling(str(tmp_path)), "no style pack"),
        (dataclasses.replace(request.faces[0].styling, device="TPU"), "no device 'TPU'"),
    ):
        assert text in error_of(dataclasses.replace(request, faces=(StyledFace(styling),)))["what"]


@pytest.fixture
def clip(tmp_path):
    return film(tmp_path / "clip.mp4", swaying(8))


def test_a_clip_becomes_frames_and_a_film(asked, clip):
    request = asked(clip, format="MP4", first=11)
    result = done(request)
    assert (result["first"], result["last"], result["frames"], result["fps"]) == (11, 18, 8, "25")
    assert Footage.open(result["movie"]).frame_count == 8
    sources = [image for _, image in Footage.open(clip).frames()]
    drawn = frame(request, 14)
    assert np.array_equal(drawn[:4, :, :3], sources[3][:4]) and not np.array_equal(drawn[..., :3], sources[3])


@pytest.mark.parametrize("checks", [6, 14, 21])  # while faces are followed, while they are read, while they are drawn
def test_a_clip_that_was_cut_short_goes_on(asked, clip, checks):
    request, calls = asked(clip), iter(range(10_000))
    assert perform(request, "a", is_cancelled=lambda: next(calls) > checks).outcome == 'CANCELLED'
    whole = dataclasses.replace(request, folder=request.folder + "2")
    done(request)
    done(whole)
    assert all(np.array_equal(frame(request, i), frame(whole, i)) for i in range(1, 9))
    assert done(request)["reused"] == 8


def test_another_look_draws_anew_without_following_the_face_again(asked, clip, monkeypatch):
    done(asked(clip))
    monkeypatch.setattr("pastiche.inference.styles.clip.FaceTracker", None)
    request = asked(clip, Look(exemplar=1))
    assert done(request)["reused"] == 0


def test_a_clip_without_the_face_is_refused(asked, tmp_path):
    assert "face 0 was found in no picture" in error_of(asked(film(tmp_path / "empty.mp4", empty(3))))["what"]
    assert "no pictures in the chosen range" in error_of(asked(tmp_path / "empty.mp4", start=60.0))["what"]


def test_missing_numbers_of_a_sequence_show_the_picture_before(asked, tmp_path):
    (tmp_path / "shots").mkdir()
    for number, image in zip((7, 8, 10), swaying(3), strict=True):
        write_png(tmp_path / "shots" / f"shot_{number:03d}.png", image)
    request = asked(tmp_path / "shots", smoothing="OFF")
    result = done(request)
    assert (result["first"], result["last"]) == (1, 4)
    assert np.array_equal(frame(request, 2), frame(request, 3))
    assert not np.array_equal(frame(request, 3), frame(request, 4))


def test_another_rate_repeats_or_leaves_out_pictures(asked, clip):
    for fps, last in (("50", 15), ("12.5", 4)):
        assert done(asked(clip, smoothing="OFF", fps=fps))["last"] == last


def test_codes_are_calmed_those_of_color_longer():
    times = np.arange(200) / 25
    codes = np.random.default_rng(0).normal(size=(200, 10, 3)).astype(np.float32)
    calm = np.stack([calm_code(codes, times, i, 0.1, 7) for i in range(200)])
    steps = np.abs(np.diff(calm, axis=0)).mean(axis=(0, 2)) / np.abs(np.diff(codes, axis=0)).mean()
    assert steps[:7].max() < 0.6 and steps[7:].max() < 0.1
    assert np.array_equal(calm_code(codes, times, 5, 0.0, 7), codes[5])
    still = np.repeat(codes[:1], 200, axis=0)
    assert np.allclose(calm_code(still, times, 100, 0.1, 7), still[0], atol=1e-5)


def test_a_swaying_square_sways_as_far_and_trembles_less():
    times = np.arange(150) / 30
    sway = np.sin(2 * np.pi * times)[:, None].astype(np.float32)
    tremble = np.random.default_rng(0).normal(0, 0.05, sway.shape).astype(np.float32)
    middle = slice(20, -20)
    assert np.abs(calm_rows(sway, times, 0.1) - sway)[middle].max() < 0.05
    assert np.std(calm_rows(sway + tremble, times, 0.04) - sway) < 0.8 * np.std(tremble)
