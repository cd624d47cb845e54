# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add a style that lies on this computer: a style pack, or the files that its authors publish."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..bridge.catalogue import MODELS
from ..bridge.errors import InputError
from ..bridge.requests import PackRequest
from ..bridge.style_pack import is_pack, read_pack
from ..scene import compat, extension, jobs, storage, style_packs
from .reporting import FollowingJob, Reporting

KEY = "styles"  # whose job it is
MODEL_ITEMS = (
    ('OTHER', "Another Style", "Name and license are given below"),
    *((model.name, model.label, f"{model.description}. {model.license}") for model in MODELS.values()),
)


def add_style(source: Path, name: str = "", model: str = 'OTHER', **told) -> jobs.Job:
    """Start making a pack of a folder, in the folder of styles.

    source: a pack, or a folder with generator.pt and codes, or encoder.pt.   model: of MODELS, says all but the name.
    told: authors, license, paper, is_noncommercial, pictures. Raises InputError, WorkerError.
    """
    if not source.is_dir():
        raise InputError(f"There is no folder {source}.", "Choose the folder that holds the files.")
    facts = MODELS.get(model)
    if facts:
        told |= {"authors": facts.authors, "license": facts.license, "paper": facts.paper}
        told |= {"is_noncommercial": facts.is_noncommercial}
    name = name or (read_pack(source).facts.name if is_pack(source) else facts.label if facts else source.name)
    folder = storage.file_name(name)
    request = PackRequest(
        folder=str(extension.user_folder("jobs") / "pack"),
        source=str(source),
        pack=str(style_packs.styles_folder() / folder),
        name=name,
        space="W+" if facts and facts.name.endswith("wplus") else "Z+",
        **told,
    )
    return jobs.submit(request, f"Add {name}", KEY, on_done=_show)


def _show(job: jobs.Job) -> None:
    style_packs.find_packs()
    name = Path(job.request.pack).name
    if job.state == 'FINISHED' and name in style_packs.packs():
        for scene in bpy.data.scenes:
            scene.pastiche_look.style = name


class PASTICHE_OT_add_style(FollowingJob, bpy.types.Operator):
    """Add a style from a folder: a style pack, or the files its authors publish (generator.pt and codes, encoder.pt)"""

    bl_idname = "pastiche.add_style"
    bl_label = "Add Style"
    bl_options = {'REGISTER'}

    directory: StringProperty(
        name="Folder", subtype='DIR_PATH', options={'SKIP_SAVE'} | compat.RELATIVE_PATH, description="Of the files"
    )
    filter_folder: BoolProperty(default=True, options={'HIDDEN', 'SKIP_SAVE'})
    model: EnumProperty(name="Model", items=MODEL_ITEMS, description="Which published model it is")
    name: StringProperty(name="Name", options={'SKIP_SAVE'}, description="What it is called; its own name when empty")
    authors: StringProperty(name="Authors", options={'SKIP_SAVE'})
    license: StringProperty(name="License", options={'SKIP_SAVE'})
    noncommercial: BoolProperty(name="Non-Commercial", description="The license forbids commercial use")
    pictures: StringProperty(
        name="Pictures",
        subtype='DIR_PATH',
        options={'SKIP_SAVE'} | compat.RELATIVE_PATH,
        description="Folder with the exemplars' pictures, for thumbnails; when empty, the model draws them",
    )

    def invoke(self, context, _event):
        """Ask for the folder."""
        context.window_manager.fileselect_add(self)
        return {'RUNNING_MODAL'}

    def run(self, _context):
        """Start making the pack."""
        told = {"authors": self.authors, "license": self.license, "is_noncommercial": self.noncommercial}
        pictures = str(storage.from_stored(self.pictures)) if self.pictures else ""
        source = storage.from_stored(self.directory)
        return self.follow(add_style(source, self.name, self.model, pictures=pictures, **told))


class PASTICHE_OT_find_styles(Reporting, bpy.types.Operator):
    """Look for style packs again, after files were put into the folder of styles"""

    bl_idname = "pastiche.find_styles"
    bl_label = "Find Styles"
    bl_options = {'INTERNAL'}

    def run(self, _context):
        """Look."""
        style_packs.find_packs()
