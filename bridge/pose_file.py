# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pose: what a face does, as a small JSON file that artists make, share and read (docs/poses.md).

    {"pastiche": "pose", "version": 1, "name": "Joy", "keys": [{"seconds": 0.0, "channels": {"mouthSmileLeft": 1.2}}]}

A channel of its groups that a key does not name is at rest there. Files come from strangers: what is read is checked.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from .channels import CHANNELS, EXPRESSIONS, GROUPS
from .errors import InputError
from .plain_data import from_plain, to_plain
from .whole_file import write_whole

SUFFIX = ".pose"
VERSION = 1
MAX_BYTES = 1 << 20
MAX_KEYS = 10_000
LONGEST = 3600.0  # seconds
EXPRESSION_GROUPS = tuple(dict.fromkeys(channel.group for channel in EXPRESSIONS))
_REMEDY = "Choose another pose file, or save the pose again."


@dataclass(frozen=True)
class PoseKey:
    """What is reached at a moment. channels: name -> value, in the channel's own unit."""

    seconds: float
    channels: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Pose:
    """name: as shown.   keys: one for a still pose, more for one that moves, in order of time, the first at 0.

    groups: the groups of channels it takes hold of, besides those it names; the others are left alone.
    ease_in, ease_out: seconds into the first key and out of the last.
    loops: plays its keys again and again for as long as it is held.
    """

    name: str
    keys: list[PoseKey]
    description: str = ""
    groups: list[str] = field(default_factory=lambda: list(EXPRESSION_GROUPS))
    ease_in: float = 0.25
    ease_out: float = 0.35
    loops: bool = False

    @property
    def seconds(self) -> float:
        """From the first key to the last."""
        return self.keys[-1].seconds

    def owned(self) -> list[str]:
        """The channels it takes hold of, in the order of the table."""
        named = {name for key in self.keys for name in key.channels}
        return [channel.name for channel in CHANNELS.values() if channel.group in self.groups or channel.name in named]


def read_pose(path: Path) -> Pose:
    """The pose in a file. Raises InputError when it is missing, damaged or of another version."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}).", "Choose another pose file.") from error
    try:
        if len(data) > MAX_BYTES:
            raise ValueError("it is too large")
        return _checked(json.loads(data.decode("utf-8")))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is no sound pose: {str(error)[:200]}.", _REMEDY) from error


def write_pose(path: Path, pose: Pose) -> None:
    """Write a pose. Raises StorageError."""
    table = {"pastiche": "pose", "version": VERSION, **to_plain(pose)}
    write_whole(path, json.dumps(table, indent=1, ensure_ascii=False).encode("utf-8") + b"\n")


def _checked(table: object) -> Pose:
    if not isinstance(table, dict) or table.pop("pastiche", None) != "pose":
        raise ValueError("it is not marked as one")
    if table.pop("version", None) != VERSION:
        raise ValueError("it is of another version")
    pose: Pose = from_plain(Pose, table, "pose")
    times = [key.seconds for key in pose.keys]
    if not times or times[0] != 0 or times != sorted(set(times)) or times[-1] > LONGEST or len(times) > MAX_KEYS:
        raise ValueError("its keys do not begin at 0 and follow each other within an hour")
    if not 0 <= pose.ease_in <= LONGEST or not 0 <= pose.ease_out <= LONGEST:
        raise ValueError("its ease is no time")
    unknown = sorted({name for key in pose.keys for name in key.channels} - set(CHANNELS))
    unknown += sorted(set(pose.groups) - set(GROUPS))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no channel or group")
    if pose.loops and len(times) < 2:
        raise ValueError("a single key cannot loop")
    return pose
