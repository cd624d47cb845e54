# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a running network of one that was found in a file."""

from collections.abc import Mapping

import torch
from torch import Tensor

from ...bridge.errors import InputError
from ...vendor.stylegan2_ada.generator import Generator as StyleGAN2
from ...vendor.stylegan2_ada.generator import assemble
from ...vendor.stylegan3.generator import Generator as StyleGAN3
from ...vendor.stylegan3.shape import GeneratorShape as StyleGAN3Shape
from .found_network import FoundNetwork

Generator = StyleGAN2 | StyleGAN3


def build_network(found: FoundNetwork, device: torch.device | str = "cpu") -> Generator:
    """The generator, frozen, float32, on `device`.

    Raises InputError when its tensors are not exactly those it should have.
    """
    kind = StyleGAN3 if isinstance(found.shape, StyleGAN3Shape) else StyleGAN2
    missing, odd = _compare(kind, found)
    if missing or odd:
        what = f"{len(missing)} tensors are missing and {len(odd)} do not fit, for example '{(missing + odd)[0]}'"
        raise InputError(f"The network's tensors are not those of a {kind.__name__}: {what}.", "Use the original file.")
    return assemble(kind, found.shape, _state(found, device))


def _compare(kind: type, found: FoundNetwork) -> tuple[list[str], list[str]]:
    """Names that are missing, and names that are too many or of another size; nothing is allocated."""
    with torch.device("meta"):
        expected = {name: tuple(tensor.shape) for name, tensor in kind(found.shape).state_dict().items()}
    missing = [name for name in expected if name not in found.tensors]
    return missing, [name for name, tensor in found.tensors.items() if expected.get(name) != tuple(tensor.shape)]


def _state(found: FoundNetwork, device: torch.device | str) -> Mapping[str, Tensor]:
    return {
        name: torch.tensor(tensor.read(), dtype=torch.float32, device=device) for name, tensor in found.tensors.items()
    }
