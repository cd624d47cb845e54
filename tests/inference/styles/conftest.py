# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small style and a small encoder, of random weights, in files as their authors publish them; and a face."""

import numpy as np
import pytest
import torch
from pastiche.inference.faces import topology
from pastiche.inference.styles.dualstylegan import open_encoder, open_style
from pastiche.inference.styles.stylist import Stylist
from pastiche.vendor.dualstylegan.network import DualStyleGAN, DualStyleGANShape
from pastiche.vendor.dualstylegan.sampler import CodeNetwork, StyleSampler
from pastiche.vendor.psp.encoder import EncoderShape, GradualStyleEncoder
from pastiche.vendor.psp.ir_se import BackboneShape
from pastiche.vendor.stylegan2.shape import GeneratorShape

SLOTS, WIDTH, STRUCTURE, SIZE = 10, 24, 7, 64


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """The folder of a style, with encoder.pt beside its files."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("cartoon")
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


@pytest.fixture(scope="session")
def stylist(published):
    style = open_style(published)
    return Stylist(style, open_encoder(published / "encoder.pt", style, 'Z+'))


@pytest.fixture
def face():
    """Makes the canonical face as landmarks in a picture, turned clockwise."""
    return _face


def _face(scale=10.0, turn=0.0, center=(150.0, 130.0)):
    cos, sin = np.cos(turn), np.sin(turn)
    shape = topology.canonical_shape()[:, :2] @ np.array([[cos, sin], [-sin, cos]]) * scale
    return np.concatenate([shape + center, np.zeros((len(shape), 1))], axis=1).astype(np.float32)


@pytest.fixture
def picture():
    """A smooth colored picture, (260, 320, 4) uint8, partly transparent."""
    y, x = np.mgrid[:260, :320].astype(np.float32)
    channels = [128 + 90 * np.sin(x / 30), 128 + 90 * np.cos(y / 40), 128 + 90 * np.sin((x + y) / 50)]
    alpha = np.clip((300 - x) * 4, 0, 255)
    return np.stack([*channels, alpha], axis=2).astype(np.uint8)
