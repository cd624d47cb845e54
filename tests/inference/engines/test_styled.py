# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A style under the mesh engine, on a painted face, with random weights."""

import numpy as np
import pytest
from painted_face import make_frame, make_portrait
from pastiche.bridge.requests import Look
from pastiche.inference.engines.mesh import MeshEngine
from pastiche.inference.engines.styled import StyledEngine, played_look
from pastiche.inference.styles.dualstylegan import open_encoder, open_style
from pastiche.inference.styles.stylist import Stylist
from small_style import publish


@pytest.fixture(scope="module")
def stylist(tmp_path_factory):
    folder = publish(tmp_path_factory.mktemp("cartoon"))
    style = open_style(folder)
    return Stylist(style, open_encoder(folder / "encoder.pt", style, "Z+"))


@pytest.fixture(scope="module")
def portrait():
    return make_portrait()


@pytest.fixture
def styled(stylist, portrait):
    engine = StyledEngine(MeshEngine(), stylist, Look(second=2, mix_structure=0.0, mix_color=0.0))
    engine.set_source(portrait)
    return engine


def test_at_rest_it_shows_the_stylized_portrait(styled, stylist, portrait):
    expected = stylist.stylize(portrait.image, portrait.landmarks, Look())
    assert np.abs(styled.render(make_frame()).astype(int) - expected).mean() < 1
    assert np.abs(expected.astype(int) - portrait.image).mean() > 5


def test_the_stylized_face_moves(styled):
    assert not np.array_equal(styled.render(make_frame(jawOpen=0.8)), styled.render(make_frame()))


@pytest.mark.parametrize("channel, value", [("structure", 0.2), ("color", 0.0), ("exemplarMix", 1.0)])
def test_its_channels_play_the_look_and_frames_stand_alone(styled, channel, value):
    before = styled.render(make_frame())
    changed = styled.render(make_frame(**{channel: value}))
    assert not np.array_equal(before, changed)
    assert np.array_equal(styled.render(make_frame()), before)


def test_the_portrait_is_drawn_anew_only_where_the_look_changes(styled, stylist, monkeypatch):
    drawn = []
    monkeypatch.setattr(stylist, "draw", lambda *arguments, draw=stylist.draw: drawn.append(1) or draw(*arguments))
    for value in (1.0, 1.0, 0.5, 0.5, 0.5, 1.0):
        styled.render(make_frame(structure=value, jawOpen=value))
    assert len(drawn) == 2


def test_at_rest_a_look_is_itself():
    look = Look(structure=(0.5,) * 7, mix_color=0.3)
    channels = {"structure": 1.0, "color": 1.0, "exemplarMix": 0.0}
    assert played_look(look, channels) == look
    assert played_look(look, {**channels, "structure": 0.5}).structure == (0.25,) * 7
    assert played_look(look, {**channels, "exemplarMix": 1.0}).mix_color == 1.0


class Batching(MeshEngine):
    """A mesh engine that likes three frames at a time."""

    batch = 3
    inputs = {"weights": "by hash"}

    def render_many(self, frames):
        self.asked = [*getattr(self, "asked", []), len(frames)]
        return [self.render(frame) for frame in frames]


def test_an_engine_that_batches_gets_the_frames_of_one_look_together(stylist, portrait):
    engine = Batching()
    styled = StyledEngine(engine, stylist, Look())
    styled.set_source(portrait)
    frames = [make_frame(structure=value, jawOpen=value) for value in (1.0, 1.0, 0.5)]
    images = styled.render_many(frames)
    assert engine.asked == [2] and styled.batch == 3 and styled.inputs == engine.inputs
    assert all(np.array_equal(image, styled.render(frame)) for image, frame in zip(images, frames, strict=True))
