# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes as cards and strips keep them: JSON that survives saving, moving and another day.

A recipe is the request, the hash of every input, the engine and all versions, as the worker wrote them into the job
folder. Here its paths are kept from the .blend ('//'), like every path of Blender. Recipes may come with a stranger's
.blend, so they are checked before they are believed.
"""

import dataclasses
import json
from pathlib import Path

from ..bridge.errors import InputError
from ..bridge.job_folder import JobFolder, Recipe
from ..bridge.plain_data import from_plain, to_plain
from .storage import from_stored, to_stored

PATHS = ("folder", "source", "motion", "footage", "audio")


def recipe_text(folder: Path) -> str:
    """The recipe of a job folder as a card keeps it. Raises InputError when it is missing or damaged."""
    recipe = to_plain(JobFolder(folder).read_recipe())
    for name in PATHS:
        if recipe["request"].get(name):
            recipe["request"][name] = to_stored(Path(recipe["request"][name]))
    return json.dumps(recipe, indent=1)


def read_recipe_text(text: str) -> Recipe:
    """The recipe that `recipe_text` wrote, its paths absolute again. Raises InputError."""
    try:
        recipe = from_plain(Recipe, json.loads(text), "recipe")
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"The recipe is damaged: {str(error)[:200]}.", "Render again with the settings you want."
        ) from error
    request = recipe.request
    paths = {name: str(from_stored(path)) for name in PATHS if (path := getattr(request, name, ""))}
    return dataclasses.replace(recipe, request=dataclasses.replace(request, **paths))
