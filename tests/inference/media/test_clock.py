# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time goes forward, and good timestamps are left alone."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from pastiche.inference.media.clock import Clock

stamps = st.one_of(st.none(), st.integers(-(2**62), 2**62), st.integers(-1000, 1000))


def clock(**how):
    return Clock(Fraction(1, 1000), Fraction(25), **how)


@given(st.lists(st.tuples(stamps, stamps), max_size=50))
def test_time_always_goes_forward(pairs):
    it = clock()
    ticks = [it.ticks(pts, dts) for pts, dts in pairs]
    assert all(later > earlier for earlier, later in zip(ticks, ticks[1:], strict=False))


@given(st.lists(st.integers(1, 3_599_000), max_size=50), st.integers(-1000, 10**12))
def test_increasing_timestamps_are_kept_exactly(gaps, first):
    it, stamp = clock(), first
    for gap in [0, *gaps]:
        stamp += gap
        assert it.ticks(stamp, stamp) == stamp
    assert it.mended == 0


def test_one_repeated_timestamp_moves_no_other():
    it = clock()
    assert [it.ticks(t, None) for t in (0, 40, 40, 80, 120)] == [0, 40, 60, 80, 120]
    assert it.mended == 1


def test_missing_timestamps_follow_the_rate():
    it = clock()
    assert [it.ticks(None, None) for _ in range(4)] == [0, 40, 80, 120]


def test_a_clock_set_anew_leaves_no_gap():
    it = clock()
    assert [it.ticks(t, None) for t in (5000, 5040, 0, 40, 80)] == [5000, 5040, 5080, 5120, 5160]
    assert [it.ticks(t, None) for t in (10**12, 10**12 + 40)] == [5200, 5240]


def test_the_more_regular_of_two_clocks_is_trusted():
    it = clock()
    ticks = [it.ticks(pts, dts) for pts, dts in zip([0, 0, 0, 0, 0], [0, 40, 80, 120, 160], strict=True)]
    assert ticks[1:] == [40, 80, 120, 160]


def test_decoding_times_are_taken_where_there_are_no_others():
    it = clock(has_presentation_times=False)
    assert [it.ticks(pts, dts) for pts, dts in [(80, 0), (0, 40), (40, 80)]] == [0, 40, 80]
