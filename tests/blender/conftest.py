# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension as it is installed, in a Blender of its own user folder; every test starts with an empty file.

Run in a process of its own: `python -m pytest tests/blender`. The worker's Python is PASTICHE_PYTHON's, else that of
`.venv` beside the tests.
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = "bl_ext.user_default.pastiche"
os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp(prefix="pastiche_blender_")  # before bpy is imported
os.environ.setdefault("PASTICHE_PYTHON", str(ROOT / ".venv" / "bin" / "python"))
bpy = pytest.importorskip("bpy", reason="these tests run in Blender")


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.blender)


@pytest.fixture(scope="session")
def extension():
    import addon_utils

    repository = Path(bpy.utils.user_resource('EXTENSIONS', create=True)) / "user_default"
    repository.mkdir(parents=True, exist_ok=True)
    (repository / "pastiche").symlink_to(ROOT, target_is_directory=True)
    addon_utils.enable(NAME, default_set=True)
    yield sys.modules[NAME]
    addon_utils.disable(NAME, default_set=True)


@pytest.fixture(autouse=True)
def empty_file(extension):
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.context.preferences.addons[NAME].preferences.storage = ""
    return bpy


@pytest.fixture
def room(extension):
    """A module of the installed extension: room("scene.cards")."""
    import importlib

    return lambda name: importlib.import_module(f"{NAME}.{name}")


@pytest.fixture
def picture(tmp_path):
    """A picture file, 60 x 40, a smooth gradient with alpha, and its pixels (H, W, 4) uint8, row 0 at the top."""
    rows, columns = np.mgrid[0:40, 0:60]
    pixels = np.stack([columns * 4, rows * 6, 255 - columns * 2, 255 - rows], axis=2).astype(np.uint8)
    image = bpy.data.images.new("writer", 60, 40, alpha=True)
    image.pixels.foreach_set((pixels[::-1].astype(np.float32) / 255).ravel())
    image.filepath_raw, image.file_format = str(tmp_path / "portrait of ü.png"), 'PNG'
    image.save()
    bpy.data.images.remove(image)
    return tmp_path / "portrait of ü.png", pixels


@pytest.fixture
def card(picture):
    """A card in the empty file."""
    bpy.ops.pastiche.card_from_image(filepath=str(picture[0]))
    return bpy.context.object


@pytest.fixture
def live_folder(card, tmp_path_factory, room):
    """What the worker leaves for a face that it was told the place of, made once."""
    folder = tmp_path_factory.getbasetemp() / "live data"
    if not folder.exists():
        bpy.ops.pastiche.place_face()
        assert bpy.ops.pastiche.live() == {'FINISHED'}
        (room("scene.storage").known_folder(card) / "live").rename(folder)
        bpy.ops.pastiche.forget_face()
        room("scene.live").forget_live(card)
        card.pastiche.shown = 'SOURCE'
    return folder


@pytest.fixture
def live(card, live_folder, room):
    """A live card."""
    room("scene.live").make_live(card, live_folder)
    card.pastiche.shown = 'LIVE'
    return card
