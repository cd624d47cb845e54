# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes of Live Link Face: an iPhone's CSV drives a card, a card's keys drive whatever reads such a file."""

from pathlib import Path

import bpy
import numpy as np
from bpy.props import BoolProperty, IntProperty, StringProperty

from ..bridge.channels import CHANNELS
from ..bridge.errors import InputError
from ..bridge.live_link_face import HEAD, FaceTake, read_face_csv, write_face_csv
from ..scene import cards, compat, keyframes, live, requests, storage
from ..scene.footage import scene_rate
from ..scene.motion import sample_channels
from .reporting import HIDDEN, Reporting


def import_take(scene, card, path: Path, start: int, signs: dict[str, float], in_track: bool = False):
    """Key a card's channels with a CSV take, in real time from frame `start`; returns the action.

    signs: -1 for a channel of the head that is to be turned round. Raises InputError.
    """
    take = read_face_csv(path)
    frames, values = _on_frames(take, start, float(scene_rate(scene)), signs)
    action = keyframes.write_action(card, path.stem, frames, values, None, in_track)
    live.replay(scene)
    return action


def _on_frames(take: FaceTake, start: int, rate: float, signs: dict[str, float]):
    count = int(take.seconds[-1] * rate + 1e-6) + 1
    moments = np.arange(count) / rate
    values = {
        name: np.interp(moments, take.seconds, column) * signs.get(name, 1.0) for name, column in take.channels.items()
    }
    limited = {name: np.clip(column, *CHANNELS[name].hard) for name, column in values.items()}
    return np.arange(start, start + count), limited


class PASTICHE_OT_import_face_csv(Reporting, bpy.types.Operator):
    """Key the card with a CSV take of Live Link Face, recorded by an iPhone"""

    bl_idname = "pastiche.import_face_csv"
    bl_label = "Import Live Link Face"
    bl_options = {'REGISTER', 'UNDO'}

    card: StringProperty(name="Card", options=HIDDEN, description="Name of the card; the chosen one when empty")
    filepath: StringProperty(
        name="File", subtype='FILE_PATH', options={'SKIP_SAVE'} | compat.RELATIVE_PATH, description="CSV file"
    )
    filter_glob: StringProperty(default="*.csv", options={'HIDDEN', 'SKIP_SAVE'})
    start_frame: IntProperty(name="Start", default=1, min=0, description="Frame on which the take begins")
    flip_yaw: BoolProperty(name="Flip Turn", description="Turn the head the other way")
    flip_pitch: BoolProperty(name="Flip Nod", description="Nod the head the other way")
    flip_roll: BoolProperty(name="Flip Tilt", description="Tilt the head the other way")
    in_track: BoolProperty(name="NLA Track", description="Put the keys on an NLA track named after the file")

    def invoke(self, context, _event):
        """Ask for the file, unless it was dropped."""
        if self.filepath:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {'RUNNING_MODAL'}

    def run(self, context):
        """Write the keys."""
        card = cards.card_or_error(context, self.card)
        flips = (self.flip_yaw, self.flip_pitch, self.flip_roll)
        signs = {name: -1.0 for name, flip in zip(HEAD, flips, strict=True) if flip}
        path = storage.from_stored(self.filepath)
        action = import_take(context.scene, card, path, self.start_frame, signs, self.in_track)
        self.report({'INFO'}, f"Keyed {action.name} on {card.name}")


class PASTICHE_OT_export_face_csv(Reporting, bpy.types.Operator):
    """Save the card's keys as a CSV take of Live Link Face, for rigs and programs that read ARKit's names"""

    bl_idname = "pastiche.export_face_csv"
    bl_label = "Export Live Link Face"
    bl_options = {'REGISTER'}

    card: StringProperty(name="Card", options=HIDDEN, description="Name of the card; the chosen one when empty")
    filepath: StringProperty(
        name="File", subtype='FILE_PATH', options={'SKIP_SAVE'} | compat.RELATIVE_PATH, description="File to write"
    )
    check_existing: BoolProperty(default=True, options={'HIDDEN', 'SKIP_SAVE'})
    filter_glob: StringProperty(default="*.csv", options={'HIDDEN', 'SKIP_SAVE'})

    def invoke(self, context, _event):
        """Ask for a file."""
        card = cards.chosen_card(context)
        folder = Path(bpy.path.abspath("//") or Path.home())
        self.filepath = str(folder / f"{storage.file_name(card.name if card else '')}.csv")
        context.window_manager.fileselect_add(self)
        return {'RUNNING_MODAL'}

    def run(self, context):
        """Write it."""
        card, scene = cards.card_or_error(context, self.card), context.scene
        if not self.filepath:
            raise InputError("No file was named.", "Choose where to save the take.")
        path = storage.from_stored(self.filepath)
        path = path if path.suffix.lower() == ".csv" else path.with_name(f"{path.name}.csv")
        first, last = requests.render_range(card, scene)
        table = sample_channels(card, first, last)
        write_face_csv(path, list(CHANNELS), table, float(scene_rate(scene)))
        self.report({'INFO'}, f"Saved {path.name}: {len(table)} frames")
