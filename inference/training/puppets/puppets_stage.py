# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `puppets`: a small First Order Motion Model (Siarohin et al. 2019) learns from clips whose motion is known.

The published recipe lets keypoints emerge from reconstruction, which takes days. Here the detector is taught where they
are, with their Jacobians, and nothing else: the generator moves by the taught ones or by what the detector finds, but
what it wants does not reach the detector, which would leave what it was taught. The networks and their checkpoint are
the published ones in small.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ....bridge.errors import InputError
from ....vendor.fomm.configurations import OFFICIAL, Configuration
from ....vendor.fomm.generator import OcclusionAwareGenerator
from ....vendor.fomm.keypoint_detector import KeypointDetector, Keypoints
from ...settings import choice, number, read_settings
from ...torch_device import choose_device, choose_precision
from ..fomm.fomm_stage import begin_with, check_size, pictures, with_points
from ..fomm.settings import narrowed
from ..pairs.likeness import unlike
from ..stage import Settings, Sheet
from .puppets import Puppets
from .taught_keypoints import COUNT, taught_keypoints

SHOWN = 5
BETAS = (0.5, 0.999)
HELD_OUT = 8


@dataclass(frozen=True)
class PuppetsTraining:
    """Settings of the stage `puppets`.

    size: pixels of the pictures.   width: of every layer, against the published one.   blocks: of the hourglasses.
    portraits, moments: how many are played, and how often each.   taught: how often the generator moves by the taught
    keypoints, 0..1.   places: weight of the keypoints, jacobians: of their Jacobians, deformed: of the source as it is
    moved, unpainted.   start: weights to begin with.
    """

    size: int = number(256, 64, 512)
    width: float = number(0.25, 0.05, 2.0)
    blocks: int = number(5, 1, 6)
    portraits: int = number(600, 1, 1_000_000)
    moments: int = number(8, 2, 1000)
    batch: int = number(4, 1, 256)
    steps: int = number(5000, 1, 10_000_000)
    taught: float = number(0.5, 0.0, 1.0)
    rate: float = number(4e-4, 1e-6, 0.1)
    places: float = number(10.0, 0.0, 1000.0)
    jacobians: float = number(2.0, 0.0, 1000.0)
    deformed: float = number(0.5, 0.0, 100.0)
    edges: float = number(2.0, 0.0, 100.0)
    precision: str = choice("AUTO", "FLOAT32", "BFLOAT16")
    start: str = ""

    def configuration(self) -> Configuration:
        """The published model in small."""
        return narrowed(OFFICIAL["vox-256"], self.width, COUNT, self.blocks)


@dataclass(frozen=True)
class Taught:
    """A batch: frames (2, N, 3, S, S) uint8, sources and driving frames, and their keypoints."""

    frames: Tensor
    value: Tensor
    jacobian: Tensor


