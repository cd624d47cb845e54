# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may import whom (ARCHITECTURE.md), read from the source of every module."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BLENDER = {
    "bpy", "bmesh", "mathutils", "addon_utils", "bl_ui", "bpy_extras", "gpu", "gpu_extras", "blf", "bl_math", "aud",
}  # fmt: skip
STANDARD = set(sys.stdlib_module_names)

# room -> (rooms it may import, outside modules it may import; None: any that is not forbidden)
RULES = {
    "panels": ({"panels", "operators", "scene", "bridge"}, BLENDER | STANDARD | {"numpy"}),
    "operators": ({"operators", "scene", "bridge"}, BLENDER | STANDARD | {"numpy"}),
    "scene": ({"scene", "bridge"}, BLENDER | STANDARD | {"numpy"}),
    "bridge": ({"bridge"}, STANDARD),
    "inference": ({"inference", "bridge", "vendor"}, None),
    "vendor": ({"vendor"}, STANDARD | {"torch"}),
}
MODULES = sorted(path for room in RULES for path in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> set[tuple[int, str]]:
    """(line, top name) of everything imported; our own rooms come as '.room'."""
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(node.lineno, alias.name.split(".")[0]) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.lineno, (node.module or "").split(".")[0]))
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] + tuple((node.module or "").split("."))
            target = [part for part in base if part] or [alias.name for alias in node.names]
            found.add((node.lineno, "." + target[0]))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_room_may(path):
    room = path.relative_to(ROOT).parts[0]
    rooms, outside = RULES[room]
    for line, name in imports(path):
        if name.startswith("."):
            assert name[1:] in rooms, f"{path}:{line}: {room} may not import the room {name[1:]}"
        elif outside is None:
            assert name not in BLENDER, f"{path}:{line}: {room} may not import {name}"
        else:
            assert name in outside, f"{path}:{line}: {room} may not import {name}"


def test_the_root_imports_nothing_before_register():
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    assert not [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def test_every_source_file_carries_its_license():
    sources = [path for path in ROOT.rglob("*.py") if not path.relative_to(ROOT).parts[0].startswith(".")]
    bare = [path for path in sources if "License-Identifier: GPL-3.0-or-later" not in path.read_text("utf-8")[:400]]
    assert not bare
