# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist does with a network's picture: drag, undo, another seed, keep. One thing at a time, no threads.

Not for: one step of a drag (drag.py), messages and live pictures (jobs/drag_session.py). Points are x then y here, in
pixels from the picture's top left corner, as everywhere outside this folder.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ....bridge.drag_commands import DragOptions
from ....bridge.drag_commands import Points as PixelPoints
from ....bridge.errors import InputError
from ...weights.network_build import Generator
from .drag import Drag, DragSettings
from .feature_block import MOVED_ROWS
from .history import History
from .latent_file import Expression, Start, hash_latent
from .network import Network
from .pictures import rough_picture, to_pixels

ROWS = ('ALL', 'SHAPE', 'LOOK')


class Editor:
    """An edit of `start`; `seen` is what the last step or look saw of the points.

    seed: of the start, -1 when it came from a file.
    """

    def __init__(self, network: Network, start: Start, options: DragOptions, seed: int = -1) -> None:
        self.network, self.options = network, options
        self.mask: Tensor | None = None
        self._begin(start, seed)

    @property
    def generator(self) -> Generator:
        """The network that makes the picture; a tuned one for an inverted photograph."""
        return self.start.generator

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the picture."""
        return self.drag.size

    @property
    def latent(self) -> Tensor:
        """Of the shown picture: (1, num_ws, w_dim)."""
        return self.drag.latent

    @property
    def handles(self) -> PixelPoints:
        """Where the handles are now."""
        return _outward(self.drag.points)

    @property
    def targets(self) -> PixelPoints:
        """Where they shall go."""
        return _outward(self.drag.targets)

    def digest(self) -> str:
        """A hash of what the shown picture depends on besides the network's file."""
        return hash_latent(self.latent) + (hash_latent(self.start.latent) if self.start.path else "")

    @torch.no_grad()
    def picture(self) -> NDArray[np.uint8]:
        """The shown picture: (H, W, 3)."""
        return to_pixels(self.generator.synthesis(self.latent))

    def rough_picture(self) -> NDArray[np.uint8] | None:
        """The same sooner and without its finest detail; None where the network cannot."""
        picture = rough_picture(self.generator, self.latent)
        return None if picture is None else to_pixels(picture)

    def set_points(self, handles: PixelPoints, targets: PixelPoints) -> None:
        """Handles and targets; none of either takes them away. A handle at another place looks at another feature.

        Raises InputError when one lies outside the picture, or there are not as many of both; then nothing changed.
        """
        if not handles and not targets:
            self.drag.clear_points()
        else:
            points = _inward(handles)
            before = self.drag.points
            self.drag.set_points(points, _inward(targets))
            if points != before:
                self.drag.forget_references()
        self.history.shown = self.drag.remember()
        self.seen = self.drag.seen()

    def set_mask(self, mask: NDArray | None) -> None:
        """What stays: (H, W) uint8, other than 0 where fixed; None for nothing.

        Raises InputError for another size, and when all is fixed.
        """
        fixed = None if mask is None else torch.from_numpy(np.asarray(mask) > 0).to(self.start.latent)
        if fixed is not None and fixed.shape == self.size and bool(fixed.all()):
            raise InputError("The mask holds the whole picture still.", "Leave free what shall move.")
        self.drag.set_mask(fixed)
        self.mask = fixed

    def set_options(self, options: DragOptions) -> None:
        """How points are dragged from now on. Raises InputError for one out of range."""
        settings = _settings(options)
        begins_anew = options.is_per_row != self.options.is_per_row
        self.options = options
        if begins_anew:
            latent, points, targets = self.latent, self.drag.points, self.drag.targets
            self.drag = self._drag(latent)
            if points:
                self.drag.set_points(points, targets)
            self.history = History(self.drag.remember())
        else:
            self.drag.change_settings(settings)

    def begin_drag(self) -> None:
        """Before the first step of a drag. Raises InputError when there is nothing to drag."""
        if not self.drag.points:
            raise InputError("There are no points to drag.", "Place a handle point and its target.")
        if self.drag.seen().is_finished:
            raise InputError("Every handle is at its target.", "Move a target away, or place other points.")
        self.history.begin_drag()
        self.history.shown = self.drag.remember()

    def step(self) -> bool:
        """One step; False, with nothing moved, when every point has arrived. After an error all is as before it."""
        before = self.history.shown
        try:
            self.seen = self.drag.step()
        except BaseException:
            self.drag.recall(before)
            raise
        self._note_points()
        if not self.seen.is_finished:
            self.history.add(self.drag.remember())
        return not self.seen.is_finished

    def look(self) -> None:
        """See where the handles are in the shown picture."""
        if self.drag.points and self.drag.references is not None:
            self.seen = self.drag.look()
            self._note_points()

    def show(self, step: int) -> None:
        """Go to a step of the history. Raises InputError when there is none of that number."""
        self.history.show(step)
        self._recall()

    def back(self) -> None:
        """Undo one drag. Raises InputError when there was none."""
        self.history.back()
        self._recall()

    def reset(self) -> None:
        """The picture it began with; points, mask and options stay."""
        self._begin(self.start, self.seed)

    def sample(self, seed: int, truncation: float, rows: str) -> None:
        """Another picture of the network; points, mask and options stay.

        rows: one of ROWS. Raises InputError for other rows, and for part of the rows of an inverted photograph.
        """
        if rows not in ROWS:
            raise InputError(f"There are no rows {rows[:20]!r}.", f"Choose one of {', '.join(ROWS)}.")
        original = self.network.generator
        if rows != 'ALL' and self.generator is not original:
            what = "A photograph's network draws that photograph alone."
            raise InputError(what, "Sample all rows, or open the network without the photograph.")
        latent = sample_latent(original, seed, truncation)
        if rows == 'SHAPE':
            latent[:, MOVED_ROWS:] = self.latent[:, MOVED_ROWS:]
        elif rows == 'LOOK':
            latent[:, :MOVED_ROWS] = self.latent[:, :MOVED_ROWS]
        self._begin(Start(latent, original), seed)

    def expression(self, name: str) -> Expression:
        """How the latent came from the start to the shown step. Raises InputError when it did not move."""
        steps = [self.history[step]["variable"] for step in range(self.history.step + 1)]
        rows = torch.stack([step.reshape(-1, step.shape[-1]).expand(MOVED_ROWS, -1) for step in steps])
        path = (rows - self.start.latent[0, :MOVED_ROWS]).cpu().numpy()
        if not path[-1].any():
            raise InputError("The picture is as it began: there is no expression to keep.", "Drag first.")
        return Expression(name, path)

    def _begin(self, start: Start, seed: int) -> None:
        points, targets = (self.drag.points, self.drag.targets) if hasattr(self, "drag") else ([], [])
        self.start, self.seed = start, seed
        self.drag = self._drag(start.latent)
        if points:
            self.drag.set_points(points, targets)
        self.history = History(self.drag.remember())
        self.seen = self.drag.seen()

    def _drag(self, latent: Tensor) -> Drag:
        drag = Drag(self.generator, latent, _settings(self.options))
        drag.set_mask(self.mask)
        return drag

    def _note_points(self) -> None:
        """The points of the shown step are where they were just seen."""
        self.history.shown = {**self.history.shown, "points": list(self.drag.points)}

    def _recall(self) -> None:
        self.drag.recall(self.history.shown)
        self.seen = self.drag.seen()


