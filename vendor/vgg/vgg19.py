# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The convolutional part of VGG-19 (configuration E of the paper), with its features on the way by name."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

WIDTHS = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))  # channels and convolutions of each block
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's RGB, which the weights expect


class VGG19(nn.Module):
    """Pictures -> rectified features. `relu3_1` is the first of block 3."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential()  # indices are the checkpoint's names: features.0.weight ...
        self.places: dict[str, int] = {}
        channels = 3
        for block, (width, count) in enumerate(WIDTHS, 1):
            for number in range(1, count + 1):
                self.features.append(nn.Conv2d(channels, width, 3, padding=1))
                self.features.append(nn.ReLU())
                self.places[f"relu{block}_{number}"] = len(self.features) - 1
                channels = width
            self.features.append(nn.MaxPool2d(2))
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None], persistent=False)

    def forward(self, image: Tensor, names: Iterable[str]) -> dict[str, Tensor]:
        """image: (N, 3, H, W), RGB 0..1, at least 16 pixels a side for block 5. Features by name, in network order."""
        wanted = {self.places[name]: name for name in names}
        x, found = (image - self.mean) / self.deviation, {}
        for index in range(max(wanted) + 1):
            x = self.features[index](x)
            if index in wanted:
                found[wanted[index]] = x
        return found


def build_vgg19(state: Mapping[str, Tensor]) -> VGG19:
    """The network with these weights, frozen. What a whole checkpoint also holds (the classifier) is left out.

    Raises ValueError when the tensors are not those of a VGG-19.
    """
    network = VGG19()
    try:
        network.load_state_dict({name: state[name] for name in network.state_dict()}, strict=True)
    except KeyError as error:
        raise ValueError(f"not a VGG-19: {error} is missing") from error
    except RuntimeError as error:
        raise ValueError(f"not a VGG-19: {error}") from error
    return network.eval().requires_grad_(False)
