# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published variants as data: sizes of the networks and how each was trained.

All eight share one architecture; for rendering only mgif differs (one Jacobian map for all keypoints). Field names are
those of the authors' configuration files, so that `Configuration.from_parameters` reads a retrained model's too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

AS_TRAINED = True
"""`align_corners` as the released weights know it: PyTorch before 1.3 sampled so, and they were trained with 1.0."""

AS_SHIPPED_TODAY = False
"""`align_corners` as the authors' program runs on any current PyTorch: up to half a feature pixel off at the border."""


@dataclass(frozen=True)
class DetectorConfiguration:
    """`KeypointDetector`. scale_factor: how much smaller than the picture it looks.   pad: of the 7 x 7 heads."""

    num_kp: int = 10
    num_channels: int = 3
    estimate_jacobian: bool = True
    temperature: float = 0.1
    block_expansion: int = 32
    max_features: int = 1024
    num_blocks: int = 5
    scale_factor: float = 0.25
    single_jacobian_map: bool = False
    pad: int = 0


@dataclass(frozen=True)
class MotionConfiguration:
    """`DenseMotionNetwork`. kp_variance: of the Gaussians it sees, in squared coordinates."""

    block_expansion: int = 64
    max_features: int = 1024
    num_blocks: int = 5
    scale_factor: float = 0.25
    estimate_occlusion_map: bool = True
    kp_variance: float = 0.01


@dataclass(frozen=True)
class GeneratorConfiguration:
    """`OcclusionAwareGenerator`. align_corners: AS_TRAINED or AS_SHIPPED_TODAY, for every sampling."""

    num_kp: int = 10
    num_channels: int = 3
    block_expansion: int = 64
    max_features: int = 512
    num_down_blocks: int = 2
    num_bottleneck_blocks: int = 6
    dense_motion: MotionConfiguration | None = MotionConfiguration()
    align_corners: bool = AS_TRAINED


@dataclass(frozen=True)
class DiscriminatorConfiguration:
    """`MultiScaleDiscriminator`. sn: spectral norm.   use_kp: it also sees where the driver's keypoints are."""

    num_kp: int = 10
    num_channels: int = 3
    scales: tuple[float, ...] = (1,)
    block_expansion: int = 32
    max_features: int = 512
    num_blocks: int = 4
    sn: bool = False
    use_kp: bool = False
    kp_variance: float = 0.01


@dataclass(frozen=True)
class Augmentation:
    """Applied alike to both frames. jitter: brightness, contrast, saturation, hue.   resize: range of factors."""

    jitter: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    resize: tuple[float, float] | None = None
    crop: int | None = None


@dataclass(frozen=True)
class Recipe:
    """How the authors trained a variant. milestones: epochs at which the learning rates drop to a tenth."""

    num_epochs: int = 100
    num_repeats: int = 75
    milestones: tuple[int, ...] = (60, 90)
    batch_size: int = 40
    gan_weight: float = 0.0
    lr: float = 2e-4
    lr_kp_detector: float = 2e-4
    augmentation: Augmentation = Augmentation()


@dataclass(frozen=True)
class Configuration:
    """One variant of the whole model."""

    detector: DetectorConfiguration = DetectorConfiguration()
    generator: GeneratorConfiguration = GeneratorConfiguration()
    discriminator: DiscriminatorConfiguration = DiscriminatorConfiguration()
    recipe: Recipe = Recipe()

    @staticmethod
    def from_parameters(model_params: Mapping[str, Any], align_corners: bool = AS_TRAINED) -> "Configuration":
        """Read the `model_params` of a configuration file (the recipe stays default). What it leaves out is off.

        Raises ValueError on a parameter nobody knows.
        """
        common = {"scale_factor": 1, "estimate_jacobian": False, **model_params["common_params"]}
        generator = dict(model_params["generator_params"])
        motion = generator.pop("dense_motion_params", None)
        if motion is not None:
            occlusion = generator.pop("estimate_occlusion_map", False)
            motion = {"scale_factor": 1, "estimate_occlusion_map": occlusion, **motion}
        return Configuration(
            _read(DetectorConfiguration, common, model_params["kp_detector_params"]),
            _read(
                GeneratorConfiguration,
                common,
                generator,
                dense_motion=None if motion is None else _read(MotionConfiguration, {}, motion),
                align_corners=align_corners,
            ),
            _read(DiscriminatorConfiguration, common, model_params.get("discriminator_params", {})),
        )


def _read(kind: type, common: Mapping[str, Any], parameters: Mapping[str, Any], **more: Any) -> Any:
    known = {field.name for field in fields(kind)}
    unknown = set(parameters) - known
    if unknown:
        raise ValueError(f"unknown parameters for {kind.__name__}: {', '.join(sorted(unknown))}")
    values = {name: value for name, value in common.items() if name in known} | dict(parameters) | more
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


SN = DiscriminatorConfiguration(sn=True)
PLAIN = DiscriminatorConfiguration()
CONDITIONED = DiscriminatorConfiguration(use_kp=True)
JITTER = Augmentation(jitter=(0.1, 0.1, 0.1, 0.1))

OFFICIAL: dict[str, Configuration] = {
    "vox-256": Configuration(discriminator=SN, recipe=Recipe(augmentation=JITTER)),
    "vox-adv-256": Configuration(
        discriminator=CONDITIONED,
        recipe=Recipe(num_epochs=150, milestones=(), batch_size=36, gan_weight=1, augmentation=JITTER),
    ),
    "taichi-256": Configuration(
        discriminator=PLAIN, recipe=Recipe(num_repeats=150, batch_size=30, augmentation=JITTER)
    ),
    "taichi-adv-256": Configuration(
        discriminator=CONDITIONED,
        recipe=Recipe(
            num_epochs=150,
            num_repeats=150,
            milestones=(),
            batch_size=27,
            gan_weight=1,
            lr_kp_detector=0,
            augmentation=JITTER,
        ),
    ),
    "fashion-256": Configuration(
        discriminator=PLAIN,
        recipe=Recipe(num_repeats=50, batch_size=27, gan_weight=1, augmentation=Augmentation(jitter=(0, 0, 0, 0.1))),
    ),
    "nemo-256": Configuration(discriminator=SN, recipe=Recipe(num_repeats=8, batch_size=36, gan_weight=1)),
    "mgif-256": Configuration(
        detector=replace(DetectorConfiguration(), single_jacobian_map=True),
        discriminator=SN,
        recipe=Recipe(
            num_repeats=25,
            batch_size=36,
            gan_weight=1,
            augmentation=Augmentation(jitter=(0, 0, 0, 0.5), resize=(0.9, 1.1), crop=256),
        ),
    ),
    "bair-256": Configuration(
        discriminator=SN,
        recipe=Recipe(
            num_epochs=20, num_repeats=1, milestones=(12, 18), batch_size=36, gan_weight=1, augmentation=JITTER
        ),
    ),
}
