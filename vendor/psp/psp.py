# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""pSp as its checkpoints hold it: encoder, average latent, options, and the generator that shows a reconstruction."""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..stylegan2.generator import Generator
from ..stylegan2.shape import part
from .encoder import GradualStyleEncoder


class PSp(nn.Module):
    """Portrait -> codes; codes are z+ or W+ as the checkpoint was trained: it does not say which."""

    def __init__(
        self, encoder: GradualStyleEncoder, decoder: Generator | None = None, latent_average: Tensor | None = None
    ) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.register_buffer("latent_average", latent_average)

    @staticmethod
    def from_checkpoint(checkpoint: Mapping[str, Any], with_decoder: bool = False) -> "PSp":
        """The network of a checkpoint {"state_dict", "opts", "latent_avg"}.

        The average latent is added to every code when the options say `start_from_latent_avg`. Raises ValueError when
        parts are missing or do not fit.
        """
        state, options = checkpoint.get("state_dict"), checkpoint.get("opts") or {}
        if not isinstance(state, Mapping) or not isinstance(options, Mapping):
            raise ValueError("not a pSp checkpoint: it holds no state_dict")
        encoder = GradualStyleEncoder.from_state(part(state, "encoder."))
        decoder = Generator.from_state(part(state, "decoder.")) if with_decoder else None
        average = checkpoint.get("latent_avg") if options.get("start_from_latent_avg") else None
        return PSp(encoder, decoder, None if average is None else _average(average, encoder))

    def forward(self, portrait: Tensor) -> Tensor:
        """portrait: (B, 3, H, W), aligned, -1..1, H and W at least what the encoder reads. Returns codes (B, L, S)."""
        codes = self.encoder(F.adaptive_avg_pool2d(portrait, self.encoder.shape.side))
        return codes if self.latent_average is None else codes + self.latent_average


def _average(average: Any, encoder: GradualStyleEncoder) -> Tensor:
    """The average latent as (L, S) or (1, S)."""
    slots, width = encoder.shape.slots, encoder.shape.style_dim
    if not isinstance(average, torch.Tensor) or average.numel() not in (width, slots * width):
        raise ValueError(f"latent_avg does not fit an encoder of {slots} latents of width {width}")
    return average.float().reshape(-1, width)
