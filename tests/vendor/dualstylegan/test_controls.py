# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from dualstylegan_recordings import archive, gap
from pastiche.vendor.dualstylegan import controls
from pastiche.vendor.dualstylegan.controls import Controls, mixed, stylize, to_w_plus, weights, with_color_of
from pastiche.vendor.dualstylegan.network import DualStyleGAN
from pastiche.vendor.psp.psp import PSp


@pytest.fixture
def codes():
    torch.manual_seed(2)
    return torch.randn(2, 1, 8, 24)


def test_one_number_serves_all_slots_of_its_kind(small):
    assert weights(small, Controls(structure=0.25, color=0.5)) == [0.25] * 5 + [0.5] * 3
    assert weights(small, Controls(structure=(0, 0, 0.5, 0.5, 1), color=[1, 0, 1])) == [0, 0, 0.5, 0.5, 1, 1, 0, 1]


@pytest.mark.parametrize(
    "asked, text", [(Controls(structure=[1] * 7), "7 structure"), (Controls(color=[1]), "1 color")]
)
def test_a_list_of_another_length_is_refused(small, asked, text):
    with pytest.raises(ValueError, match=text):
        weights(small, asked)


@torch.no_grad()
def test_reconstruction_is_the_plain_generators_picture(small, codes):
    portrait, exemplar = codes
    expected = small.generator(portrait).clamp(-1, 1)
    assert torch.equal(stylize(small, portrait, exemplar, controls.RECONSTRUCTION), expected)


@torch.no_grad()
def test_structure_only_ignores_the_exemplars_color_codes(small, codes):
    portrait, exemplar = codes
    other = exemplar.clone()
    other[:, 5:] = torch.randn(1, 3, 24)
    assert torch.equal(
        stylize(small, portrait, exemplar, controls.STRUCTURE_ONLY),
        stylize(small, portrait, other, controls.STRUCTURE_ONLY),
    )


@torch.no_grad()
def test_color_kept_by_codes_ignores_the_exemplars_color_codes_too_but_gives_another_picture(small, codes):
    portrait, exemplar = codes
    other = exemplar.clone()
    other[:, 5:] = torch.randn(1, 3, 24)
    kept = stylize(small, portrait, exemplar, controls.COLOR_KEPT_BY_CODES)
    assert torch.equal(kept, stylize(small, portrait, other, controls.COLOR_KEPT_BY_CODES))
    assert gap(kept, stylize(small, portrait, exemplar, controls.STRUCTURE_ONLY)) > 1e-2


@torch.no_grad()
def test_color_only_ignores_the_exemplars_structure_codes(small, codes):
    portrait, exemplar = codes
    other = exemplar.clone()
    other[:, :5] = torch.randn(1, 5, 24)
    asked = Controls(structure=0.0)
    assert torch.equal(stylize(small, portrait, exemplar, asked), stylize(small, portrait, other, asked))


@torch.no_grad()
def test_truncation_moves_the_portrait_alone(small, codes):
    portrait, exemplar = codes
    found = stylize(small, portrait, exemplar, Controls(truncation=0.5))
    assert torch.equal(found, stylize(small, 0.5 * portrait, exemplar, Controls(truncation=1.0)))


@torch.no_grad()
def test_kept_color_is_not_truncated(small, codes):
    portrait, exemplar = codes
    found = stylize(small, portrait, exemplar, Controls(truncation=0.0, keep_color=True))
    own = with_color_of(exemplar, portrait, 5)
    assert torch.equal(found, stylize(small, 0 * portrait, own, Controls(truncation=1.0)))


def test_mixing_ends_at_either_exemplar_and_parts_structure_from_color(codes):
    first, second = codes
    assert torch.equal(mixed(first, second, 0.0, 0.0, 5), first)
    assert torch.equal(mixed(first, second, 1.0, 1.0, 5), second)
    crossed = mixed(first, second, 1.0, 0.0, 5)
    assert torch.equal(crossed[:, :5], second[:, :5]) and torch.equal(crossed[:, 5:], first[:, 5:])
    assert torch.allclose(mixed(first, second, 0.5, 0.5, 5), (first + second) / 2)


@torch.no_grad()
def test_a_z_code_is_mapped_and_a_w_code_is_not(small, codes):
    portrait, _ = codes
    assert torch.equal(to_w_plus(small, portrait, 'Z+'), small.generator.style(portrait))
    assert torch.equal(to_w_plus(small, portrait, 'W+'), portrait)
    assert to_w_plus(small, portrait[:, 0], 'Z+').shape == (1, 8, 24)
    with pytest.raises(ValueError, match="'Y'"):
        to_w_plus(small, portrait, 'Y')


@torch.no_grad()
def test_the_same_seed_gives_the_same_picture(small, codes):
    pictures = [stylize(small, *codes, noise=small.generator.seeded_noise(seed)) for seed in (1, 1, 2)]
    assert torch.equal(pictures[0], pictures[1]) and gap(pictures[0], pictures[2]) > 1e-2


PIPELINE = {
    "zplus": ('Z+', Controls()),
    "zplus_preserve_color": ('Z+', Controls(keep_color=True)),
    "wplus": ('W+', Controls()),
    "wplus_preserve_color": ('W+', Controls(keep_color=True)),
    "zplus_caricature_weights": ('Z+', Controls(structure=1.0, color=1.0)),
}


@pytest.mark.parametrize("case", PIPELINE)
@torch.no_grad()
def test_recorded_way_from_photograph_to_picture(case):
    space, asked = PIPELINE[case]
    arrays, photograph = archive("pipeline_tiny_cases"), archive("psp_tiny_cases")
    network = DualStyleGAN.from_state(archive("dualstylegan_tiny_weights"))
    encoder = PSp.from_checkpoint(
        {
            "state_dict": archive("psp_tiny_weights"),
            "latent_avg": photograph["in/latent_avg"],
            "opts": {"start_from_latent_avg": True},
        }
    )
    pixels = photograph["in/image_uint8_hwc"].permute(2, 0, 1)[None].float() / 127.5 - 1
    intrinsic = encoder(pixels)
    assert gap(intrinsic, arrays[f"{case}/out/instyle"]) < 5e-5
    exemplar = to_w_plus(network, arrays["in/exstyle_code/style_01.jpg"], 'Z+')
    portrait = to_w_plus(network, intrinsic, space)
    extrinsic = with_color_of(exemplar, portrait, 7) if asked.keep_color else exemplar
    assert gap(extrinsic, arrays[f"{case}/out/exstyle"]) < 5e-5
    picture = stylize(network, portrait, exemplar, asked)
    assert gap(picture, arrays[f"{case}/out/image"]) < 5e-5
    levels = ((picture + 1) * 127.5).to(torch.uint8)[0].permute(1, 2, 0)
    off = (levels.int() - arrays[f"{case}/out/image_uint8_rgb_hwc"].int()).abs()
    assert off.max() <= 1 and (off > 0).float().mean() < 1e-3
