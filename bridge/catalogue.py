# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which engines exist, as data that panels, the command line and the worker read. Not for: how an engine works."""

from dataclasses import dataclass

BASE_NEEDS = ("numpy", "cv2", "av", "PIL")  # modules that every job but `dummy` imports


DEVICES = ("AUTO", "CPU", "CUDA")  # AUTO: the graphics card where there is one


@dataclass(frozen=True)
class Engine:
    """What can be known of an engine without loading it.

    needs: modules it imports beyond BASE_NEEDS.   has_device: whether it takes the setting `device`, one of DEVICES.
    """

    name: str
    label: str
    description: str
    needs: tuple[str, ...] = ()
    has_device: bool = False


ENGINES: dict[str, Engine] = {
    engine.name: engine
    for engine in (
        Engine(
            "mesh",
            "Mesh",
            "Warps the picture itself with a face mesh: full resolution and identity, no downloads, no graphics card",
        ),
        Engine(
            "fomm",
            "First Order Motion",
            "Moves the picture by learned keypoints of the footage and invents what a turn uncovers; needs its weights",
            needs=("torch",),
            has_device=True,
        ),
    )
}
