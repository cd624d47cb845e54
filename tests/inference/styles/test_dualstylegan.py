# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import shutil

import numpy as np
import pytest
import torch
from pastiche.bridge.errors import InputError
from pastiche.bridge.requests import Look
from pastiche.inference.styles.dualstylegan import open_encoder, open_style


@pytest.fixture
def folder(published, tmp_path):
    """A copy of the style, to be damaged."""
    return shutil.copytree(published, tmp_path / "cartoon")


@pytest.fixture
def portrait():
    return torch.randn(1, 10, 24, generator=torch.Generator().manual_seed(1))


def test_refined_codes_come_before_plain_ones(published, folder):
    refined = open_style(published).exemplars.codes
    (folder / "refined_exstyle_code.npy").unlink()
    assert np.allclose(refined - open_style(folder).exemplars.codes, 0.01, atol=1e-6)


def test_a_picture_repeats_and_its_noise_follows_the_seed(stylist, portrait):
    style = stylist.style
    first, again = (style.picture(portrait, Look()) for _ in range(2))
    assert first.shape == (64, 64, 3) and first.min() >= 0 and first.max() <= 1
    assert np.array_equal(first, again)
    seeds = [style.picture(portrait, Look(noise=seed)) for seed in (1, 1, 2)]
    assert np.array_equal(seeds[0], seeds[1]) and not np.array_equal(seeds[0], seeds[2])


@pytest.mark.parametrize(
    "change",
    [
        {"exemplar": 1},
        {"exemplar": "c_2"},
        {"second": 2},
        {"random": 5},
        {"structure": 0.2},
        {"color": (0.0, 1.0, 0.5)},
        {"keep_color": True},
        {"truncation": 0.3},
    ],
    ids=str,
)
def test_every_choice_shows_in_the_picture(stylist, portrait, change):
    style = stylist.style
    assert np.abs(style.picture(portrait, Look(**change)) - style.picture(portrait, Look())).max() > 0.01


def test_a_mix_ends_at_either_exemplar(stylist, portrait):
    style = stylist.style
    for share, exemplar in ((0.0, 0), (1.0, 1)):
        mixed = style.picture(portrait, Look(exemplar=0, second=1, mix_structure=share, mix_color=share))
        assert np.abs(mixed - style.picture(portrait, Look(exemplar=exemplar))).max() < 1e-5


def test_random_styles_differ_by_seed(stylist):
    codes = [stylist.style.code(Look(random=seed)) for seed in range(10)]
    assert all(not torch.equal(a, b) for i, a in enumerate(codes) for b in codes[:i])


@pytest.mark.parametrize(
    "look, text",
    [
        (Look(exemplar="nobody"), "no exemplar 'nobody'"),
        (Look(second=9), "no exemplar '9'"),
        (Look(structure=(1.0, 2.0)), "2 structure weights were given, this model has 7"),
        (Look(color=(1.0,) * 11), "11 color weights were given, this model has 3"),
    ],
)
def test_a_look_that_does_not_fit_is_named(stylist, portrait, look, text):
    with pytest.raises(InputError, match=text):
        stylist.style.picture(portrait, look)


def test_a_style_without_sampler_has_no_random_styles(folder):
    (folder / "sampler.pt").unlink()
    with pytest.raises(InputError, match="no sampler"):
        open_style(folder).code(Look(random=1))


def saved(path, change):
    """A checkpoint changed in place."""
    contents = torch.load(path, weights_only=True)
    torch.save(change(contents), path)


@pytest.mark.parametrize(
    "name, change, text",
    [
        ("generator.pt", lambda c: {"g": c["g_ema"]}, "g_ema is not a table of tensors"),
        ("generator.pt", lambda c: [1], "not a model of this kind"),
        (
            "generator.pt",
            lambda c: {"g_ema": {k: v for k, v in c["g_ema"].items() if "res." not in k}},
            "0 structure blocks",
        ),
        ("generator.pt", lambda c: {"g_ema": {**c["g_ema"], "extra": torch.zeros(1)}}, "extra"),
        ("generator.pt", lambda c: {"g_ema": c["g_ema"], "n": np.float64(3)}, "not opened.*numpy"),
        ("sampler.pt", lambda c: {"color": c["structure"], "structure": c["color"]}, "codes of another model"),
        ("sampler.pt", lambda c: {"color": c["color"]}, "structure is not a table"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_named(folder, name, change, text):
    saved(folder / name, change)
    with pytest.raises(InputError, match=text):
        open_style(folder)


def test_missing_and_truncated_files_are_named(folder):
    generator = folder / "generator.pt"
    generator.write_bytes(generator.read_bytes()[:-5000])
    with pytest.raises(InputError, match="generator.pt"):
        open_style(folder)
    generator.unlink()
    with pytest.raises(InputError, match="no file .*generator.pt"):
        open_style(folder)


def test_codes_of_another_model_are_named(folder):
    np.save(folder / "refined_exstyle_code.npy", {"a.jpg": np.zeros((1, 18, 24), "f4")}, allow_pickle=True)
    with pytest.raises(InputError, match="cartoon have codes of 18 x 24, its model takes 10 x 24"):
        open_style(folder)


def test_an_encoder_of_another_size_is_named(folder):
    style = open_style(folder)
    saved(
        folder / "encoder.pt",
        lambda c: {**c, "opts": {}, "state_dict": {k: v for k, v in c["state_dict"].items() if ".styles.9." not in k}},
    )
    with pytest.raises(InputError, match="codes of 9 x 24, the style takes 10 x 24"):
        open_encoder(folder / "encoder.pt", style, 'Z+')


def test_both_spaces_of_an_encoder_give_w_plus(published, stylist):
    face = np.random.default_rng(0).integers(0, 255, (256, 256, 3), dtype=np.uint8)
    direct = open_encoder(published / "encoder.pt", stylist.style, 'W+').code(face, stylist.style)
    mapped = stylist.encoder.code(face, stylist.style)
    with torch.no_grad():
        assert torch.allclose(stylist.style.network.generator.style(direct), mapped, atol=1e-5)
