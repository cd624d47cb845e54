# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fold in the actor's skin darkens the card's, and nothing else does."""

import numpy as np
import pytest
from painted_face import SIZE, make_frame, make_portrait, make_take
from pastiche.inference.engines.mesh import MeshEngine
from pastiche.inference.engines.mesh.wrinkles import ActorSkin
from pastiche.inference.faces import topology
from pastiche.inference.motion.face_texture import (
    FACE_SIDE,
    MOUTH_HEIGHT,
    decode_texture,
    encode_texture,
    texture_points,
)

NEUTRAL = topology.canonical_shape()
BETWEEN_BROWS = 9


def atlas(fold=False, red_mouth=False):
    picture = np.full((FACE_SIDE + MOUTH_HEIGHT, FACE_SIDE, 3), (200, 150, 130), np.uint8)
    if fold:
        x, y = texture_points()[BETWEEN_BROWS].astype(int)
        picture[y - 5 : y + 6, x - 2 : x + 3] = (130, 90, 75)
    picture[FACE_SIDE:] = (150, 60, 60) if red_mouth else (230, 225, 210)
    return encode_texture(picture)


@pytest.fixture
def take():
    moved = NEUTRAL.copy()
    moved[topology.CHIN] += 0.3
    return make_take(np.stack([NEUTRAL] * 6 + [moved] * 2), textures=[atlas()] * 6 + [atlas(True)] * 2)


def test_a_frame_like_the_neutral_one_has_no_wrinkles(take):
    face = decode_texture(take.texture_jpeg(1)).face
    assert np.abs(ActorSkin(take).ratio(1, face)).max() < 0.02


def test_a_fold_darkens_its_place_and_no_other(take):
    ratio = ActorSkin(take).ratio(7, decode_texture(take.texture_jpeg(7)).face)
    x, y = texture_points()[BETWEEN_BROWS].astype(int)
    assert ratio[y, x] < -0.1
    away = np.hypot(*(np.indices(ratio.shape) - np.array((y, x))[:, None, None])) > 30
    assert np.abs(ratio[away]).max() < 0.05


def test_the_card_shows_the_fold_as_strongly_as_set(take):
    portrait = make_portrait()
    x, y = portrait.landmarks[BETWEEN_BROWS, :2].astype(int)
    place = np.s_[y - 2 : y + 3, x - 1 : x + 2, :3]
    brightness = []
    for amount in (0.0, 0.7, 1.5):
        engine = MeshEngine({"wrinkles": amount})
        engine.set_source(portrait)
        brightness.append(engine.render(make_frame(take, takeFrame=7.0, takeDetail=1.0))[place].mean())
    assert brightness[0] > brightness[1] + 3 > brightness[2] + 6


@pytest.mark.parametrize("interior", ["AUTO", "FOOTAGE", "PAINTED"])
def test_the_actors_mouth_is_seen_between_open_lips_where_allowed(interior):
    opened = NEUTRAL.copy()
    opened[list((*topology.INNER_LOWER_LIP, *topology.OUTER_LOWER_LIP, topology.CHIN))] += (0, 2.0, 0)
    shapes = np.stack([NEUTRAL, opened])
    portrait = make_portrait()
    seen = []
    for red in (False, True):
        engine = MeshEngine({"mouth_interior": interior, "wrinkles": 0.0})
        engine.set_source(portrait)
        frame = make_frame(make_take(shapes, textures=[atlas(), atlas(red_mouth=red)]), takeFrame=1.0, takeDetail=1.0)
        x, y = engine.landmarks(frame)[[13, 14], :2].mean(axis=0).astype(int)
        assert 0 < x < SIZE and 0 < y < SIZE
        seen.append(engine.render(frame)[y, x, :3].astype(int))
    teeth, flesh = seen
    differs = teeth.sum() > flesh.sum() + 90
    assert differs == (interior != "PAINTED")


def test_a_take_without_textures_paints_the_mouth():
    engine = MeshEngine()
    engine.set_source(make_portrait())
    opened = NEUTRAL.copy()
    opened[topology.CHIN, 1] += 1
    image = engine.render(make_frame(make_take(np.stack([NEUTRAL, opened])), takeFrame=1.0, takeDetail=1.0))
    assert image.shape == (SIZE, SIZE, 4)