@torch.no_grad()
def sample_latent(generator: Generator, seed: int, truncation: float) -> Tensor:
    """The latent of a seed, as the published programs count them: (1, num_ws, w_dim); labels are all zero."""
    if not -2.0 <= truncation <= 2.0:
        raise InputError(f"A truncation of {truncation:g} is out of range.", "Choose one from 0 to 1.")
    mapping = generator.shape.mapping
    z = np.random.RandomState(seed % (1 << 32)).randn(1, mapping.z_dim)
    like = generator.mapping.w_avg
    label = like.new_zeros(1, mapping.c_dim) if mapping.c_dim else None
    return generator.mapping(torch.from_numpy(z).to(like), label, psi=truncation).clone()


_RANGES = {
    "step_size": (1e-6, 1.0), "mask_weight": (0.0, 1e4), "motion_radius": (0.5, 64.0), "tracking_radius": (1.0, 128.0),
    "most_steps": (1, 5000),
}  # fmt: skip


def _settings(options: DragOptions) -> DragSettings:
    for name, (low, high) in _RANGES.items():
        value = getattr(options, name)
        if not low <= value <= high:
            raise InputError(f"A {name} of {value:g} is out of range.", f"Choose one from {low:g} to {high:g}.")
    return DragSettings(
        options.step_size, options.mask_weight, options.motion_radius, options.tracking_radius, options.is_per_row
    )


def _inward(points: PixelPoints) -> list[tuple[int, int]]:
    """Pixels, y then x, as drag.py has them."""
    return [(int(np.floor(y)), int(np.floor(x))) for x, y in points]


def _outward(points: list[tuple[int, int]]) -> PixelPoints:
    return tuple((x + 0.5, y + 0.5) for y, x in points)
