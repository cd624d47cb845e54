# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kept drags behind engines/engine.py: a card's picture is made by a network, and its channels move the latent in W+.

`drag:<name>` says how much of an expression is added, `path:<name>` where on its way, 0 where it began .. 1 where it
ended; expressions add up. `imageX`, `imageY` (in picture widths, right and down) and `imageAngle` (degrees, clockwise)
move the picture of a StyleGAN3. Other channels do not move this engine.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.stylegan3.fourier_input import moved
from ....vendor.stylegan3.generator import Generator as StyleGAN3
from ...jobs.input_hash import hash_input
from ...motion.take import MotionFrame
from ...portrait import Portrait
from .feature_block import MOVED_ROWS
from .latent_file import Expression, open_expression, open_start
from .network import load_network
from .photograph import Photograph
from .pictures import to_pixels
from .settings import LatentSettings

PLACES = ("imageX", "imageY", "imageAngle")


class LatentEngine:
    """See engines/engine.py for what every engine promises. A source that was inverted keeps its surroundings."""

    name = "latent"
    needs_face = False

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        """settings: of LatentSettings, by name. Raises InputError for what it does not know, and for unusable files."""
        own, files = LatentSettings.read(settings or {})
        network = load_network(own.network, own.device)
        self._start = open_start(Path(own.latent), network)
        self._expressions = {name: open_expression(Path(path), network) for name, path in files.items()}
        self.inputs = [
            network.sha256, hash_input(own.latent), {name: hash_input(path) for name, path in sorted(files.items())}
        ]  # fmt: skip
        self.version = "1"
        self.device = self._start.latent.device.type
        self.warnings: list[str] = list(network.remarks)
        self._can_move = isinstance(self._start.generator, StyleGAN3)

    def set_source(self, portrait: Portrait) -> None:
        """Prepare a source: the picture that the latent makes, of any size, or the photograph it was inverted from."""
        self._source = portrait.image
        self._photograph = None
        shape, origin = self._start.generator.shape, self._start.origin
        if origin and origin.square and origin.picture == portrait.sha256:
            self._photograph = Photograph(portrait.image, origin.square, self._picture(self._start.latent, None))
        elif portrait.image.shape[0] * shape.width != portrait.image.shape[1] * shape.resolution:
            tall, wide = portrait.image.shape[:2]
            what = f"The source is {wide} x {tall} pixels, the network makes {shape.width} x {shape.resolution}."
            raise InputError(what, "Choose the picture that was kept with the expression.")

    def render(self, frame: MotionFrame) -> NDArray:
        """The frame: (H, W, 4), the source's size, dtype and alpha; the photograph itself where nothing moves."""
        latent, transform = self._latent(frame.channels), self._transform(frame.channels)
        if self._photograph is not None:
            is_at_rest = transform is None and torch.equal(latent, self._start.latent)
            return self._source.copy() if is_at_rest else self._photograph.render(self._picture(latent, transform))
        return _in_place_of(self._source, self._picture(latent, transform))

    def _latent(self, channels: Mapping[str, float]) -> Tensor:
        """The start with every expression added: (1, num_ws, w_dim)."""
        offset = np.zeros((MOVED_ROWS, self._start.latent.shape[2]), np.float32)
        for name, expression in self._expressions.items():
            weight = channels.get(f"drag:{name}", 0.0)
            if weight:
                offset += np.float32(weight) * _along(expression, channels.get(f"path:{name}", 1.0))
        latent = self._start.latent.clone()
        latent[0, :MOVED_ROWS] += torch.from_numpy(offset).to(latent)
        return latent

    def _transform(self, channels: Mapping[str, float]) -> Tensor | None:
        places = [channels.get(name, 0.0) for name in PLACES]
        return moved(*places) if self._can_move and any(places) else None

    @torch.no_grad()
    def _picture(self, latent: Tensor, transform: Tensor | None) -> NDArray[np.uint8]:
        """(height, width, 3) of the network."""
        more = {} if transform is None else {"transform": transform}
        return to_pixels(self._start.generator.synthesis(latent, **more))


def _along(expression: Expression, position: float) -> NDArray[np.float32]:
    """How the rows differ from the start at a position of the way, 0..1: between two steps, in between."""
    place = min(max(position, 0.0), 1.0) * (len(expression.path) - 1)
    step = min(int(place), len(expression.path) - 2)
    if step < 0:
        return expression.path[0]
    before, after = expression.path[step : step + 2]
    return before + np.float32(place - step) * (after - before)


def _in_place_of(source: NDArray, pixels: NDArray[np.uint8]) -> NDArray:
    """The network's picture with the source's size, dtype and alpha."""
    size = source.shape[1::-1]
    if pixels.shape[1::-1] != size:
        pixels = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    result = source.copy()
    result[..., :3] = pixels if source.dtype == np.uint8 else pixels.astype(np.uint16) * 257
    return result
