# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model's weights from a file, rearranged for rendering, on a device and in a precision."""

import functools
import logging
from dataclasses import dataclass
from pathlib import Path

import torch

from ....bridge import starter
from ....bridge.errors import InputError
from ....vendor.fomm.checkpoint import build_networks
from ....vendor.fomm.configurations import AS_SHIPPED_TODAY, AS_TRAINED
from ....vendor.fomm.fast.detector import FastDetector
from ....vendor.fomm.fast.generator import FastGenerator
from ...jobs.input_hash import hash_input
from ...torch_device import choose_device, choose_precision
from ...weights.plain_tensors import read_sections
from ...weights.safe_open import load_tensors, open_checkpoint

logger = logging.getLogger(__name__)
_REMEDY = "Choose a checkpoint of the First Order Motion Model, such as vox-cpk.pth.tar."
PARTS = ("kp_detector", "generator")
_OTHERS = {  # what only the checkpoints of other models hold; several of them also have a kp_detector
    "inpainting_network": "the Thin-Plate Spline Motion Model",
    "region_predictor": "the Articulated Animation model",
    "he_estimator": "face-vid2vid",
    "g_ema": "a StyleGAN generator",
    "latent_avg": "an encoder of StyleGAN's latents",
    "features.0.weight": "a network that judges pictures",
}


@dataclass(frozen=True)
class Networks:
    """detector, generator: ready to render.   sha256: of the file they are from."""

    detector: FastDetector
    generator: FastGenerator
    device: torch.device
    sha256: str


def load_networks(path: str, device: str, precision: str, sampling: str = "TRAINED") -> Networks:
    """The networks in a checkpoint; kept for the next job. path: "" for the starter's. Others: as in FommSettings.

    Raises InputError: no file, damaged, carrying code, another model, or no such device.
    """
    if not path:
        if not starter.MOTION.is_file():
            raise InputError("The FOMM engine needs the weights of its model, and none are chosen.", _REMEDY)
        path = str(starter.MOTION)
    sha256 = hash_input(path)
    chosen = choose_device(device)
    corners = {"TRAINED": AS_TRAINED, "SHIPPED": AS_SHIPPED_TODAY}[sampling]
    return _load(path, sha256, chosen, choose_precision(chosen, precision), corners)


@functools.lru_cache(maxsize=1)
def _load(path: str, sha256: str, device: torch.device, dtype: torch.dtype, align_corners: bool) -> Networks:
    name = Path(path).name
    sections = _sections(Path(path))
    try:
        detector, generator = build_networks(**sections, align_corners=align_corners)
    except ValueError as error:
        raise InputError(
            f"{name} is no checkpoint of the First Order Motion Model ({_short(error)}).", _REMEDY
        ) from error
    if generator.configuration.dense_motion is None:
        raise InputError(f"{name} holds a model that does not move.", _REMEDY)
    logger.info("%s on %s in %s", name, device, dtype)
    return Networks(FastDetector(detector).to(device), FastGenerator(generator, dtype).to(device), device, sha256)


def _sections(path: Path) -> dict[str, dict[str, torch.Tensor]]:
    """The tensors of detector and generator, from a checkpoint or from safetensors with those prefixes."""
    is_plain = path.suffix == ".safetensors"
    contents = read_sections(path) if is_plain else open_checkpoint(path)
    other = _other_model(contents)
    if other:
        raise InputError(f"{path.name} holds {other}, and not the First Order Motion Model.", _REMEDY)
    missing = [name for name in PARTS if not isinstance(contents, dict) or name not in contents]
    if missing:
        what = f"{path.name} is no checkpoint of the First Order Motion Model: no {missing[0]} in it."
        raise InputError(what, _REMEDY)
    if is_plain:
        return contents
    return {name: load_tensors(contents[name], name) for name in PARTS}


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _other_model(contents: object) -> str:
    """Which model a checkpoint is, by what only that one holds; "" for none of those we know."""
    return next((model for key, model in _OTHERS.items() if key in contents), "") if isinstance(contents, dict) else ""
