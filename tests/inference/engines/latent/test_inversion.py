# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture becomes a latent, its network is fitted to it, and both are found again on disk."""

import numpy as np
import pytest
import torch
from pastiche.bridge.errors import InputError
from pastiche.inference.engines.latent.inversion import InversionSettings, invert, quality
from pastiche.inference.engines.latent.inversion_file import inversion_key, open_inversion, write_inversion
from pastiche.inference.engines.latent.perceptual import MultiScale, open_perceptual, shrink
from pastiche.inference.engines.latent.pictures import to_pixels, to_tensor
from pastiche.inference.engines.latent.projection import ProjectionSettings, roughness
from pastiche.inference.engines.latent.tuning import TuningSettings
from pastiche.vendor.lpips.network import LPIPS
from pastiche.vendor.stylegan2_ada.generator import Generator
from pastiche.vendor.stylegan2_ada.shape import GeneratorShape, MappingShape

QUICK = InversionSettings(
    ProjectionSettings(steps=30, samples=50, rate=0.1), TuningSettings(steps=30, rate=3e-3, stop_at=0)
)


def make(**changes):
    torch.manual_seed(8)
    shape = GeneratorShape(MappingShape(16, 16, 8, num_layers=2), (12,) * 4, **changes)
    return Generator(shape).requires_grad_(False)


@pytest.fixture
def generator():
    return make()


@pytest.fixture
def pixels(generator):
    """A picture the network can make nearly."""
    z = torch.randn(1, 16, generator=torch.Generator().manual_seed(1))
    picture = generator.synthesis(generator.mapping(z)) * 0.3
    return to_pixels(picture)


def test_each_stage_brings_the_picture_nearer(generator, pixels):
    target, measure = to_tensor(pixels, generator), MultiScale()
    mean = generator.mapping(torch.zeros(1, 16)).clone()
    start = quality(generator, mean, target, measure)
    projected = invert(generator, pixels, InversionSettings(QUICK.projection, None))
    tuned = invert(generator, pixels, QUICK)
    assert start[1] > projected.distance > tuned.distance
    assert tuned.psnr > projected.psnr
    assert projected.generator is generator and tuned.is_whole
    assert tuned.perceptual == "multi-scale"


def test_tuning_leaves_the_given_network_and_its_mapping_alone(generator, pixels):
    before = {name: tensor.clone() for name, tensor in generator.state_dict().items()}
    tuned = invert(generator, pixels, QUICK).generator
    for name, tensor in tuned.state_dict().items():
        assert torch.equal(generator.state_dict()[name], before[name])
        if name.startswith("mapping") or name.endswith(("noise_const", "resample_filter")):
            assert torch.equal(tensor, before[name]), name
    assert not torch.equal(tuned.synthesis.b8.conv0.weight, generator.synthesis.b8.conv0.weight)
    assert not any(parameter.requires_grad for parameter in (*tuned.parameters(), *generator.parameters()))


def test_the_same_picture_gives_the_same_latent(generator, pixels):
    first, second = (invert(generator, pixels, QUICK) for _ in range(2))
    assert torch.equal(first.latent, second.latent)
    assert (first.psnr, first.distance) == (second.psnr, second.distance)


def test_a_latent_of_w_plus_has_rows_of_its_own(generator, pixels):
    settings = InversionSettings(ProjectionSettings(steps=5, samples=50, rate=0.1, is_per_row=True), None)
    rows = invert(generator, pixels, settings).latent[0]
    assert not torch.equal(rows[0], rows[5])


def test_a_search_begins_where_it_is_told_to(generator, pixels):
    start = torch.randn(1, 8, 16)
    settings = InversionSettings(ProjectionSettings(steps=1, samples=50, is_per_row=True), None)
    assert torch.equal(invert(generator, pixels, settings, start=start).latent, start)  # the first rate is 0


@pytest.mark.parametrize(("stop", "stage"), [(4, "PROJECTING"), (33, "TUNING")])
def test_stopping_keeps_what_was_found(generator, pixels, stop, stage):
    seen = []

    def on_step(progress):
        seen.append(progress)
        return len(seen) < stop

    found = invert(generator, pixels, QUICK, on_step=on_step)
    assert not found.is_whole and len(seen) == stop and seen[-1].stage == stage
    assert (found.generator is generator) == (stage == "PROJECTING")
    assert seen[-1].look().shape == (32, 32, 3)
    assert np.isfinite(found.psnr)


def test_tuning_ends_at_the_wanted_distance(generator, pixels):
    near = InversionSettings(QUICK.projection, TuningSettings(steps=30, stop_at=1e9))
    assert not [
        name
        for name, tensor in invert(generator, pixels, near).generator.state_dict().items()
        if not torch.equal(tensor, generator.state_dict()[name])
    ]


def test_locality_keeps_the_network_nearer_to_what_it_was(generator, pixels):
    changes = []
    for locality in (0.0, 10.0):
        tuning = TuningSettings(steps=15, rate=3e-3, stop_at=0, locality=locality, locality_distance=3.0)
        tuned = invert(generator, pixels, InversionSettings(QUICK.projection, tuning)).generator
        ws = generator.mapping(torch.randn(8, 16, generator=torch.Generator().manual_seed(4)), psi=0.5)
        changes.append(float((tuned.synthesis(ws, "none") - generator.synthesis(ws, "none")).square().mean()))
    assert changes[1] < changes[0]


