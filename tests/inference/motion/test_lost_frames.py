# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pastiche.inference.motion.lost_frames import HELD, INTERPOLATED, RETURN, SEEN, fill_lost_frames


def clip(seen):
    seen = np.array(seen, bool)
    landmarks = np.zeros((len(seen), 478, 3), np.float32)
    landmarks[seen] = np.arange(len(seen), dtype=np.float32)[seen, None, None]
    return landmarks, np.arange(len(seen)) / 10, seen


def test_a_short_gap_is_bridged_on_a_straight_line():
    landmarks, times, seen = clip([1, 0, 0, 0, 1])
    assert fill_lost_frames(landmarks, times, seen).tolist() == [SEEN, INTERPOLATED, INTERPOLATED, INTERPOLATED, SEEN]
    assert np.allclose(landmarks[:, 0, 0], range(5))


def test_a_long_gap_holds_and_then_returns():
    landmarks, times, seen = clip([1, *[0] * 19, 1])
    found = fill_lost_frames(landmarks, times, seen)
    assert set(found[1:-1]) == {HELD}
    back = int(round((times[-1] - RETURN) * 10))
    assert np.all(landmarks[:back, 0, 0] == 0)
    assert 0 < landmarks[-2, 0, 0] < 20


def test_before_and_after_the_face_holds():
    landmarks, times, seen = clip([0, 0, 1, 1, 0])
    assert fill_lost_frames(landmarks, times, seen).tolist() == [HELD, HELD, SEEN, SEEN, HELD]
    assert landmarks[:, 7, 1].tolist() == [2, 2, 2, 3, 3]


@given(st.lists(st.booleans(), min_size=1, max_size=60).filter(any))
def test_no_frame_is_left_empty_or_dropped(seen):
    landmarks, times, seen = clip(seen)
    landmarks[~seen] = np.nan
    found = fill_lost_frames(landmarks, times, seen)
    assert np.isfinite(landmarks).all()
    assert np.array_equal(found == SEEN, seen)
    assert landmarks.min() >= 0 and landmarks.max() <= len(seen) - 1
