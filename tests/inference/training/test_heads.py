# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered people: the geometry, the rasterizer, and what is true of the pictures."""

import dataclasses
import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="rendering heads needs torch")

from pastiche.bridge.errors import InputError  # noqa: E402
from pastiche.inference.faces.topology import LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS  # noqa: E402
from pastiche.inference.training.heads.data_set import Heads, HeadSet, to_bytes, write_set  # noqa: E402
from pastiche.inference.training.heads.expressions import CHANNELS, channels_of, draw_performance  # noqa: E402
from pastiche.inference.training.heads.person import draw_person, draw_shot, stack  # noqa: E402
from pastiche.inference.training.heads.raster import rasterize  # noqa: E402
from pastiche.inference.training.heads.styles import STYLES, draw  # noqa: E402
from pastiche.inference.training.heads.subdivision import subdivision  # noqa: E402

SMALL = HeadSet(("photo", "anime"), side=48, finer=1, batch=2)


@pytest.fixture(scope="module")
def heads():
    return Heads(SMALL)


def test_the_nearer_triangle_is_seen_and_weights_give_the_place_back():
    points = torch.tensor([[[1.0, 1, 0.5], [15, 1, 0.5], [1, 15, 0.5], [2, 2, 0.9], [9, 2, 0.9], [2, 9, 0.9]]])
    seen = rasterize(points, torch.tensor([[0, 1, 2], [3, 4, 5]]), (16, 16), is_perspective=False)
    image = seen.image(seen.triangle[:, None].float(), -1.0)[0, 0]
    assert image[3, 3] == 1 and image[2, 12] == 0 and image[15, 15] == -1
    x, y = seen.pixel % 16 + 0.5, seen.pixel // 16 + 0.5
    found = seen.blend(points, torch.tensor([[0, 1, 2], [3, 4, 5]]))
    assert torch.allclose(found[:, :2], torch.stack((x, y), 1), atol=1e-4)


def test_large_and_small_triangles_cover_what_they_should():
    dice = torch.Generator().manual_seed(5)
    for size in (2.0, 6.0, 25.0, 90.0):
        points = torch.rand(1, 30, 3, generator=dice) * size + torch.tensor((5.0, 5.0, 0.01))
        points[..., 2] = torch.rand(1, 30, generator=dice) * 0.5 + 0.2
        triangles = torch.arange(30).view(10, 3)
        seen = rasterize(points, triangles, (100, 100), is_perspective=False)
        y, x = torch.meshgrid(torch.arange(100) + 0.5, torch.arange(100) + 0.5, indexing="ij")
        covered = torch.zeros(100, 100, dtype=torch.bool)
        for corners in points[0, triangles]:
            sides = []
            for a, b in ((0, 1), (1, 2), (2, 0)):
                (ax, ay), (bx, by) = corners[a, :2], corners[b, :2]
                sides.append((bx - ax) * (y - ay) - (by - ay) * (x - ax))
            sides = torch.stack(sides)
            covered |= (sides >= 0).all(0) | (sides <= 0).all(0)
        drawn = seen.image(torch.ones(len(seen.pixel), 1))[0, 0] > 0
        assert (drawn != covered).float().mean() < 2e-3  # pixels on an edge may go either way


