# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tensors that follow from a weight alone, made once instead of at every call while the weight stays what it is."""

from collections.abc import Callable

import torch
from torch import Tensor


class Kept:
    """What was made of one weight, by name. While the weight learns, everything is made anew."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple, Tensor, Tensor]] = {}

    def of(self, weight: Tensor, name: str, make: Callable[[], Tensor]) -> Tensor:
        """What `make` makes of the weight, which may have changed since, in place or by another one."""
        is_learning = torch.is_grad_enabled() and weight.requires_grad
        if is_learning or weight.is_inference():  # the latter do not tell their changes
            return make()
        stamp = (weight._version, weight.data_ptr(), weight.dtype, weight.device)
        known = self._made.get(name)
        if known is None or known[0] != stamp or known[1] is not weight:
            with torch.inference_mode(False), torch.no_grad():  # fit for a gradient that passes by
                known = self._made[name] = (stamp, weight, make())
        return known[2]

    def __deepcopy__(self, memo: dict) -> "Kept":
        """Nothing yet: a copied network has weights of its own."""
        return Kept()
