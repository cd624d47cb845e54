# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain networks against recordings of the published program."""

import pytest
import torch
from pastiche.vendor.fomm.antialias import AntiAliasedDownscale
from pastiche.vendor.fomm.dense_motion import heatmap_difference, sparse_motions
from pastiche.vendor.fomm.grids import coordinate_grid, expected_position, gaussian_heatmaps
from pastiche.vendor.fomm.keypoint_detector import Keypoints
from pastiche.vendor.fomm.keypoint_motion import hull_area, movement_scale, transfer

# case -> what is recorded of its generator: the three ways of motion, and `rel` once more with aligned corners
RECORDED = {
    "base64": ("abs", "rel", "rel_scale", "rel.align1"),
    "rect": ("abs", "rel_scale"),
    "nojac": ("abs", "rel", "rel_scale"),
    "noocc": ("rel",),
    "singlejac": ("abs", "rel"),
    "half_pad3": ("rel",),
    "scale1": ("abs",),
    "full256": ("abs", "rel", "rel_scale", "rel.align1"),
}
CASES = tuple(RECORDED)
MODES = {
    "abs": {"relative_movement": False},
    "rel": {},
    "rel_scale": {"adapt_movement_scale": True},
}


@pytest.mark.parametrize("name", CASES)
def test_the_detector_finds_the_recorded_keypoints(load_case, name):
    case = load_case(name)
    detector, _ = case.networks()
    image = torch.cat((case.image("source_u8"), case.image("driving_u8")))
    small = detector.down(image) if detector.configuration.scale_factor != 1 else image
    case.check("kp_detector_input", small)
    logits = detector.kp(detector.predictor(small))
    case.check("kp_logits", logits)
    case.check("kp_heatmap", detector.heatmaps(logits))
    keypoints = detector(image)
    for part, found in (("source", keypoints.frames(0)), ("driving", keypoints.frames(slice(1, None)))):
        case.check(f"kp_{part}.value", found.value)
        if found.jacobian is not None:
            case.check(f"kp_{part}.jacobian", found.jacobian)
    assert (keypoints.jacobian is None) == (name == "nojac")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", CASES)
def test_keypoints_travel_to_the_source_as_recorded(load_case, name, mode):
    case = load_case(name)
    driving = case.keypoints("kp_driving")
    moved = transfer(case.keypoints("kp_source"), driving, driving.frames(0), **MODES[mode])
    case.check(f"{mode}.kp_norm.value", moved.value)
    if moved.jacobian is not None:
        case.check(f"{mode}.kp_norm.jacobian", moved.jacobian)


@pytest.mark.parametrize(
    ("name", "prefix"), [(name, prefix) for name, prefixes in RECORDED.items() for prefix in prefixes]
)
def test_the_generator_paints_the_recorded_pictures(load_case, name, prefix):
    case = load_case(name)
    mode, _, corners = prefix.partition(".")
    frames = case.facts["align1_frames" if corners else "frames"][mode]
    _, generator = case.networks(align_corners=bool(corners))
    source, kp_source = case.image("source_u8"), case.keypoints("kp_source")
    moved = case.keypoints(f"{mode}.kp_norm").frames(torch.tensor(frames))

    results = [generator(source, moved.frames(i), kp_source) for i in range(len(frames))]

    features = generator.encode(source)
    case.check("source_features", features)
    motions = [result.motion for result in results]
    case.check(f"{prefix}.prediction", torch.cat([result.prediction for result in results]))
    case.check(f"{prefix}.deformed", torch.cat([result.deformed for result in results]))
    case.check(f"{prefix}.warped_features", torch.cat([generator.warp(features, m.deformation) for m in motions]))
    for part in ("sparse_deformed", "mask", "deformation", "occlusion_map"):
        values = [getattr(motion, part) for motion in motions]
        if values[0] is not None:
            case.check(f"{prefix}.{part}", torch.cat(values))
    if name != "scale1":
        case.check("dense_motion_source", generator.dense_motion_network.down(source))
    assert (motions[0].occlusion_map is None) == (name == "noocc")


@pytest.mark.parametrize("mode", MODES)
def test_heatmaps_and_sparse_motions_are_the_recorded_ones(load_case, mode):
    case = load_case("base64")
    moved, source = case.keypoints(f"{mode}.kp_norm"), case.keypoints("kp_source")
    source = Keypoints(*(part.expand(3, *part.shape[1:]) for part in source))
    case.check(f"{mode}.heatmap_representation", heatmap_difference(moved, source, 16, 16, 0.01))
    case.check(f"{mode}.sparse_motion", sparse_motions(moved, source, 16, 16))


def test_primitives_are_the_recorded_ones(recorded):
    arrays = recorded("primitives")
    for name, (height, width) in {"grid_3x5": (3, 5), "grid_4x4": (4, 4), "grid_7x6": (7, 6)}.items():
        torch.testing.assert_close(coordinate_grid(height, width, arrays[name]), arrays[name], rtol=0, atol=1e-6)
    for variance in ("0.01", "0.1"):
        found = gaussian_heatmaps(arrays["gauss_kp"], 5, 7, float(variance))
        torch.testing.assert_close(found, arrays[f"gauss_5x7_var{variance}"], rtol=0, atol=1e-5)
    found = expected_position(arrays["softargmax_heatmap"])
    torch.testing.assert_close(found, arrays["softargmax_value"], rtol=0, atol=1e-6)


@pytest.mark.parametrize("picture", ["even", "odd", "gray"])
@pytest.mark.parametrize("scale", [0.5, 0.25, 0.125])
def test_downscale_is_the_recorded_one(recorded, picture, scale):
    arrays = recorded("antialias")
    image = arrays[f"{picture}.input"]
    down = AntiAliasedDownscale(image.shape[1], scale)
    torch.testing.assert_close(down.weight, arrays[f"{picture}.scale_{scale}.weight"], rtol=0, atol=1e-7)
    torch.testing.assert_close(down(image), arrays[f"{picture}.scale_{scale}.output"], rtol=0, atol=1e-6)


@pytest.mark.parametrize("scale", [0, 1])
@pytest.mark.parametrize("movement", [0, 1])
@pytest.mark.parametrize("jacobian", [0, 1])
def test_every_way_of_transfer_is_the_recorded_one(recorded, scale, movement, jacobian):
    arrays = recorded("normalize_kp")
    source, driving = (Keypoints(arrays[f"{who}.value"], arrays[f"{who}.jacobian"]) for who in ("source", "driving"))
    moved = transfer(
        source,
        driving,
        driving.frames(0),
        relative_movement=bool(movement),
        relative_jacobian=bool(jacobian),
        adapt_movement_scale=bool(scale),
    )
    prefix = f"scale{scale}_rel{movement}_jac{jacobian}"
    torch.testing.assert_close(moved.value, arrays[f"{prefix}.value"], rtol=0, atol=1e-6)
    torch.testing.assert_close(moved.jacobian, arrays[f"{prefix}.jacobian"], rtol=0, atol=1e-5)


def test_movement_scale_is_the_recorded_one(recorded):
    arrays = recorded("normalize_kp")
    source, initial = Keypoints(arrays["source.value"]), Keypoints(arrays["driving.value"][:1])
    assert hull_area(source.value[0]) == pytest.approx(arrays["area_source"].item(), abs=1e-12)
    assert hull_area(initial.value[0]) == pytest.approx(arrays["area_initial"].item(), abs=1e-12)
    assert movement_scale(source, initial) == pytest.approx(arrays["movement_scale"].item(), abs=1e-12)