def test_subdivision_keeps_a_plane_and_rounds_a_corner():
    grid = np.array([[r * 4 + c, r * 4 + c + 1, r * 4 + c + 5, r * 4 + c + 4] for r in range(3) for c in range(3)])
    y, x = np.mgrid[:4, :4]
    flat = torch.tensor(np.stack((x, y, 0 * x), -1).reshape(-1, 3), dtype=torch.float32)
    matrix, quads = subdivision(grid, 16)
    finer = torch.sparse.mm(matrix, flat)
    assert quads.shape == (36, 4) and torch.allclose(finer[:, 2], torch.zeros(len(finer)))
    assert torch.allclose(finer[5], flat[5]) and torch.allclose(
        torch.sparse.sum(matrix, 1).to_dense(), torch.ones(len(finer))
    )
    cube = np.array([[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])
    corners = torch.tensor([[x, y, z] for z in (-1, 1) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]).float()
    matrix, _quads = subdivision(cube, 8)
    assert torch.sparse.mm(matrix, corners)[:8].norm(dim=1).max() < 1.0 < corners.norm(dim=1).min()


def test_a_number_gives_the_same_person_in_any_batch(heads):
    together, shots = heads.cast([3, 4])
    alone, shot = heads.cast([4])
    for field in dataclasses.fields(shot):
        assert torch.equal(getattr(shots, field.name)[1:], getattr(shot, field.name))
    assert torch.equal(together.targets[1:], alone.targets) and not torch.equal(
        together.targets[0], together.targets[1]
    )


def test_left_and_right_are_the_subjects_own(heads):
    units = heads.stage.anatomy.units
    weights = np.zeros(len(units))
    weights[units.index("eye-left-closure")] = 1
    channels = dict(zip(CHANNELS, channels_of(weights, np.array((0.3, 0.0)), units), strict=True))
    assert channels["eyeBlinkLeft"] == 1 and channels["eyeBlinkRight"] == 0
    assert channels["eyeLookOutLeft"] > 0.5 and channels["eyeLookInRight"] > 0.5 and channels["eyeLookInLeft"] == 0


def test_a_wink_shuts_the_eye_whose_landmarks_meet(heads):
    person, shot = heads.cast([4])
    shot = dataclasses.replace(shot, units=shot.units * 0, turn=shot.turn * 0)
    wink = shot.units.clone()
    wink[:, heads.stage.anatomy.units.index("eye-left-closure")] = 1
    rest = draw(heads.stage, "photo", person, shot, 48, finer=1).landmarks[0]
    winking = draw(heads.stage, "photo", person, dataclasses.replace(shot, units=wink), 48, finer=1).landmarks[0]

    def opening(marks, lids):
        return float((marks[lids[0], :2] - marks[lids[1], :2]).norm())

    assert opening(winking, (386, 374)) < 0.4 * opening(rest, (386, 374))
    assert opening(winking, (159, 145)) == pytest.approx(opening(rest, (159, 145)), rel=0.02)
    right, left = (rest[list(corners), 0].mean() for corners in (RIGHT_EYE_CORNERS, LEFT_EYE_CORNERS))
    assert right < left  # the subject's right eye lies on the left of the picture


def test_styles_show_the_same_people_with_larger_eyes(heads):
    cast = heads.cast([4])
    photo, anime = (heads.draw(name, cast) for name in SMALL.styles)
    for drawn in (photo, anime):
        assert drawn.picture.shape == (1, 3, 48, 48) and torch.isfinite(drawn.picture).all()
        assert drawn.picture.min() >= 0 and drawn.picture.max() <= 1 and drawn.picture.std() > 0.05
        assert 0.2 < drawn.mask.mean() < 0.99
    wide = [(d.landmarks[0, 362] - d.landmarks[0, 263]).norm() for d in (photo, anime)]
    assert wide[1] > 1.15 * wide[0]
    assert torch.equal(photo.picture, heads.draw("photo", cast).picture)


def test_a_clip_moves_smoothly(heads):
    units = heads.stage.anatomy.units
    dice = np.random.default_rng(1)
    clip = draw_performance(dice, draw_shot(dice, units), units, 40)
    turns = np.stack([shot.turn for shot in clip])
    assert len(clip) == 40 and 0 < np.abs(np.diff(turns, axis=0)).max() < 0.15
    assert np.ptp([shot.units.sum() for shot in clip]) > 0.1


def test_a_data_set_is_written_once_and_goes_on(heads, tmp_path):
    made = write_set(heads, tmp_path, 2, 0, lambda done, total: None)
    assert made["people"] == 2 and (tmp_path / "anime" / "000001.png").is_file() and (tmp_path / "sheet.png").is_file()
    with np.load(tmp_path / "truth" / "000000.npz", allow_pickle=False) as truth:
        assert truth["landmarks_photo"].shape == (2, 478, 3) and truth["landmarks68_anime"].shape == (2, 68, 3)
        assert truth["channels"].shape == (2, 52) and truth["unit_names"].shape == (34,)
    assert json.loads((tmp_path / "choices.json").read_text())["side"] == 48
    again = write_set(heads, tmp_path, 2, 0, lambda done, total: pytest.fail("computed again") if done < 0 else None)
    assert again["people"] == 0 and again["reused"] == 2
    other = Heads(dataclasses.replace(SMALL, seed=1))
    with pytest.raises(InputError, match="other choices"):
        write_set(other, tmp_path, 2, 0, lambda done, total: None)


@pytest.mark.parametrize("change", [{"styles": ("watercolor",)}, {"side": 8}, {"zoom": 0.0}, {"frames": 0}])
def test_impossible_choices_are_refused(change):
    with pytest.raises(InputError):
        Heads(dataclasses.replace(SMALL, **change))


def test_faces_keep_their_bounds_in_a_hundred_draws(heads):
    anatomy = heads.stage.anatomy
    people = stack([draw_person(np.random.default_rng((9, n)), anatomy.targets) for n in range(100)])
    macro = [i for i, name in enumerate(anatomy.targets) if name.startswith("macro/")]
    assert torch.allclose(people.targets[:, macro].sum(1), torch.ones(100), atol=1e-3)
    assert people.targets.min() >= 0 and people.targets.max() <= 1
    colors = torch.cat((people.hair_color, people.iris, people.cloth))
    assert colors.min() >= 0 and colors.max() <= 1.5


def test_pictures_become_bytes():
    assert to_bytes(torch.full((1, 3, 2, 2), 0.5)).tolist() == [[[[128] * 3] * 2] * 2]


def test_every_style_has_a_name_for_people():
    assert {"photo", "toon", "chibi", "anime", "oil", "pencil", "clay"} <= set(STYLES)
    assert all(style.label for style in STYLES.values())
