# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set on the latent engine: the `settings` of a render request with engine 'latent'."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....bridge.errors import InputError
from ...settings import choice, read_settings

EXPRESSION = "drag:"


@dataclass(frozen=True)
class LatentSettings:
    """network: file of the network.   latent: file of the latent, or inversion, that the card shows at rest.

    device: AUTO takes the graphics card where there is one. Besides these, `drag:<name>` is the file of an expression.
    """

    network: str = ""
    latent: str = ""
    device: str = choice("AUTO", "CPU", "CUDA")

    @staticmethod
    def read(values: Mapping[str, Any]) -> "tuple[LatentSettings, dict[str, str]]":
        """Settings from plain data, and expressions: name -> file.

        Raises InputError for an unknown name, a wrong type, and when network or latent is missing.
        """
        own = {name: value for name, value in values.items() if not name.startswith(EXPRESSION)}
        settings = read_settings(LatentSettings, own, "the latent engine")
        for name in ("network", "latent"):
            if not getattr(settings, name):
                raise InputError(f"The latent engine needs a {name}, and none is chosen.", f"Choose its {name}.")
        files = {name.removeprefix(EXPRESSION): values[name] for name in values.keys() - own.keys()}
        for name, path in files.items():
            if type(path) is not str or not path:
                raise InputError(f"The expression {name[:40]!r} has no file.", "Keep the expression again.")
        return settings, files
