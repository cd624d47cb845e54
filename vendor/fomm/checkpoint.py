# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From state dicts to networks: strict, and able to read a model's sizes off its tensors.

Reading files is somebody else's work; what comes in here is a plain mapping of names to tensors.
"""

from collections.abc import Mapping

from torch import Tensor

from .configurations import (
    AS_TRAINED,
    Configuration,
    DetectorConfiguration,
    GeneratorConfiguration,
    MotionConfiguration,
)
from .generator import OcclusionAwareGenerator
from .keypoint_detector import KeypointDetector

State = Mapping[str, Tensor]


def build_networks(
    kp_detector: State,
    generator: State,
    configuration: Configuration | None = None,
    align_corners: bool = AS_TRAINED,
) -> tuple[KeypointDetector, OcclusionAwareGenerator]:
    """The two networks of inference with these weights, in evaluation mode. Without a configuration, the tensors tell.

    align_corners: what the tensors do not tell, see configurations.py; a configuration has its own.
    Raises ValueError when the tensors are not those of such a model, or not those of the given configuration.
    """
    kp_detector, generator = bare_names(kp_detector), bare_names(generator)
    if configuration is None:
        try:
            configuration = infer_configuration(kp_detector, generator, align_corners)
        except (KeyError, IndexError, AttributeError) as error:
            raise ValueError(f"not a first order motion model: {error} is missing") from error
    networks = KeypointDetector(configuration.detector), OcclusionAwareGenerator(configuration.generator)
    for network, state in zip(networks, (kp_detector, generator), strict=True):
        try:
            network.load_state_dict(dict(state), strict=True)
        except RuntimeError as error:
            raise ValueError(f"the weights do not fit: {error}") from error
        network.eval().requires_grad_(False)
    return networks


def bare_names(state: State) -> State:
    """Drop the prefix that data-parallel training leaves on every name."""
    prefix = "module."
    return {name.removeprefix(prefix): tensor for name, tensor in state.items()}


def infer_configuration(kp_detector: State, generator: State, align_corners: bool = AS_TRAINED) -> Configuration:
    """What the tensors' shapes say; temperature, padding and variance are not in them and stay at their defaults."""
    num_kp = kp_detector["kp.weight"].shape[0]
    num_channels = generator["first.conv.weight"].shape[1]
    has_jacobian = "jacobian.weight" in kp_detector
    detector = DetectorConfiguration(
        num_kp=num_kp,
        num_channels=num_channels,
        estimate_jacobian=has_jacobian,
        single_jacobian_map=has_jacobian and num_kp > 1 and kp_detector["jacobian.weight"].shape[0] == 4,
        scale_factor=_scale(kp_detector, ""),
        **_hourglass(kp_detector, "predictor."),
    )
    name = "dense_motion_network."
    motion = None
    if name + "mask.weight" in generator:
        motion = MotionConfiguration(
            scale_factor=_scale(generator, name),
            estimate_occlusion_map=name + "occlusion.weight" in generator,
            **_hourglass(generator, name + "hourglass."),
        )
    downs = _count(generator, "down_blocks.")
    return Configuration(
        detector,
        GeneratorConfiguration(
            num_kp=num_kp,
            num_channels=num_channels,
            block_expansion=generator["first.conv.weight"].shape[0],
            max_features=generator["bottleneck.r0.conv1.weight"].shape[0],
            num_down_blocks=downs,
            num_bottleneck_blocks=_count(generator, "bottleneck.r"),
            dense_motion=motion,
            align_corners=align_corners,
        ),
    )


def _hourglass(state: State, prefix: str) -> dict[str, int]:
    count = _count(state, prefix + "encoder.down_blocks.")
    return {
        "block_expansion": state[f"{prefix}decoder.up_blocks.{count - 1}.conv.weight"].shape[0],
        "max_features": state[f"{prefix}encoder.down_blocks.{count - 1}.conv.weight"].shape[0],
        "num_blocks": count,
    }


def _scale(state: State, prefix: str) -> float:
    """The factor whose blur is as wide as the stored one: 5, 13, 29 pixels for 1/2, 1/4, 1/8."""
    kernel = state.get(prefix + "down.weight")
    return 1 if kernel is None else 1 / ((kernel.shape[-1] - 1) / 4 + 1)


def _count(state: State, prefix: str) -> int:
    return len({name.removeprefix(prefix).split(".")[0] for name in state if name.startswith(prefix)})
