# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identity descriptor of pSp's and DualStyleGAN's training: IR-SE50 of ArcFace (Deng et al. 2019). Not for use."""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..stylegan2.loading import filled
from .ir_se import BackboneShape, body, stem

SIDE = 112  # pixels it reads
TOP, BOTTOM, LEFT, RIGHT = 35, 223, 32, 220  # the face inside an aligned portrait of 256 pixels


class IdentityNetwork(nn.Module):
    """A face -> its descriptor, 512 numbers of unit length; the cosine of two tells how much they are one person."""

    def __init__(self, shape: BackboneShape, features: int = 512) -> None:
        super().__init__()
        last = shape.widths[-1]
        self.input_layer = stem(shape.widths[0])
        self.body = body(shape)
        side = SIDE >> len(shape.units)
        self.output_layer = nn.Sequential(
            nn.BatchNorm2d(last),
            nn.Dropout(),
            nn.Flatten(),
            nn.Linear(last * side**2, features),
            nn.BatchNorm1d(features),
        )

    @staticmethod
    def from_state(state: Mapping[str, Tensor]) -> "IdentityNetwork":
        """The network of this state dictionary. Raises ValueError when it does not fit."""
        shape = BackboneShape.of(state)
        if "output_layer.3.bias" not in state:
            raise ValueError("not an identity network: output_layer.3.bias is missing")
        return filled(lambda: IdentityNetwork(shape, len(state["output_layer.3.bias"])), state)

    def forward(self, face: Tensor) -> Tensor:
        """face: (B, 3, 112, 112), -1..1. Returns (B, 512), rows of unit length."""
        x = self.body(self.input_layer(face.contiguous(memory_format=torch.channels_last)))
        return F.normalize(self.output_layer(x.contiguous()))

    def describe(self, portrait: Tensor) -> Tensor:
        """portrait: (B, 3, H, W), aligned as FFHQ, -1..1, pooled to 256 and cut to the face. Returns (B, 512)."""
        portrait = F.adaptive_avg_pool2d(portrait, 256)
        return self(F.adaptive_avg_pool2d(portrait[:, :, TOP:BOTTOM, LEFT:RIGHT], SIDE))
