# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dragging points of a picture (DragGAN, Pan et al. 2023): one edit of one latent, step by step.

Each step tracks the handle points, then moves the first six rows of w so that what lies under a handle comes one pixel
closer to its target. `is_faithful` reproduces the published program number by number, its quirks included. Otherwise
the disc around a point is not shifted, StyleGAN3's margin is cut off, and the mask holds still what enters the layers
that no moved row feeds, where a network can be split there: the rest of the picture follows from it, and it is small.

Points are (y, x) in pixels of the picture.
"""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from ....bridge.drag_commands import arrival_distance
from ....bridge.errors import InputError
from ...weights.network_build import Generator
from .feature_block import MOVED_ROWS, Features, feature_block
from .mask_loss import ExactMaskLoss, FastMaskLoss
from .motion import disc, motion_loss
from .pixel_grid import Area, PixelGrid
from .tracking import feature_at, track

Point = tuple[int, int]
REACH = 2  # pixels beyond the disc that motion supervision looks at
HALO = 500  # features that a part of the map costs beyond its own, measured at 128 x 128
EARLY = 0.7  # of the mask's weight, where it holds what enters the fixed layers: benchmarks/drag.py, effect
_KEPT = ("points", "targets", "references", "rows_before", "map_before")


@dataclass(frozen=True)
class DragSettings:
    """step_size: of the latent.   mask_weight: lambda of the paper.   radii in pixels of a picture of 512.

    is_per_row: move six rows separately (W+), or one for all (W).
    """

    step_size: float = 0.001
    mask_weight: float = 20.0
    motion_radius: float = 3.0
    tracking_radius: float = 12.0
    is_per_row: bool = True
    is_faithful: bool = False


@dataclass(frozen=True)
class Step:
    """What a step saw, before it moved the latent: points after tracking, their distances to the targets, the loss.

    `loss` is NaN when no point asked for any. When `is_finished`, all points have arrived and nothing was moved.
    """

    points: list[Point]
    distances: list[float]
    loss: float
    is_finished: bool


class Drag:
    """An edit under way. `latent` is where it stands, `start` where it began: (1, num_ws, w_dim)."""

    def __init__(self, generator: Generator, start: Tensor, settings: DragSettings | None = None) -> None:
        self.settings = settings or DragSettings()
        self.shape = generator.shape
        mapping = self.shape.mapping
        if tuple(start.shape) != (1, mapping.num_ws, mapping.w_dim):
            what = f"The latent is {tuple(start.shape)}, the network takes {(1, mapping.num_ws, mapping.w_dim)}."
            raise InputError(what, "Choose a latent that was made with this network.")
        self.start = start.detach().clone()
        self.block = feature_block(generator, self.start)
        margin = 0 if self.settings.is_faithful else self.block.margin
        self.size = (self.shape.resolution, self.shape.width)
        self.grid = PixelGrid(self.size, self.block.size, margin)
        self.is_held_early = self.block.early_size is not None and not self.settings.is_faithful
        self.mask_grid = PixelGrid(self.size, self.block.early_size) if self.is_held_early else self.grid
        rows = self.start[:, :MOVED_ROWS] if self.settings.is_per_row else self.start[:, 0]
        self.variable = rows.clone().requires_grad_()
        self.optimizer = torch.optim.Adam([self.variable], lr=self.settings.step_size)
        self.points: list[Point] = []
        self.targets: list[Point] = []
        self.mask_loss: ExactMaskLoss | FastMaskLoss | None = None
        self.references: list[Tensor] | None = None
        self.rows_before: Tensor | None = None  # when the references were taken
        self.map_before: Tensor | None = None  # of those rows; made when a mask asks for it

    def rows(self) -> Tensor:
        """The moved rows: (1, 6, w_dim)."""
        return self.variable if self.settings.is_per_row else self.variable[:, None].expand(-1, MOVED_ROWS, -1)

    @property
    def latent(self) -> Tensor:
        """Where the edit stands: (1, num_ws, w_dim)."""
        return torch.cat([self.rows().detach(), self.start[:, MOVED_ROWS:]], 1)

    def set_points(self, points: Sequence[Point], targets: Sequence[Point]) -> None:
        """Handle points and where they shall go.

        Another number than before takes new references from the picture as it is now. Raises InputError when a point
        lies outside the picture, or handles and targets are not as many.
        """
        if len(points) != len(targets) or not points:
            raise InputError(
                f"There are {len(points)} handle points and {len(targets)} targets.", "Place both of each."
            )
        for y, x in (*points, *targets):
            if not (0 <= y < self.size[0] and 0 <= x < self.size[1]):
                what = f"The point {x}, {y} lies outside the picture of {self.size[1]} x {self.size[0]} pixels."
                raise InputError(what, "Move it inside.")
        if len(points) != len(self.points):
            self.forget_references()
        self.points = [(int(y), int(x)) for y, x in points]
        self.targets = [(int(y), int(x)) for y, x in targets]

    def set_mask(self, mask: Tensor | None) -> None:
        """What shall stay: (H, W), 1 fixed, 0 free; None, all 0 or all 1 for no mask.

        Raises InputError for another size.
        """
        self.mask_loss = None
        if mask is None:
            return
        if tuple(mask.shape) != self.size:
            what = f"The mask is {mask.shape[1]} x {mask.shape[0]} pixels, the picture {self.size[1]} x {self.size[0]}."
            raise InputError(what, "Paint a mask of the picture's size.")
        mask = mask.to(self.start)
        if mask.min() == 0 and mask.max() == 1:
            self.mask_loss = ExactMaskLoss(mask) if self.settings.is_faithful else FastMaskLoss(self.mask_grid, mask)

    def clear_points(self) -> None:
        """Take all points away."""
        self.points, self.targets = [], []
        self.forget_references()

    def change_settings(self, settings: DragSettings) -> None:
        """Other settings from the next step on, of the same `is_per_row` and `is_faithful`."""
        self.settings = settings
        for group in self.optimizer.param_groups:
            group["lr"] = settings.step_size

    def forget_references(self) -> None:
        """Take new references from the picture as it is, at the next step."""
        self.references = self.rows_before = self.map_before = None

    def look(self) -> Step:
        """Track the points in the picture as it is; the latent stays. Raises InputError without points."""
        self._track(self.block(self._rows_to_drag()))
        return self.seen()

    def step(self) -> Step:
        """Track the points, then move the latent once, unless every point has arrived.

        Raises InputError without points.
        """
        features = self.block(self._rows_to_drag())
        held, loss = self._hold(features)
        patches = self._track(features)
        seen = self.seen()
        if seen.is_finished:
            return seen
        pulls = []
        paths = zip(patches, self.points, self.targets, seen.distances, strict=True)
        for (area, patch), point, target, distance in paths:
            if distance > 1:
                patch = patch.detach().requires_grad_()
                pixels = disc(point, self._motion_radius, self.size, self.settings.is_faithful)
                term = motion_loss(self.grid, patch, area, point, target, pixels)
                pulls.append((area, *torch.autograd.grad(term, patch)))
                loss += float(term.detach())
        self.optimizer.zero_grad()
        features.backward(pulls, **{"early" if self.is_held_early else "everywhere": held})
        self.optimizer.step()
        return replace(seen, loss=loss)

    def seen(self) -> Step:
        """The points as they were last tracked."""
        distances = [math.dist(point, target) for point, target in zip(self.points, self.targets, strict=True)]
        is_finished = max(distances, default=0.0) <= arrival_distance(self.size[0])
        return Step(list(self.points), distances, math.nan, is_finished)

    def remember(self) -> dict[str, Any]:
        """Where the edit stands, to return to it: undo, and steps of a history. The mask is no part of it."""
        kept = {name: copy.copy(getattr(self, name)) for name in _KEPT}
        return {**kept, "variable": self.variable.detach().clone(), "adam": copy.deepcopy(self.optimizer.state_dict())}

    def recall(self, kept: dict[str, Any]) -> None:
        """Return to where `remember` was called."""
        for name in _KEPT:
            setattr(self, name, copy.copy(kept[name]))
        self.variable.data.copy_(kept["variable"])
        self.optimizer.load_state_dict(copy.deepcopy(kept["adam"]))
        self.change_settings(self.settings)  # the step size is the present one

    def _rows_to_drag(self) -> Tensor:
        if not self.points:
            raise InputError("There are no points to drag.", "Place a handle point and its target.")
        return self.rows()

    @property
    def _tracking_radius(self) -> int:
        return round(self.settings.tracking_radius / 512 * self.size[0])

    @property
    def _motion_radius(self) -> int:
        radius = round(self.settings.motion_radius / 512 * self.size[0])
        return radius if self.settings.is_faithful else max(radius, 1)

    def _hold(self, features: Features) -> tuple[Tensor | None, float]:
        """The mask term's gradient on the map that it holds, and its part of the loss."""
        if self.mask_loss is None:
            return None, 0.0
        if self.rows_before is None:
            self._take_references(features)
        if self.map_before is None:  # the mask came later than the points; with gradient, so that the numbers are alike
            self.map_before = self._held(self.block(self.rows_before.clone().requires_grad_()))
        term, gradient = self.mask_loss(self._held(features) - self.map_before)
        weight = self.settings.mask_weight * (EARLY if self.is_held_early else 1.0)
        return gradient.mul_(weight), weight * float(term)

    def _held(self, features: Features) -> Tensor:
        """The map that the mask holds."""
        return features.early() if self.is_held_early else features.whole()

    def _take_references(self, features: Features) -> None:
        self.rows_before = self.rows().detach().clone()
        self.references = []
        for point in self.points:
            area = self._area(point)
            self.references.append(feature_at(self.grid, features.patch(area), area, point))
        if self.mask_loss is not None:
            self.map_before = self._held(features)  # this step's very numbers: another rounding would count as a change

    def _area(self, point: Point) -> Area:
        return self.grid.area(*point, self._tracking_radius + self._motion_radius + REACH)

    def _track(self, features: Features) -> list[tuple[Area, Tensor]]:
        """Move the handle points to where their features are now; returns the features around each."""
        areas = [self._area(point) for point in self.points]
        rows, columns = self.block.size
        if sum(area.count + HALO for area in areas) > rows * columns:
            features.whole()  # so many parts cost more
        if self.references is None:
            self._take_references(features)
        patches = [(area, features.patch(area)) for area in areas]
        for index, (area, patch) in enumerate(patches):
            reference, radius = self.references[index], self._tracking_radius
            self.points[index], _ = track(self.grid, patch, area, self.points[index], reference, radius)
        return patches
