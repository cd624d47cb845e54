# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The First Order Motion Model behind engines/engine.py: keypoints of the take's footage move the card's own.

The channel `takeFrame` says which footage frame plays, `takeDetail` times `motionStrength` how far the card follows it;
the other channels do not move this engine.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ....bridge.errors import InputError
from ....bridge.motion_file import open_motion_file
from ....vendor.fomm.grids import coordinate_grid
from ....vendor.fomm.keypoint_detector import Keypoints
from ....vendor.fomm.keypoint_motion import transfer
from ...batches import Batches, is_out_of_memory
from ...motion.take import MotionFrame, Take
from ...portrait import Portrait
from .best_frame import best_frame
from .driving import SIZE
from .face_crop import head_square
from .footage_keypoints import keypoints_of_take, poses_of_take
from .full_picture import FullPicture
from .networks import load_networks
from .settings import FommSettings

logger = logging.getLogger(__name__)
NO_INPUTS = {"weights", "batch", "compiled"}  # settings: the version names the weights, the others change no frame
LEAST_AREA = 0.05  # of a Jacobian's determinant: a keypoint that collapses would tear the picture
COMPARED = 500  # footage frames at most, among which the initial one is chosen


class FommEngine:
    """See engines/engine.py for what every engine promises."""

    name = "fomm"

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        """settings: of FommSettings, by name. Raises InputError for what it does not know, and for unusable weights."""
        self._settings = FommSettings.read(settings or {})
        chosen = self._settings
        self._networks = load_networks(chosen.weights, chosen.device, chosen.precision, chosen.sampling)
        self.version = f"1+{self._networks.sha256[:12]}"
        self.device = self._networks.device.type
        self.inputs = {name: value for name, value in asdict(self._settings).items() if name not in NO_INPUTS}
        self.warnings: list[str] = []
        self._batches = Batches(self._settings.batch, self.warnings.append)
        self._painted = self._settings.batch if self.device == "cuda" else 1  # a processor paints no faster in batches
        self._compiled = torch.compile(self._networks.generator.paint) if chosen.compiled else None
        self._take: Take | None = None
        self._initial: Keypoints | None = None

    @property
    def batch(self) -> int:
        """How many frames to ask `render_many` for at a time."""
        return self._batches.size

    @torch.inference_mode()
    def set_source(self, portrait: Portrait) -> None:
        """Prepare a source: some tenths of a second."""
        self._portrait, self._initial = portrait, None
        self._picture = FullPicture(portrait.image, head_square(portrait.pose), SIZE)
        image = torch.from_numpy(self._picture.small).to(self._networks.device).permute(2, 0, 1)[None].contiguous()
        self._own = self._networks.detector(image)
        self._source = self._networks.generator.encode(image, self._own)
        self._picture.at_rest(self._play(self._own)[0][0])

    def prepare(self, take: Take | None, on_progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Have the keypoints of a take's footage; the first time this takes a while per picture.

        on_progress: (pictures done, of how many); may raise to stop. Raises InputError.
        """
        if take is None:
            raise InputError("The motion has no footage behind it, and FOMM needs it.", "Capture footage.")
        if take is not self._take:
            self._driving = keypoints_of_take(take, self._networks, on_progress, self._batches)
            self._take, self._initial = take, None

    def render(self, frame: MotionFrame) -> NDArray:
        """One frame. Raises InputError for motion without footage."""
        return self.render_many([frame])[0]

    @torch.inference_mode()
    def render_many(self, frames: Sequence[MotionFrame]) -> list[NDArray]:
        """Frames of one take, up to `batch` at a time. Raises InputError as `render`."""
        self.prepare(frames[0].take)
        moved = self._moved(frames)
        compose = self._picture.compose if self._settings.full_resolution else self._composed_of_network
        played = self._batches.each(len(frames), lambda part: self._play(moved.frames(part)))
        return [compose(*picture) for part in played for picture in zip(*part, strict=True)]

    def _composed_of_network(self, prediction: NDArray[np.float32], motion: NDArray[np.float32]) -> NDArray:
        return self._picture.enlarge(prediction)

    def _moved(self, frames: Sequence[MotionFrame]) -> Keypoints:
        """The card's keypoints, as far on their way to the actor's as the settings and the frames say."""
        relative, device = self._settings.relative, self._networks.device
        keypoints = self._driving.at([frame.channels["takeFrame"] for frame in frames], device)
        moved = transfer(
            self._own,
            keypoints,
            self._initial_keypoints() if relative else keypoints,
            relative_movement=relative,
            relative_jacobian=relative,
            adapt_movement_scale=self._settings.adapt_scale,
        )
        amounts = torch.tensor([_amount(frame) for frame in frames], device=device) * self._settings.strength
        value = self._own.value + amounts[:, None, None] * (moved.value - self._own.value)
        if moved.jacobian is None:
            return Keypoints(value)
        jacobian = self._own.jacobian + amounts[:, None, None, None] * (moved.jacobian - self._own.jacobian)
        is_usable = torch.linalg.det(jacobian).abs() >= LEAST_AREA
        return Keypoints(value, torch.where(is_usable[..., None, None], jacobian, self._own.jacobian))

    def _play(self, keypoints: Keypoints) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The network's pictures (N, S, S, 3), 0..1, and how far from its own place each point looks, (N, h, w, 2)."""
        generator = self._networks.generator
        flow, occlusion = generator.dense_motion_network(self._source.motion, keypoints)
        motion = flow - coordinate_grid(*flow.shape[1:3], like=flow)
        painted = []
        for start in range(0, len(flow), self._painted):
            part = slice(start, start + self._painted)
            painted.append(self._paint(flow[part], None if occlusion is None else occlusion[part]))
        return torch.cat(painted).permute(0, 2, 3, 1).cpu().numpy(), motion.cpu().numpy()

    def _paint(self, flow: torch.Tensor, occlusion: torch.Tensor | None) -> torch.Tensor:
        """The frames of a motion, by the compiled network while there is one."""
        if self._compiled:
            try:
                return self._compiled(self._source, flow, occlusion)
            except Exception as error:  # compilers raise whatever they like
                if is_out_of_memory(error):
                    raise
                logger.warning("compiling failed", exc_info=True)
                self.warnings.append("The networks cannot be compiled on this computer: they run as they are.")
                self._compiled = None
        return self._networks.generator.paint(self._source, flow, occlusion)

    def _initial_keypoints(self) -> Keypoints:
        if self._initial is None:
            self._initial = self._driving.at([self._initial_frame()], self._networks.device)
        return self._initial

    def _initial_frame(self) -> int:
        """The footage frame that relative motion starts from."""
        take = self._take
        if self._settings.initial >= 0:
            return int(np.abs(take.times - self._settings.initial).argmin())
        seen = np.flatnonzero(take.found == 1)
        rows = seen[:: max(1, len(seen) // COMPARED)] if len(seen) else np.arange(len(take))
        with open_motion_file(take.path) as file:
            poses = poses_of_take(take, file.metadata)
        landmarks = poses[rows].to_image(take.shapes[rows])
        return int(rows[best_frame(self._portrait.landmarks, landmarks)])


def _amount(frame: MotionFrame) -> float:
    """How far the card follows the footage."""
    return frame.channels["takeDetail"] * frame.channels["motionStrength"]
