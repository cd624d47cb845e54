# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage `fomm`: detector, generator and discriminator learn to move one frame of a clip onto another."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ....bridge.errors import InputError
from ....vendor.fomm.checkpoint import bare_names
from ....vendor.fomm.configurations import Configuration
from ....vendor.fomm.discriminator import MultiScaleDiscriminator
from ....vendor.fomm.equivariance import RandomTransform
from ....vendor.fomm.generator import OcclusionAwareGenerator
from ....vendor.fomm.grids import resize
from ....vendor.fomm.keypoint_detector import KeypointDetector, Keypoints
from ...settings import read_settings
from ...torch_device import choose_device
from ...weights.plain_tensors import read_sections
from ...weights.safe_open import load_tensors, open_checkpoint
from ..augmentation import augmented
from ..clips import Clips
from ..frames import to_bytes
from ..perceptual import open_perceptual
from ..stage import Settings, Sheet
from . import losses
from .settings import FommTraining

SHOWN = 4  # clips on a sheet
BETAS = (0.5, 0.999)


class FommStage:
    """See training/stage.py for what every stage promises. data: a folder of clips."""

    name = "fomm"

    def __init__(self, data: str, settings: Settings, device: str) -> None:
        """Raises InputError for settings it does not know, unusable weights and a folder without clips."""
        self._settings = read_settings(FommTraining, settings, "the training fomm")
        self._configuration = self._settings.configuration()
        self._device = choose_device(device)
        check_size(self._configuration, self._settings.size)
        c = self._configuration
        self._detector = KeypointDetector(c.detector)
        self._generator = OcclusionAwareGenerator(c.generator)
        self._discriminator = MultiScaleDiscriminator(c.discriminator)
        self._networks = {
            "generator": self._generator,
            "kp_detector": self._detector,
            "discriminator": self._discriminator,
        }
        if self._settings.start:
            begin_with(self._networks, Path(self._settings.start))
        rates = {"kp_detector": c.recipe.lr_kp_detector}
        self._optimizers = {}
        for name, network in self._networks.items():
            network.to(self._device, memory_format=torch.channels_last)
            rate = rates.get(name, c.recipe.lr)
            self._optimizers[f"optimizer_{name}"] = torch.optim.Adam(network.parameters(), rate, BETAS)
        self._rates = {name: optimizer.param_groups[0]["lr"] for name, optimizer in self._optimizers.items()}
        self.parts = {**self._networks, **self._optimizers}
        self._pyramid = losses.ImagePyramid().to(self._device)
        self._features = open_perceptual(self._settings.perceptual).to(self._device)
        self._clips = Clips(Path(data), self._settings.size, self._settings.heads, self._settings.persons)

    @property
    def steps(self) -> int:
        """Of the recipe, once the clips are known."""
        return self._configuration.recipe.num_epochs * self._steps_per_epoch()

    @property
    def notes(self) -> list[str]:
        """What stands in for what, and which clips are left out."""
        return [note for note in (self._features.note, *self._clips.left_out) if note]

    def prepare(self, folder: Path, on_progress: Callable[[int, int], None]) -> None:
        """Decode the clips."""
        self._clips.prepare(folder / "clips", on_progress)

    def draw(self, dice: np.random.Generator) -> Tensor:
        """(2, N, 3, S, S) uint8: sources and driving frames."""
        recipe = self._configuration.recipe
        pairs = [augmented(self._clips.pair(dice), recipe.augmentation, dice) for _ in range(recipe.batch_size)]
        return torch.from_numpy(np.stack(pairs, 1)).permute(0, 1, 4, 2, 3)

    def step(self, batch: Tensor, index: int) -> dict[str, float]:
        """One step of generator and detector, and one of the discriminator where it takes part."""
        self._set_rates(index)
        source, driving = self._floats(batch)
        generator, detector, discriminator = self._optimizers.values()
        found: dict[str, Tensor] = {}
        keypoints = self._detector(driving)
        generated = self._generator(source, keypoints, self._detector(source)).prediction
        fake, real = self._pyramid(generated), self._pyramid(driving)
        found["perceptual"] = losses.perceptual(self._features, fake, real)
        transform = RandomTransform.draw(len(driving))
        corners = self._configuration.generator.align_corners
        value, jacobian = losses.equivariance(self._detector, driving, keypoints, transform, corners)
        found["equivariance value"] = value
        if jacobian is not None:
            found["equivariance jacobian"] = jacobian
        weight = self._configuration.recipe.gan_weight
        if weight:
            judged = self._discriminator(fake, keypoints)
            found["adversarial"] = weight * losses.adversarial(judged)
            found["feature matching"] = losses.matching(judged, self._discriminator(real, keypoints))
        _descend(sum(found.values()), generator, detector)
        if weight:
            detached = {scale: image.detach() for scale, image in fake.items()}
            judged = self._discriminator(detached, keypoints), self._discriminator(real, keypoints)
            found["discriminator"] = weight * losses.discrimination(*judged)
            _descend(found["discriminator"], discriminator)
        return {name: loss.item() for name, loss in found.items()}

    @torch.no_grad()
    def sheet(self) -> Sheet:
        """Per clip: an early frame moved onto a late one."""
        pairs = np.stack([self._clips.ends(index) for index in range(min(SHOWN, len(self._clips)))], 1)
        source, driving = self._floats(torch.from_numpy(pairs).permute(0, 1, 4, 2, 3))
        for network in self._networks.values():
            network.eval()
        kp_source, kp_driving = self._detector(source), self._detector(driving)
        result = self._generator(source, kp_driving, kp_source)
        for network in self._networks.values():
            network.train()
        columns = {
            "source": with_points(pairs[0], kp_source),
            "driving": with_points(pairs[1], kp_driving),
            "deformed": pictures(result.deformed),
            "prediction": pictures(result.prediction),
        }
        if result.motion.occlusion_map is not None:
            occlusion = resize(result.motion.occlusion_map, *source.shape[-2:])
            columns["occlusion"] = pictures(occlusion.expand(-1, 3, -1, -1))
        return Sheet(tuple(columns), [list(row) for row in zip(*columns.values(), strict=True)])

    def weights(self) -> dict[str, Any]:
        """Named as the published checkpoints."""
        return {name: network.state_dict() for name, network in self._networks.items()}

    def _floats(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        source, driving = (batch.to(self._device).float() / 255).unbind(0)
        layout = torch.channels_last
        return source.contiguous(memory_format=layout), driving.contiguous(memory_format=layout)

    def _steps_per_epoch(self) -> int:
        recipe = self._configuration.recipe
        return max(1, len(self._clips) * recipe.num_repeats // recipe.batch_size)

    def _set_rates(self, index: int) -> None:
        epoch = index // self._steps_per_epoch()
        drop = 0.1 ** sum(epoch >= milestone for milestone in self._configuration.recipe.milestones)
        for name, optimizer in self._optimizers.items():
            for group in optimizer.param_groups:
                group["lr"] = drop * self._rates[name]


def check_size(configuration: Configuration, size: int) -> None:
    """Raise InputError for pictures that do not fit: the hourglasses halve their picture `num_blocks` times, and the
    detector's unpadded heads need some of it left."""
    detector = configuration.detector
    step = round(2**detector.num_blocks / detector.scale_factor)
    if size % step:
        remedy = f"Choose a multiple of {step}, or fewer blocks."
        raise InputError(f"Pictures of {size} pixels cannot be halved so often.", remedy)
    if configuration.recipe.gan_weight and size < 64:
        raise InputError("The discriminator needs at least 64 pixels.", "Choose a larger size, or adversarial OFF.")


def begin_with(networks: Mapping[str, nn.Module], path: Path) -> None:
    """Take weights over; a checkpoint without discriminator leaves ours as it is. Raises InputError."""
    is_plain = path.suffix == ".safetensors"
    contents = read_sections(path) if is_plain else open_checkpoint(path)
    for name, network in networks.items():
        if not isinstance(contents, dict) or (name not in contents and name != "discriminator"):
            remedy = "Choose a checkpoint of the First Order Motion Model."
            raise InputError(f"{path.name} holds no {name}.", remedy)
        if name in contents:
            try:
                state = contents[name] if is_plain else load_tensors(contents[name], name)
                network.load_state_dict(dict(bare_names(state)))
            except RuntimeError as error:
                what = f"The {name} in {path.name} does not fit ({' '.join(str(error).split())[:200]})."
                raise InputError(what, "Choose the variant, width and keypoints it was trained with.") from error


def _descend(loss: Tensor, *optimizers: torch.optim.Optimizer) -> None:
    for optimizer in optimizers:
        optimizer.zero_grad(set_to_none=True)
    loss.backward()
    for optimizer in optimizers:
        optimizer.step()


def pictures(images: Tensor) -> list[NDArray[np.uint8]]:
    """(N, 3, H, W), 0..1 -> N pictures (H, W, 3)."""
    return list(to_bytes(images.float().permute(0, 2, 3, 1).cpu().numpy()))


def with_points(pictures: NDArray[np.uint8], keypoints: Keypoints) -> list[NDArray[np.uint8]]:
    """The pictures with a colored dot on each keypoint."""
    shown = [np.ascontiguousarray(picture) for picture in pictures]
    size, count = shown[0].shape[0], keypoints.value.shape[1]
    hues = np.uint8([[(180 * index // count, 255, 255) for index in range(count)]])
    colors = cv2.cvtColor(hues, cv2.COLOR_HSV2RGB)[0].tolist()
    for picture, points in zip(shown, keypoints.value.cpu().numpy(), strict=True):
        for (x, y), color in zip((points + 1) / 2 * (size - 1), colors, strict=True):
            place, radius = (round(float(x)), round(float(y))), max(1, size // 64)
            cv2.circle(picture, place, radius + 1, (0, 0, 0), -1, cv2.LINE_AA)
            cv2.circle(picture, place, radius, color, -1, cv2.LINE_AA)
    return shown
