# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist chooses for a capture reaches the worker, and another choice is another capture."""

from fractions import Fraction

import pytest


@pytest.fixture
def request_of(room, card, tmp_path):
    footage = room("scene.footage").Footage(tmp_path / "clip.mp4", start=11, rate=str(Fraction(24)), begin=2.0)
    return lambda: room("scene.requests").capture_request(card, footage)


def test_nothing_chosen_leaves_the_neutral_frame_to_the_worker(request_of):
    request = request_of()
    assert request.neutral < 0 and not request.lock_head and not request.lock_scale


def test_locks_are_asked_for(card, request_of):
    card.pastiche.lock_head = card.pastiche.lock_scale = True
    assert request_of().lock_head and request_of().lock_scale


@pytest.mark.parametrize(("frame", "seconds"), [(11, 2.0), (35, 3.0), (1, 2.0)])
def test_the_neutral_frame_is_counted_from_where_the_footage_begins(card, request_of, frame, seconds):
    card.pastiche.use_neutral, card.pastiche.neutral_frame = True, frame
    assert request_of().neutral == pytest.approx(seconds)


def test_another_choice_never_overwrites_a_capture(card, request_of):
    automatic = request_of().motion
    card.pastiche.use_neutral = True
    assert request_of().motion != automatic
