# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a search for a latent begins: at what an encoder sees in the picture, when one belongs to the network.

An encoder (pSp, Richardson et al. 2021) answers at once and roughly. Its file does not say whether it was trained to
give codes of W+ or of Z+, nor for which network of its size: whichever reading comes nearest to the picture is taken,
and the network's mean when none comes nearer.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ....bridge.errors import InputError
from ....bridge.motion_file import open_motion_file
from ....bridge.style_pack import ENCODER
from ....vendor.psp.encoder import GradualStyleEncoder
from ....vendor.psp.psp import PSp
from ...styles.dualstylegan import built, read_psp
from ...styles.packs import AVERAGE
from ...weights.network_build import Generator
from ...weights.safe_open import open_checkpoint
from .perceptual import Perceptual, shrink

_REMEDY = "Choose the encoder that was trained for this network, or none."


def encoder_of(network: Path, chosen: str = "") -> Path | None:
    """The file of a network's encoder: the chosen one, the network's own checkpoint, one beside it; None for none."""
    if chosen:
        return Path(chosen)
    beside = network.parent / ENCODER
    return network if _holds_encoder(network) else beside if beside.is_file() else None


def open_encoder(path: Path, generator: Generator) -> PSp:
    """The encoder in a checkpoint of pSp or in a style pack's file, on the network's device.

    Raises InputError when it is missing, damaged, or makes codes of another size.
    """
    path = Path(path)
    network = _of_tensors(path) if path.suffix.lower() == ".safetensors" else built(path, read_psp)
    found, wanted = network.encoder.shape, generator.shape.mapping
    if generator.shape.img_channels != 3:
        raise InputError(f"The encoder {path.name} reads pictures in color, the network makes none.", _REMEDY)
    if (found.slots, found.style_dim) != (wanted.num_ws, wanted.w_dim):
        what = f"The encoder {path.name} makes codes of {found.slots} x {found.style_dim}, the network takes"
        raise InputError(f"{what} {wanted.num_ws} x {wanted.w_dim}.", _REMEDY)
    return network.to(generator.mapping.w_avg.device).eval()


@torch.no_grad()
def first_latent(
    generator: Generator, encoder: PSp, target: Tensor, perceptual: Perceptual, is_per_row: bool
) -> Tensor | None:
    """The latent (1, num_ws, w_dim) that a search begins with; None: the mean is as near.

    target: (1, 3, H, W), -1..1.   is_per_row: of W+; otherwise all rows are their mean.
    """
    side = encoder.encoder.shape.side
    codes = encoder(target if target.shape[-1] >= side else F.interpolate(target, (side, side), mode="bilinear"))
    readings = [codes]
    mapping = generator.mapping
    if mapping.shape.z_dim == mapping.shape.w_dim and not mapping.shape.c_dim:
        readings.append(mapping(codes[0])[:, 0][None])
    if not is_per_row:
        readings = [reading.mean(1, keepdim=True).expand_as(codes) for reading in readings]
    wanted = perceptual.features(shrink(target))

    def distance(latent: Tensor) -> float:
        return float(perceptual.distance(perceptual.features(shrink(generator.synthesis(latent))), wanted))

    mean = mapping.w_avg.expand_as(codes).contiguous()
    nearest = min([mean, *readings], key=distance)
    return None if nearest is mean else nearest.contiguous()


def _holds_encoder(network: Path) -> bool:
    try:
        contents = open_checkpoint(network)
    except InputError:
        return False
    state = contents.get("state_dict") if isinstance(contents, dict) else None
    return isinstance(state, dict) and any(str(name).startswith("encoder.styles.") for name in state)


def _of_tensors(path: Path) -> PSp:
    with open_motion_file(path) as file:
        tensors = {
            name: torch.from_numpy(np.frombuffer(file.read(name), entry.code).reshape(entry.shape).astype(np.float32))
            for name, entry in file.tensors.items()
        }
    average = tensors.pop(AVERAGE, None)
    try:
        encoder = GradualStyleEncoder.from_state(tensors)
    except ValueError as error:
        raise InputError(f"{path.name} is no encoder ({str(error)[:200]}).", _REMEDY) from error
    width, slots = encoder.shape.style_dim, encoder.shape.slots
    if average is not None and average.shape not in ((1, width), (slots, width)):
        raise InputError(f"The average latent in {path.name} does not fit its encoder.", _REMEDY)
    return PSp(encoder, None, average)
