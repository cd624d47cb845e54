# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole generator, and its strict assembly from tensors."""

from collections.abc import Mapping

from torch import Tensor, nn

from ..stylegan2_ada.generator import assemble
from ..stylegan2_ada.mapping import MappingNetwork
from .shape import GeneratorShape
from .synthesis import SynthesisNetwork


class Generator(nn.Module):
    """`mapping` and `synthesis` of one StyleGAN3."""

    def __init__(self, shape: GeneratorShape) -> None:
        super().__init__()
        self.shape = shape
        self.mapping = MappingNetwork(shape.mapping)
        self.synthesis = SynthesisNetwork(shape)

    def forward(self, z: Tensor, c: Tensor | None = None, psi: float = 1.0, noise: str = "const") -> Tensor:
        """(B, z_dim), (B, c_dim) -> (B, colors, H, W), nominally -1..1."""
        return self.synthesis(self.mapping(z, c, psi), noise)


def build_generator(shape: GeneratorShape, state: Mapping[str, Tensor]) -> Generator:
    """The generator of that shape, frozen, with these very tensors. Raises RuntimeError when names or shapes differ."""
    return assemble(Generator, shape, state)
