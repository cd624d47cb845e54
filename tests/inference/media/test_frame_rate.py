# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame rates are exact, and nonsense is refused by name."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pastiche.bridge.errors import InputError
from pastiche.inference.media.frame_rate import (
    FASTEST,
    SLOWEST,
    STANDARD,
    format_frame_rate,
    nearest_standard_rate,
    parse_frame_rate,
)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("24", Fraction(24)), ("23.976", Fraction(24000, 1001)), ("23.98", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)), ("59.94", Fraction(60000, 1001)), ("119.88", Fraction(120000, 1001)),
        ("30000/1001", Fraction(30000, 1001)), (" 25 ", Fraction(25)), ("12.5", Fraction(25, 2)), (30, Fraction(30)),
        (29.97, Fraction(30000, 1001)), (float(np.float32(24 / 1.001)), Fraction(24000, 1001)),
        ("24.0", Fraction(24)), ("24.02", Fraction(2402, 100)), (Fraction(50), Fraction(50)), ("1e2", Fraction(100)),
    ],
)  # fmt: skip
def test_a_rate_is_read_as_people_write_it(text, rate):
    assert parse_frame_rate(text) == rate


@pytest.mark.parametrize(
    "text",
    ["nan", "inf", "-inf", "0", "-24", "0/1", "24/0", "", "fast", "1001", "0.01", "1e400", "24 fps", "٣/٠", "9" * 9999],
)
def test_a_rate_that_is_none_is_refused_by_name(text):
    with pytest.raises(InputError) as refusal:
        parse_frame_rate(text, "scene's frame rate")
    assert "scene's frame rate" in str(refusal.value)
    assert refusal.value.remedy


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0, -1.0])
def test_a_number_that_is_no_rate_is_refused(value):
    with pytest.raises(InputError):
        parse_frame_rate(value)


@given(st.fractions(SLOWEST, FASTEST, max_denominator=100_000))
def test_any_rate_survives_being_written_and_read(rate):
    assert parse_frame_rate(format_frame_rate(rate)) == rate


@given(st.text(max_size=30))
def test_any_text_is_a_rate_within_bounds_or_an_input_error(text):
    try:
        assert SLOWEST <= parse_frame_rate(text) <= FASTEST
    except InputError:
        pass


def test_a_rounded_container_rate_becomes_its_standard():
    assert nearest_standard_rate(Fraction(19001, 634)) == Fraction(30000, 1001)
    assert nearest_standard_rate(Fraction(2997, 100)) == Fraction(30000, 1001)
    assert nearest_standard_rate(Fraction(247, 10)) == Fraction(247, 10)
    assert all(nearest_standard_rate(rate) == rate for rate in STANDARD)
