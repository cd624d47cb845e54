# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small style and a small encoder, of random weights, in files as their authors publish them."""

import numpy as np
import torch
from pastiche.vendor.dualstylegan.network import DualStyleGAN, DualStyleGANShape
from pastiche.vendor.dualstylegan.sampler import CodeNetwork, StyleSampler
from pastiche.vendor.psp.encoder import EncoderShape, GradualStyleEncoder
from pastiche.vendor.psp.ir_se import BackboneShape
from pastiche.vendor.stylegan2.shape import GeneratorShape

SLOTS, WIDTH, STRUCTURE, SIZE = 10, 24, 7, 64


def publish(folder):
    """Fill a folder with generator.pt, codes, sampler.pt and encoder.pt; returns it."""
    torch.manual_seed(0)
    network = DualStyleGAN(DualStyleGANShape(GeneratorShape((16, 16, 16, 12, 8), WIDTH, 2), STRUCTURE))
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "res." in name and ".0.weight" in name:
                parameter.mul_(50)  # initial residuals are next to nothing
            if "noise.weight" in name:
                parameter.fill_(0.2)
            if "to_rgb" in name and name.endswith("conv.weight"):
                parameter.mul_(0.2)
    torch.save({"g_ema": network.state_dict()}, folder / "generator.pt")
    random = np.random.default_rng(0)
    codes = {f"c_{k}.jpg": random.normal(size=(1, SLOTS, WIDTH)).astype("f4") for k in range(3)}
    np.save(folder / "exstyle_code.npy", codes, allow_pickle=True)
    np.save(folder / "refined_exstyle_code.npy", {k: v + 0.01 for k, v in codes.items()}, allow_pickle=True)
    sampler = StyleSampler(CodeNetwork(8, 8, STRUCTURE * WIDTH), CodeNetwork(8, 8, (SLOTS - STRUCTURE) * WIDTH))
    torch.save(
        {"color": sampler.color.state_dict(), "structure": sampler.structure.state_dict()}, folder / "sampler.pt"
    )
    encoder = GradualStyleEncoder(EncoderShape(SLOTS, BackboneShape((16, 16, 16, WIDTH))))
    state = {f"encoder.{key}": value for key, value in encoder.state_dict().items()}
    state |= {f"decoder.{key}": value for key, value in network.generator.state_dict().items()}
    options = {"start_from_latent_avg": True, "device": "cuda:0", "output_size": SIZE}
    average = torch.randn(SLOTS, WIDTH)
    torch.save({"state_dict": state, "opts": options, "latent_avg": average}, folder / "encoder.pt")
    return folder
