# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Linear layers with equalized learning rate (Karras et al. 2018), and the activations with their gains."""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ACTIVATIONS: dict[str, tuple[Callable[[Tensor], Tensor], float]] = {  # function, gain that keeps the variance
    "linear": (lambda x: x, 1.0),
    "lrelu": (lambda x: F.leaky_relu(x, 0.2), math.sqrt(2.0)),
    "relu": (F.relu, math.sqrt(2.0)),
    "swish": (F.silu, math.sqrt(2.0)),
    "tanh": (torch.tanh, 1.0),
    "sigmoid": (torch.sigmoid, 1.0),
    "elu": (F.elu, 1.0),
    "selu": (F.selu, 1.0),
    "softplus": (F.softplus, 1.0),
}


def activate(x: Tensor, activation: str, gain: float = 1.0, clamp: float | None = None) -> Tensor:
    """The activation times its own gain times `gain`, held within +-`clamp` * `gain`. Any shape."""
    function, own_gain = ACTIVATIONS[activation]
    y = function(x)
    if own_gain * gain != 1:
        y = y * (own_gain * gain)
    return y if clamp is None else y.clamp(-clamp * gain, clamp * gain)


class FullyConnectedLayer(nn.Module):
    """A linear layer; its weights are stored at unit variance and scaled when used.

    `rate`: learning rate multiplier.
    """

    def __init__(
        self, inputs: int, outputs: int, activation: str = "linear", rate: float = 1.0, bias: float = 0.0
    ) -> None:
        super().__init__()
        self.activation, self.rate = activation, rate
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), float(bias)))

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs) -> (B, outputs), float32."""
        weight = self.weight.float() * (self.rate / math.sqrt(self.weight.shape[1]))
        return activate(F.linear(x.float(), weight, self.bias.float() * self.rate), self.activation)
