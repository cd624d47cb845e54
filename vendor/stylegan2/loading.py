# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network filled from a state dictionary, strictly, without drawing random weights first."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


def filled(build: Callable[[], Network], state: Mapping[str, Tensor]) -> Network:
    """The network that `build` makes, in evaluation mode, with the tensors of `state`; floats become float32.

    Tensors of `state` that need no conversion are shared, not copied. Raises ValueError naming keys that are missing,
    unknown or of another shape.
    """
    with torch.device("meta"):
        network = build()
    try:
        network.load_state_dict({key: _ready(value) for key, value in state.items()}, strict=True, assign=True)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    for module in network.modules():
        if hasattr(module, "lay_out"):
            module.lay_out()
    return network.eval()


def _ready(value: Tensor) -> Tensor:
    """Floats as float32, convolution weights in channels-last layout: what the convolutions would otherwise redo."""
    value = value.float() if value.is_floating_point() else value
    if value.dim() < 4 or value.shape[-1] == 1:
        return value
    planes = value.flatten(0, value.dim() - 4).contiguous(memory_format=torch.channels_last)
    return planes.unflatten(0, value.shape[:-3])
