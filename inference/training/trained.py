# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that earlier trainings made, or that were published, for the trainings that build on them.

Every reader raises InputError, with the training to run first, for a file that is missing, damaged or something else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch.nn.functional as F
from torch import Tensor

from ...bridge.errors import InputError
from ...vendor.dualstylegan.network import DualStyleGAN
from ...vendor.psp.identity import IdentityNetwork
from ...vendor.psp.psp import PSp
from ...vendor.stylegan2.discriminator import Discriminator
from ...vendor.stylegan2.generator import Generator
from ..styles.dualstylegan import SPACE, read_psp
from ..weights.safe_open import load_tensors, open_checkpoint

Z_PLUS, W_PLUS = "Z+", "W+"

_GENERATOR = "Give the weights of the training stylegan2, or a published generator."
_DISCRIMINATOR = "Give the weights of a training, discriminator included."
_STYLED = "Give the weights of the training dualstylegan, or of finetune."
_ENCODER = "Give the weights of the training psp, or a published encoder."
_IDENTITY = "Give IR-SE50's weights (model_ir_se50.pth), or none."

Network = TypeVar("Network")


@dataclass(frozen=True)
class TrainedEncoder:
    """An encoder and what its codes are: `space` is Z_PLUS or W_PLUS."""

    network: PSp
    space: str

    def codes(self, portraits: Tensor) -> Tensor:
        """Portraits (B, 3, H, H), -1..1 -> codes (B, L, S) in the encoder's space."""
        return self.network(fitted(portraits, self.network.encoder.shape.side))

    def w_plus(self, portraits: Tensor, generator: Generator) -> Tensor:
        """The same as W+ of a generator."""
        codes = self.codes(portraits)
        return generator.style(codes) if self.space == Z_PLUS else codes


def read_generator(path: str, key: str = "g_ema") -> Generator:
    """The averaged generator of a checkpoint, or that which learns ("g"); frozen."""
    return _read(path, key, Generator.from_state, "generator", _GENERATOR).requires_grad_(False)


def read_discriminator(path: str) -> Discriminator:
    """The discriminator of a checkpoint, ready to learn on."""
    return _read(path, "d", Discriminator.from_state, "discriminator", _DISCRIMINATOR).train()


def read_dualstylegan(path: str, key: str = "g_ema") -> DualStyleGAN:
    """A network of both paths, the averaged one or that which learns ("g")."""
    return _read(path, key, DualStyleGAN.from_state, "network of both paths", _STYLED)


def read_identity(path: str) -> IdentityNetwork:
    """The network that tells persons apart, frozen."""
    return _read(path, None, IdentityNetwork.from_state, "identity network", _IDENTITY).requires_grad_(False)


def read_encoder(path: str) -> TrainedEncoder:
    """An encoder, frozen, and its space."""
    contents = _contents(path, "encoder", _ENCODER)
    try:
        network = read_psp(contents).requires_grad_(False).eval()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _unusable(path, "encoder", error, _ENCODER) from error
    return TrainedEncoder(network, space_of(contents))


def space_of(contents: Mapping[str, Any]) -> str:
    """What the codes of an encoder's checkpoint are; published ones do not say, and are of Z+."""
    options = contents.get("opts")
    space = options.get(SPACE) if isinstance(options, Mapping) else None
    return W_PLUS if space == W_PLUS else Z_PLUS


def fitted(pictures: Tensor, side: int) -> Tensor:
    """Pictures (B, 3, H, H) as (B, 3, side, side): averaged where they shrink."""
    if pictures.shape[-1] >= side:
        return F.adaptive_avg_pool2d(pictures, side)
    return F.interpolate(pictures, (side, side), mode="bilinear", align_corners=False)


def _read(
    path: str, key: str | None, build: Callable[[Mapping[str, Tensor]], Network], what: str, remedy: str
) -> Network:
    contents = _contents(path, what, remedy)
    try:
        return build(load_tensors(contents if key is None else contents[key], key or what))
    except (KeyError, ValueError) as error:
        raise _unusable(path, what, error, remedy) from error


def _contents(path: str, what: str, remedy: str) -> Mapping[str, Any]:
    if not path:
        raise InputError(f"No {what} is given, and this training needs one.", remedy)
    contents = open_checkpoint(Path(path))
    if not isinstance(contents, Mapping):
        raise InputError(f"{Path(path).name} holds no {what}.", remedy)
    return contents


def _unusable(path: str, what: str, error: Exception, remedy: str) -> InputError:
    reason = " ".join(str(error).split())[:200]
    return InputError(f"{Path(path).name} holds no {what} that can be used ({reason}).", remedy)
