# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One wheel that serves several Pythons, from the wheels of one package for each of them.

Blender installs one wheel of a package and looks at no Python tag when it chooses (seen in 4.2 to 5.0), so an extension
for Python 3.11 and 3.13 cannot carry both. Extension modules have the Python in their names and everything else is the
same: all of it fits into one wheel.
"""

import base64
import hashlib
import zipfile
from pathlib import Path


def merge_wheels(wheels: list[Path], folder: Path) -> Path:
    """The one wheel, in `folder`; a single wheel, such as one for the stable interface, is returned as it is.

    Raises ValueError when they are not the same package and version, or when a module of Python differs between them.
    """
    if len(wheels) == 1:
        return wheels[0]
    package, version, *_ = wheels[0].name.split("-")
    if any(wheel.name.split("-")[:2] != [package, version] for wheel in wheels):
        raise ValueError(f"{', '.join(wheel.name for wheel in wheels)} are not one package in one version")
    tags = [wheel.stem.split("-")[-3:] for wheel in wheels]
    pythons, abis, platforms = (".".join(dict.fromkeys(part)) for part in zip(*tags, strict=True))
    info = f"{package}-{version}.dist-info"
    files: dict[str, bytes] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                if files.setdefault(name, content) != content and name.endswith(".py"):
                    raise ValueError(f"{name} is not the same in {wheel.name} and {wheels[0].name}")
    head = [line for line in files[f"{info}/WHEEL"].decode().splitlines() if line and not line.startswith("Tag:")]
    files[f"{info}/WHEEL"] = "\n".join([*head, *(f"Tag: {'-'.join(tag)}" for tag in tags), ""]).encode()
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    merged = folder / f"{package}-{version}-{pythons}-{abis}-{platforms}.whl"
    with zipfile.ZipFile(merged, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return merged


def _record(files: dict[str, bytes], own_name: str) -> bytes:
    """The list of a wheel's files with hashes and sizes (PEP 427)."""
    lines = []
    for name, content in files.items():
        if name != own_name and not name.endswith("/"):
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(content)}")
    return "\n".join([*lines, f"{own_name},,", ""]).encode()
