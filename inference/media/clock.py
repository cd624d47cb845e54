# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Timestamps as files hold them, mended where they are missing or run backwards, so that time always goes forward.

Integer ticks of the stream's time base, so that ten minutes or ten hours add up without rounding.
"""

from fractions import Fraction

_LONGEST_PICTURE = 3600  # seconds; a longer gap, or a jump back of over a second, is a clock that was set anew


class Clock:
    """Gives each decoded picture its time. One clock per pass over a file, pictures in the order of presentation."""

    def __init__(self, time_base: Fraction, fps: Fraction, has_presentation_times: bool = True) -> None:
        """has_presentation_times: False for containers that store decoding order only (AVI)."""
        self.time_base = time_base
        self.step = max(1, round(1 / (fps * time_base)))  # ticks
        self._has_presentation_times = has_presentation_times
        self._last: int | None = None
        self._shift = 0
        self._faults = {"pts": 0, "dts": 0}
        self._seen: dict[str, int] = {}
        self.mended = 0

    def ticks(self, pts: int | None, dts: int | None) -> int:
        """The picture's time. It is later than the one before by at least one tick.

        A missing time is one nominal step on. A repeated or slightly earlier one is half a step on, so that a single
        bad timestamp does not push those behind it. A jump of the clock leaves no gap.
        """
        stamp, last = self._trusted(pts, dts), self._last
        if last is None:
            stamp = stamp or 0
        elif stamp is None:
            stamp = last + self.step
        else:
            stamp += self._shift
            gap = (stamp - last) * self.time_base
            if gap > _LONGEST_PICTURE or gap < -1:
                self._shift += last + self.step - stamp
                stamp = last + self.step
                self.mended += 1
            elif gap <= 0:
                stamp = last + max(1, self.step // 2)
                self.mended += 1
        self._last = stamp
        return stamp

    def _trusted(self, pts: int | None, dts: int | None) -> int | None:
        """The presentation time, or the decoding time where that has been the more regular of the two so far."""
        for name, stamp in (("pts", pts), ("dts", dts)):
            if stamp is not None:
                self._faults[name] += name in self._seen and stamp <= self._seen[name]
                self._seen[name] = stamp
        if pts is not None and self._has_presentation_times and self._faults["pts"] <= self._faults["dts"]:
            return pts
        return dts if dts is not None else pts