def test_an_inversion_is_found_again_on_disk(generator, pixels, tmp_path):
    found = invert(generator, pixels, QUICK)
    write_inversion(tmp_path / "x.safetensors", found, generator, "ab" * 32)
    again = open_inversion(tmp_path / "x.safetensors", generator, "ab" * 32)
    assert torch.equal(again.latent, found.latent)
    assert (again.psnr, again.distance, again.is_whole) == (found.psnr, found.distance, True)
    pictures = [entry.generator.synthesis(entry.latent) for entry in (found, again)]
    assert (pictures[0] - pictures[1]).abs().max() < 2e-3
    untuned = invert(generator, pixels, InversionSettings(QUICK.projection, None))
    write_inversion(tmp_path / "y.safetensors", untuned, generator, "ab" * 32)
    assert open_inversion(tmp_path / "y.safetensors", generator, "ab" * 32).generator is generator


def test_an_inversion_of_another_network_is_refused(generator, pixels, tmp_path):
    write_inversion(tmp_path / "x.safetensors", invert(generator, pixels, QUICK), generator, "ab" * 32)
    with pytest.raises(InputError, match="another network"):
        open_inversion(tmp_path / "x.safetensors", generator, "cd" * 32)
    with pytest.raises(InputError, match="of the size"):
        larger = Generator(GeneratorShape(MappingShape(16, 16, 10), (12,) * 5))
        open_inversion(tmp_path / "x.safetensors", larger, "ab" * 32)
    (tmp_path / "z.safetensors").write_bytes(b"hello")
    with pytest.raises(InputError):
        open_inversion(tmp_path / "z.safetensors", generator, "ab" * 32)


def test_an_inversion_is_known_by_picture_network_and_settings(pixels):
    other = pixels.copy()
    other[0, 0, 0] ^= 1
    keys = {
        inversion_key(pixels, "a", QUICK, "m"), inversion_key(other, "a", QUICK, "m"),
        inversion_key(pixels, "b", QUICK, "m"), inversion_key(pixels, "a", QUICK, "n"),
        inversion_key(pixels, "a", InversionSettings(), "m"),
    }  # fmt: skip
    assert len(keys) == 5 and inversion_key(pixels, "a", QUICK, "m") in keys


@pytest.mark.parametrize("is_split", [False, True])
def test_lpips_judges_where_its_weights_are_given(tmp_path, generator, pixels, is_split):
    network = LPIPS("alex")
    own = network.state_dict()
    lins = {f"lin{i}.model.1.weight": own[f"weights.{i}"][None, :, None, None] for i in range(5)}
    backbone = {name: tensor for name, tensor in own.items() if name.startswith("features.")}
    torch.save(lins if is_split else {**lins, **backbone}, tmp_path / "alex.pth")
    if is_split:
        with pytest.raises(InputError, match="alexnet or vgg16"):
            open_perceptual(str(tmp_path / "alex.pth"))
        torch.save(backbone, tmp_path / "alexnet-owt.pth")
    perceptual = open_perceptual(str(tmp_path / "alex.pth"))
    settings = InversionSettings(ProjectionSettings(steps=2), TuningSettings(steps=1, stop_at=0.0))
    found = invert(generator, pixels, settings, perceptual)
    assert found.perceptual == "LPIPS alex" and found.distance > 0
    assert open_perceptual("").name == "multi-scale"


@pytest.mark.parametrize("size", [(40, 60, 3), (60, 40, 4), (32, 32, 3), (7, 300, 3)])
def test_pictures_of_any_size_are_fitted_around_their_middle(size):
    pixels = np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8)
    assert to_tensor(pixels, make()).shape == (1, 3, 32, 32)
    assert to_tensor(pixels, make(is_narrow=True)).shape == (1, 3, 32, 16)
    gray = to_tensor(pixels, make(img_channels=1))
    assert gray.shape == (1, 1, 32, 32) and to_pixels(gray).shape == (32, 32, 3)


def test_pixels_survive_the_way_to_the_network_and_back(generator):
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    difference = np.abs(to_pixels(to_tensor(pixels, generator)).astype(int) - pixels)
    assert difference.max() <= 1


def test_the_stand_in_distance_grows_with_blur_shift_and_noise():
    torch.manual_seed(0)
    measure = MultiScale()
    picture = torch.nn.functional.interpolate(torch.randn(1, 3, 16, 16), 64, mode="bicubic")
    base = measure.features(picture)
    assert float(measure.distance(base, base)) == 0
    near = measure.distance(base, measure.features(picture + 0.02 * torch.randn_like(picture)))
    far = measure.distance(base, measure.features(picture + 0.2 * torch.randn_like(picture)))
    shifted = measure.distance(base, measure.features(picture.roll(4, 3)))
    assert 0 < near < far and shifted > near


def test_large_pictures_are_compared_small():
    assert shrink(torch.zeros(1, 3, 1024, 512)).shape == (1, 3, 256, 128)
    small = torch.zeros(1, 3, 200, 100)
    assert shrink(small) is small


def test_roughness_tells_structure_from_noise():
    torch.manual_seed(0)
    y = torch.arange(64.0)
    stripes = torch.sin(y / 5)[:, None].expand(64, 64) * 1.41
    assert roughness(stripes) > 100 * roughness(torch.randn(64, 64))
