# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Features of AlexNet or VGG-16 at five depths, weighed channel by channel (section 3, equation 1)."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)  # RGB of -1..1 to what the backbones were trained on
# channels, kernel, stride, margin of each convolution; None: a halving, "tap": features are taken here
ALEXNET = (
    (64, 11, 4, 2), "tap", None, (192, 5, 1, 2), "tap", None,
    (384, 3, 1, 1), "tap", (256, 3, 1, 1), "tap", (256, 3, 1, 1), "tap",
)  # fmt: skip
VGG16 = (
    (64, 3, 1, 1), (64, 3, 1, 1), "tap", None, (128, 3, 1, 1), (128, 3, 1, 1), "tap", None,
    (256, 3, 1, 1), (256, 3, 1, 1), (256, 3, 1, 1), "tap", None,
    (512, 3, 1, 1), (512, 3, 1, 1), (512, 3, 1, 1), "tap", None,
    (512, 3, 1, 1), (512, 3, 1, 1), (512, 3, 1, 1), "tap",
)  # fmt: skip
BACKBONES = {"alex": ALEXNET, "vgg": VGG16}
HALVING = {"alex": 3, "vgg": 2}  # pixels over which the largest is taken
LEAST_SIDE = {"alex": 31, "vgg": 16}  # pixels a picture must have


class LPIPS(nn.Module):
    """`name`: "alex" or "vgg"."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.features = nn.Sequential()  # indices are torchvision's names: features.0.weight ...
        self.weights = nn.ParameterList()
        self.taps: list[int] = []
        channels = 3
        for entry in BACKBONES[name]:
            if entry is None:
                self.features.append(nn.MaxPool2d(HALVING[name], 2))
            elif entry == "tap":
                self.taps.append(len(self.features) - 1)
                self.weights.append(nn.Parameter(torch.ones(channels)))
            else:
                width, kernel, stride, margin = entry
                self.features.append(nn.Conv2d(channels, width, kernel, stride, margin))
                self.features.append(nn.ReLU())
                channels = width
        self.register_buffer("shift", torch.tensor(SHIFT)[:, None, None])
        self.register_buffer("scale", torch.tensor(SCALE)[:, None, None])

    def forward(self, picture: Tensor) -> list[Tensor]:
        """(N, 3, H, W), RGB -1..1 -> weighed features (N, C, h, w), fine to coarse.

        The distance of two pictures is the sum over depths of the squared differences, their mean over positions.
        """
        x, found = (picture - self.shift) / self.scale, []
        for index, layer in enumerate(self.features[: self.taps[-1] + 1]):
            x = layer(x)
            if index in self.taps:
                unit = x / (x.square().sum(1, keepdim=True).sqrt() + 1e-10)
                found.append(unit * self.weights[len(found)].clamp(min=0).sqrt()[:, None, None])
        return found


def distance(a: list[Tensor], b: list[Tensor]) -> Tensor:
    """LPIPS between features of pictures: (N,)."""
    return torch.stack([(x - y).square().sum(1).mean((1, 2)) for x, y in zip(a, b, strict=True)]).sum(0)


def build_lpips(state: Mapping[str, Tensor]) -> LPIPS:
    """The network with these tensors, frozen.

    state: by the names of the authors' whole network ("net.slice1.0.weight", "lin0.model.1.weight", ...), or their
    channel weights together with a backbone by torchvision's names ("features.0.weight", ...). Others are left out.
    Raises ValueError when they are not those of an LPIPS.
    """
    renamed = {_own_name(name): tensor for name, tensor in state.items()}
    first = renamed.get("features.0.weight")
    if first is None or first.ndim != 4:
        raise ValueError("no LPIPS: there is no first convolution")
    network = LPIPS("alex" if first.shape[2] == 11 else "vgg")
    own = network.state_dict()
    given = {name: tensor.flatten() if name.startswith("weights.") else tensor for name, tensor in renamed.items()}
    try:
        given = {name: given[name] for name in own if name in given or name not in ("shift", "scale")}
        shapes = {name: tensor.reshape(own[name].shape) for name, tensor in given.items()}
        network.load_state_dict({**own, **shapes}, strict=True)
    except KeyError as error:
        raise ValueError(f"no LPIPS: {error} is missing") from error
    except RuntimeError as error:
        raise ValueError(f"no LPIPS: {error}") from error
    return network.eval().requires_grad_(False)


def _own_name(name: str) -> str:
    parts = name.split(".")
    if parts[:1] == ["net"] and len(parts) == 4:  # net.slice2.3.weight: the index counts through all slices
        return f"features.{parts[2]}.{parts[3]}"
    if parts[0][:3] == "lin" and parts[0][3:].isdigit() and parts[1:] == ["model", "1", "weight"]:
        return f"weights.{parts[0][3:]}"
    return name.removeprefix("scaling_layer.")
