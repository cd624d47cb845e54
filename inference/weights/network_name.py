# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network's file name says, which is a label only: what the network is, its contents tell."""

import re
from dataclasses import dataclass
from pathlib import Path

from .found_network import FoundNetwork
from .network_shape import family_of

_NAME = re.compile(
    r"(?P<family>stylegan2|stylegan[-_]human|stylegan3(?:-[tr])?)[-_](?P<name>.+?)(?:-(?P<size>\d+x\d+))?"
)


@dataclass(frozen=True)
class NetworkName:
    """The parts of `<model_type>-<name>-<512x512>.pkl`; "" where the name does not say."""

    family: str
    name: str
    size: str


def parse_name(path: Path) -> NetworkName:
    """The parts of a file's name. What does not follow the rule is all name."""
    stem = Path(path).stem
    match = _NAME.fullmatch(stem)
    if not match:
        return NetworkName("", stem, "")
    return NetworkName(match["family"].replace("_", "-"), match["name"], match["size"] or "")


def disagreements(path: Path, found: FoundNetwork) -> list[str]:
    """Where name and contents differ, as sentences for the artist. The contents count."""
    file, name, shape = Path(path).name, parse_name(path), found.shape
    family = family_of(shape)
    sentences = []
    if name.family and not family.startswith(name.family) or (name.family, family) == ("stylegan2", "stylegan-human"):
        sentences.append(f"{file} is called {name.family} and holds a {family}.")
    if name.size and name.size not in (f"{shape.width}x{shape.resolution}", f"{shape.resolution}x{shape.width}"):
        sentences.append(f"{file} is called {name.size} and makes {shape.width}x{shape.resolution} pictures.")
    return sentences
