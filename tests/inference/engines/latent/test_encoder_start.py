# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inversion begins with what an encoder sees, when it is of use."""

import dataclasses

import cv2
import numpy as np
import pytest
import torch
from pastiche.bridge import messages
from pastiche.bridge.errors import InputError
from pastiche.bridge.requests import InvertRequest
from pastiche.inference.engines.latent.encoder_start import encoder_of, first_latent, open_encoder
from pastiche.inference.engines.latent.network import load_network
from pastiche.inference.engines.latent.perceptual import MultiScale
from pastiche.inference.engines.latent.pictures import to_pixels
from pastiche.inference.jobs import perform
from pastiche.vendor.psp.encoder import EncoderShape, GradualStyleEncoder
from pastiche.vendor.psp.ir_se import BackboneShape
from pastiche.vendor.psp.psp import PSp
from pastiche.vendor.stylegan2.generator import Generator
from pastiche.vendor.stylegan2.shape import GeneratorShape
from random_networks import WIDE, stylegan2, write_network
from safetensors.torch import save_file

ROWS = 12


def answering(codes):
    """An encoder that says the same of every picture. codes: (ROWS, WIDE)."""
    torch.manual_seed(1)
    encoder = GradualStyleEncoder(EncoderShape(len(codes), BackboneShape((16, 16, 16, codes.shape[1]))))
    for head in encoder.styles:
        head.linear.weight.data.zero_()
    return PSp(encoder, None, codes).eval().requires_grad_(False)


def write_pack_file(psp, path):
    save_file({**psp.encoder.state_dict(), "latent_average": psp.latent_average.contiguous()}, path)
    return path


@pytest.fixture
def generator():
    return stylegan2()


@pytest.fixture
def latent(generator):
    """Of a face far from the mean, rows apart."""
    return generator.mapping(torch.randn(ROWS, WIDE, generator=torch.Generator().manual_seed(4)))[:, 0][None]


@pytest.fixture
def folder(generator, latent, tmp_path):
    """A network, its encoder beside it, and the picture that the encoder knows."""
    write_network(generator, tmp_path / "stylegan2-tiny-128x128.pkl")
    write_pack_file(answering(latent[0]), tmp_path / "encoder.safetensors")
    cv2.imwrite(str(tmp_path / "photo.png"), to_pixels(generator.synthesis(latent))[..., ::-1])
    return tmp_path


@pytest.fixture
def request_(folder):
    names = ("job", "photo.png", "stylegan2-tiny-128x128.pkl", "photo.latent")
    paths = [str(folder / name) for name in names]
    return InvertRequest(*paths, framing='MIDDLE', steps=1, tuning=0, is_per_row=True)


def run(request):
    heard = []
    return perform(request, "a", heard.append), [message for message in heard if isinstance(message, messages.Warning)]


def test_codes_of_w_plus_and_of_z_plus_are_both_understood(generator):
    z = torch.randn(ROWS, WIDE)
    w = generator.mapping(z)[:, 0][None]
    target = generator.synthesis(w)
    for said in (w[0], z):
        assert torch.allclose(first_latent(generator, answering(said), target, MultiScale(), True), w, atol=1e-5)


def test_in_w_all_rows_are_their_mean(generator, latent):
    target = generator.synthesis(latent.mean(1, keepdim=True).expand_as(latent))
    found = first_latent(generator, answering(latent[0]), target, MultiScale(), False)
    assert torch.allclose(found, latent.mean(1, keepdim=True).expand_as(latent), atol=1e-6)


def test_an_answer_further_than_the_mean_is_not_taken(generator):
    target = generator.synthesis(generator.mapping.w_avg.expand(1, ROWS, -1))
    assert first_latent(generator, answering(torch.randn(ROWS, WIDE) * 3), target, MultiScale(), True) is None


def test_the_encoder_beside_a_network_begins_its_inversions(request_, folder):
    done, warnings = run(request_)
    assert done.outcome == 'FINISHED' and done.result["encoder"] and not warnings
    (folder / "encoder.safetensors").unlink()
    without, _ = run(request_)
    assert "reused" not in without.result and "encoder" not in without.result
    assert done.result["psnr"] > without.result["psnr"] + 10


def test_a_checkpoint_of_psp_is_network_and_encoder_in_one(request_, folder, latent):
    torch.manual_seed(3)
    decoder = Generator(GeneratorShape((12,) * 6, style_dim=WIDE, mapping_layers=2))
    for colors in (decoder.to_rgb1, *decoder.to_rgbs):
        colors.conv.weight.data.mul_(0.2)  # so that no picture is clipped
    psp = answering(latent[0])
    state = {f"encoder.{name}": value for name, value in psp.encoder.state_dict().items()}
    state |= {f"decoder.{name}": value for name, value in decoder.state_dict().items()}
    (folder / "encoder.safetensors").unlink()
    path = folder / "psp.pt"
    torch.save({"state_dict": state, "latent_avg": latent[0], "opts": {"start_from_latent_avg": True}}, path)
    assert encoder_of(path) == path
    made = load_network(path).generator.synthesis(latent)
    cv2.imwrite(str(folder / "photo.png"), to_pixels(made)[..., ::-1])
    done, _ = run(dataclasses.replace(request_, network=str(path)))
    assert done.result["encoder"] and done.result["psnr"] > 25


def test_an_encoder_of_another_size_is_told_when_it_lies_there_and_refused_when_chosen(request_, folder):
    write_pack_file(answering(torch.zeros(ROWS + 2, WIDE)), folder / "encoder.safetensors")
    done, warnings = run(request_)
    assert done.outcome == 'FINISHED' and "14 x 16" in warnings[0].text and "encoder" not in done.result
    done, _ = run(dataclasses.replace(request_, encoder=str(folder / "encoder.safetensors"), steps=2))
    assert done.outcome == 'FAILED'


def test_an_answer_of_no_use_is_told(request_, folder):
    write_pack_file(answering(torch.full((ROWS, WIDE), 9.0)), folder / "encoder.safetensors")
    done, warnings = run(request_)
    assert done.outcome == 'FINISHED' and done.result["encoder"] is False and "no nearer" in warnings[0].text


@pytest.mark.parametrize("contents", [{"x": np.zeros(3)}, {"styles.0.linear.weight": np.zeros((4, 4))}])
def test_a_file_of_something_else_is_no_encoder(generator, tmp_path, contents):
    save_file({name: torch.from_numpy(array) for name, array in contents.items()}, tmp_path / "encoder.safetensors")
    with pytest.raises(InputError, match="encoder.safetensors"):
        open_encoder(tmp_path / "encoder.safetensors", generator)


def test_a_missing_encoder_is_told(request_):
    done, _ = run(dataclasses.replace(request_, encoder="/nowhere.safetensors"))
    assert done.outcome == 'FAILED'
