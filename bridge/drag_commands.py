# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be said to a drag session while it is open: one frozen dataclass per command, sent in a Steer message.

Points are x then y, in pixels of the picture, origin at its top left corner: the first pixel's center is 0.5, 0.5. A
command that cannot be obeyed is answered by Refused and changes nothing.
"""

from dataclasses import dataclass

Points = tuple[tuple[float, float], ...]


def arrival_distance(height: int) -> float:
    """How near to its target, in pixels, a handle of a picture of that height has arrived."""
    return max(2 / 512 * height, 2.0)


@dataclass(frozen=True)
class DragOptions:
    """How points are dragged (DragGAN, section 4).

    step_size: of the latent.   mask_weight: lambda, how much the mask holds.   motion_radius, tracking_radius: in
    pixels of a picture of 512.   is_per_row: the rows of w move separately (W+), not as one (W).
    most_steps: a run ends after so many.
    """

    step_size: float = 0.002
    mask_weight: float = 20.0
    motion_radius: float = 3.0
    tracking_radius: float = 12.0
    is_per_row: bool = True
    most_steps: int = 300


@dataclass(frozen=True)
class SetPoints:
    """Handles and where each shall go; replaces the ones before, none of either takes them away.

    While points are dragged the same number of them may get new targets; the handles are where tracking has them.
    """

    handles: Points
    targets: Points
    kind = "points"


@dataclass(frozen=True)
class SetPreset:
    """The points of an expression (drag_presets.py) on the face of the shown picture; replaces the ones before.

    strength: factor of every length. Refused when there is no face.
    """

    name: str
    strength: float = 1.0
    kind = "preset"


@dataclass(frozen=True)
class SetMask:
    """Hold still what the mask in the shared memory fixes, as it is now; `is_used` False: hold nothing.

    picture: a file with the mask instead, of the picture's size, white where it stays.
    """

    is_used: bool
    picture: str = ""
    kind = "mask"


@dataclass(frozen=True)
class SetOptions:
    """From the next step on; another `is_per_row` begins anew from the picture as it is."""

    options: DragOptions
    kind = "options"


@dataclass(frozen=True)
class Run:
    """Drag until every point has arrived, `steps` are done (0: the options' `most_steps`), or Pause comes.

    It also ends, with a Warning, when the points come no nearer for long. Each Run is one drag for `Back`.
    """

    steps: int = 0
    kind = "run"


@dataclass(frozen=True)
class Pause:
    """Stop within one step."""

    kind = "pause"


@dataclass(frozen=True)
class Show:
    """Go to a step of the history, 0 the picture it began with; dragging goes on from there. Undo, redo, history strip.

    What came after is dropped by the next step, not before.
    """

    step: int
    kind = "show"


@dataclass(frozen=True)
class Back:
    """Undo one drag: go to where the one before the shown step began, points included."""

    kind = "back"


@dataclass(frozen=True)
class Reset:
    """The picture it began with, with an empty history; points, mask and options stay."""

    kind = "reset"


@dataclass(frozen=True)
class Sample:
    """Another picture of the network, with an empty history.

    seed: any.   truncation: 0 the mean picture .. 1 as trained.   rows: which rows of w are new: 'ALL', 'SHAPE' (those
    that dragging moves: pose, expression), 'LOOK' (the others: colors, texture).   Points stay.
    """

    seed: int
    truncation: float = 0.7
    rows: str = 'ALL'
    kind = "sample"


@dataclass(frozen=True)
class Keep:
    """Write the shown step down as an expression: how the latent went from the start to there. Answered by Kept."""

    name: str
    kind = "keep"


@dataclass(frozen=True)
class FindFace:
    """Find the face of the shown picture. Answered by Face."""

    kind = "face"


@dataclass(frozen=True)
class Close:
    """End the session: its Done follows, 'FINISHED'. Cancel ends it as well."""

    kind = "close"


DragCommand = (
    SetPoints | SetPreset | SetMask | SetOptions | Run | Pause | Show | Back | Reset | Sample | Keep | FindFace | Close
)
