# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cameras there are, without opening any: where the system does not say, they are numbered."""

from pathlib import Path

UNNAMED = 4  # numbers that are offered where the system gives no names
_LINUX = Path("/sys/class/video4linux")


def cameras(folder: Path = _LINUX) -> list[tuple[int, str]]:
    """(number, name) of each camera, as OpenCV counts them. folder: where Linux lists them."""
    if not folder.is_dir():
        return [(number, f"Camera {number + 1}") for number in range(UNNAMED)]
    found = []
    for device in folder.iterdir():
        number = device.name.removeprefix("video")
        if number.isdecimal() and _is_first_of_its_device(device):
            found.append((int(number), _name(device) or f"Camera {int(number) + 1}"))
    return sorted(found)


def _is_first_of_its_device(device: Path) -> bool:
    """A camera has more nodes than one; those after the first carry no pictures."""
    try:
        return (device / "index").read_text().strip() in ("", "0")
    except OSError:
        return True


def _name(device: Path) -> str:
    try:
        return (device / "name").read_text(errors="replace").strip()[:60]
    except OSError:
        return ""