class PuppetsStage:
    """See training/stage.py for what every stage promises. data: folders of portraits or of rendered heads, `A,B`."""

    name = "puppets"

    def __init__(self, data: str, settings: Settings, device: str) -> None:
        """Raises InputError for settings it does not know, unusable weights and folders without pictures."""
        s = self._settings = read_settings(PuppetsTraining, settings, "the training puppets")
        configuration = s.configuration()
        check_size(configuration, s.size)
        self._device = choose_device(device)
        precision = choose_precision(self._device, s.precision)
        self._dtype = torch.float32 if precision == torch.float16 else precision
        self._detector = KeypointDetector(configuration.detector)
        self._generator = OcclusionAwareGenerator(configuration.generator)
        networks = {"generator": self._generator, "kp_detector": self._detector}
        if s.start:
            begin_with(networks, Path(s.start))
        for network in networks.values():
            network.to(self._device, memory_format=torch.channels_last)
        parameters = [*self._generator.parameters(), *self._detector.parameters()]
        self._steps = torch.optim.Adam(parameters, s.rate, BETAS)
        self.parts = {**networks, "optimizer": self._steps}
        self._puppets = Puppets(data, s.size, s.portraits, s.moments)
        self.steps = s.steps

    @property
    def notes(self) -> list[str]:
        """How many pictures show no face."""
        left = self._puppets.left_out
        return [f"{left} pictures are left out: no face was found in them."] if left else []

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Play the portraits."""
        self._puppets.prepare(folder / "puppets", on_progress)
        everybody = self._puppets.puppets
        if len(everybody) < 2:
            raise InputError("One portrait with a face is not enough to learn motion from.", "Give several pictures.")
        held_out = min(HELD_OUT, len(everybody) - 1)
        self._shown, self._puppets.puppets = everybody[:held_out][:SHOWN], everybody[held_out:]

    def draw(self, dice: np.random.Generator) -> Taught:
        """Two moments of some portraits."""
        drawn = [self._puppets.draw(dice) for _ in range(self._settings.batch)]
        return _taught(np.stack([frames for frames, _ in drawn], 1), np.stack([marks for _, marks in drawn], 1))

    def step(self, batch: Taught, index: int) -> dict[str, float]:
        """One step."""
        s = self._settings
        source, driving = self._floats(batch.frames)
        wanted = Keypoints(batch.value.to(self._device), batch.jacobian.to(self._device))
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            seen = self._detector(torch.cat((source, driving)))
        seen = Keypoints(seen.value.float(), seen.jacobian.float())
        taught = Keypoints(wanted.value.flatten(0, 1), wanted.jacobian.flatten(0, 1))
        moved_by = taught if torch.rand(()) < s.taught else Keypoints(seen.value.detach(), seen.jacobian.detach())
        result = self._moved(source, moved_by.frames(slice(len(source), None)), moved_by.frames(slice(len(source))))
        weight = torch.ones_like(driving[:, :1]) + _attention(wanted.value[1], driving.shape[-1])
        found = {
            "likeness": unlike(2 * result.prediction.float(), 2 * driving, weight, s.edges),
            "deformed": s.deformed * unlike(2 * result.deformed.float(), 2 * driving, weight, s.edges),
            "places": s.places * (seen.value - taught.value).abs().mean(),
            "jacobians": s.jacobians * (seen.jacobian - taught.jacobian).abs().mean(),
        }
        self._steps.zero_grad(set_to_none=True)
        sum(found.values()).backward()
        self._steps.step()
        return {name: loss.item() for name, loss in found.items()}

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """Portraits that were never learned from: at rest, and as another moment of theirs drives them."""
        pairs = np.stack([puppet.frames[[0, 1]] for puppet in self._shown], 1)
        source, driving = self._floats(torch.from_numpy(pairs).permute(0, 1, 4, 2, 3))
        for network in (self._detector, self._generator):
            network.eval()
        kp_source, kp_driving = self._detector(source), self._detector(driving)
        result = self._moved(source, kp_driving, kp_source)
        for network in (self._detector, self._generator):
            network.train()
        columns = {
            "source": with_points(pairs[0], kp_source),
            "driving": with_points(pairs[1], kp_driving),
            "deformed": pictures(result.deformed),
            "prediction": pictures(result.prediction),
        }
        return Sheet(tuple(columns), [list(row) for row in zip(*columns.values(), strict=True)])

    def weights(self) -> dict[str, Any]:
        """Named as the published checkpoints."""
        return {"generator": self._generator.state_dict(), "kp_detector": self._detector.state_dict()}

    def _moved(self, source: Tensor, driving: Keypoints, origin: Keypoints):
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            return self._generator(source, driving, origin)

    def _floats(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        source, driving = (frames.to(self._device).float() / 255).unbind(0)
        layout = torch.channels_last
        return source.contiguous(memory_format=layout), driving.contiguous(memory_format=layout)


def _taught(frames: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> Taught:
    """frames: (2, N, S, S, 3); landmarks: (2, N, 478, 2)."""
    side = frames.shape[2]
    value, jacobian = taught_keypoints(landmarks.reshape(-1, *landmarks.shape[2:]), side)
    shape = landmarks.shape[:2]
    return Taught(
        torch.from_numpy(frames).permute(0, 1, 4, 2, 3).contiguous(),
        torch.from_numpy(value).unflatten(0, shape),
        torch.from_numpy(jacobian).unflatten(0, shape),
    )


def _attention(value: Tensor, side: int) -> Tensor:
    """How much more pixels count near keypoints (N, K, 2): (N, 1, side, side), 4 on one."""
    axis = torch.linspace(-1, 1, side // 8, device=value.device)
    across = torch.exp(-(((axis - value[..., :1]) / 0.12) ** 2))  # (N, K, W)
    down = torch.exp(-(((axis - value[..., 1:]) / 0.12) ** 2))
    spots = (down[..., None] * across[:, :, None]).amax(1, keepdim=True)
    return 4 * F.interpolate(spots, (side, side), mode="bilinear")
