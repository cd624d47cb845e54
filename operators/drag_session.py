# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a card for dragging, its picture becomes live; or make a card of a picture that a network invents."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, StringProperty

from ..bridge import starter
from ..bridge.errors import InputError
from ..scene import cards, compat, storage, ticking
from ..scene.drag import picture, session
from .reporting import Reporting

TOOL = "pastiche.drag_tool"
FIRST_SIDE = 512  # pixels of a card before its network says how large its pictures are


def card_from_network(context, network: Path, seed: int = 0, truncation: float = 0.7, height: float = 2.0):
    """Make a card whose picture a network draws from a seed; returns the object. Raises InputError.

    The picture itself comes when the card is opened for dragging. A card of the starter's network remembers no path:
    it plays wherever Pastiche is.
    """
    if not network.is_file():
        raise InputError(f"The network {network} does not exist.", "Choose a StyleGAN2 or StyleGAN3.")
    is_starter = starter.is_starter(network)
    name = f"{'Starter' if is_starter else network.stem} {seed}"
    image = bpy.data.images.new(name, FIRST_SIDE, FIRST_SIDE, alpha=True)
    card = cards.make_card(image, (FIRST_SIDE, FIRST_SIDE), context.collection, height)
    card.name = name
    card.location = context.scene.cursor.location
    drag = card.pastiche.drag
    drag.network = "" if is_starter else storage.to_stored(network)
    drag.seed, drag.truncation, drag.picture = seed, truncation, image
    cards.make_active(context.view_layer, card)
    return card


def open_drag(card) -> session.Session:
    """Open a card for dragging; another card's session is closed. Raises InputError, WorkerError, StorageError."""
    cards.make_own(card)
    return session.open_session(card)


class FollowingSession(Reporting):
    """An operator that says something to the drag session.

    In a window it returns at once and a timer goes on; in background, or with `wait`, it returns with the answer.
    """

    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card; the chosen one when empty")
    wait: BoolProperty(
        name="Wait", description="Return when it is done, not when it was begun", options={'HIDDEN', 'SKIP_SAVE'}
    )

    @classmethod
    def poll(cls, context):
        """Only while a session is open."""
        running = session.current()
        if running is None or not running.is_open:
            cls.poll_message_set("No card is open for dragging")
            return False
        return True

    def chosen(self, context):
        """The card named, else the one that is open for dragging, else the chosen one."""
        running = session.current()
        opened = cards.find_card(running.card_uid) if running and running.is_open and not self.card else None
        return opened or cards.card_or_error(context, self.card)

    def follow(self, running: session.Session):
        """See what was said through; returns the operator's result. Raises why it was refused."""
        if self.wait or compat.is_background():
            session.wait_for_answer(running)
        else:
            ticking.start()
        return {'FINISHED'}


class PASTICHE_OT_card_from_network(FollowingSession, bpy.types.Operator):
    """Make a card of a picture that a network invents, and open it for dragging"""

    bl_idname = "pastiche.card_from_network"
    bl_label = "Card from Network"
    bl_options = {'REGISTER', 'UNDO'}

    filepath: StringProperty(
        name="Network",
        subtype='FILE_PATH',
        options={'SKIP_SAVE'} | compat.RELATIVE_PATH,
        description="A StyleGAN2 or StyleGAN3: NVIDIA's .pkl, a checkpoint (.pt, .pth, .tar), or a .safetensors",
    )
    filter_glob: StringProperty(default="*.pkl;*.pt;*.pth;*.tar;*.safetensors", options={'HIDDEN', 'SKIP_SAVE'})
    seed: IntProperty(name="Seed", min=0, description="Which of the network's pictures")
    truncation: FloatProperty(
        name="Truncation", default=0.7, min=0.0, max=1.0, description="0 the mean picture, 1 the network's full variety"
    )

    @classmethod
    def poll(cls, _context):
        """Always."""
        return True

    def invoke(self, context, _event):
        """Ask for the file."""
        if self.filepath:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {'RUNNING_MODAL'}

    def run(self, context):
        """Make the card, open it."""
        network = storage.from_stored(self.filepath)
        card = card_from_network(context, network, self.seed, self.truncation)
        look_at(context, card)
        return self.follow(open_drag(card))


class PASTICHE_OT_card_from_starter(FollowingSession, bpy.types.Operator):
    """Make a card of a face that the starter's network invents, and open it for dragging"""

    bl_idname = "pastiche.card_from_starter"
    bl_label = "Starter Face"
    bl_options = {'REGISTER', 'UNDO'}

    seed: IntProperty(name="Seed", min=0, description="Which of the network's faces")

    @classmethod
    def poll(cls, _context):
        """Only where the starter pack was shipped."""
        if not starter.FACES.is_file():
            cls.poll_message_set("This build holds no starter pack")
            return False
        return True

    def run(self, context):
        """Make the card, open it."""
        card = card_from_network(context, starter.FACES, self.seed)
        look_at(context, card)
        return self.follow(open_drag(card))


class PASTICHE_OT_drag_open(FollowingSession, bpy.types.Operator):
    """Open the card for dragging: its network is loaded and its picture becomes live"""

    bl_idname = "pastiche.drag_open"
    bl_label = "Start Dragging"
    bl_options = {'REGISTER'}

    @classmethod
    def poll(cls, context):
        """Only with a card."""
        return cards.chosen_card(context) is not None

    def run(self, context):
        """Open the session."""
        card = cards.card_or_error(context, self.card)
        running = open_drag(card)
        result = self.follow(running)
        look_at(context, card)
        return result


class PASTICHE_OT_drag_close(FollowingSession, bpy.types.Operator):
    """End the dragging and free its memory; points, picture and kept expressions stay"""

    bl_idname = "pastiche.drag_close"
    bl_label = "End Dragging"
    bl_options = {'REGISTER'}

    def run(self, _context):
        """Close the session."""
        session.close_session()


def look_at(context, card) -> None:
    """Show the drag picture in the image editor where this was asked for, and take up the tool."""
    space, drag = context.space_data, card.pastiche.drag
    if space and space.type == 'IMAGE_EDITOR':
        space.image = drag.picture or picture.make_picture(card, FIRST_SIDE, FIRST_SIDE)
        space.ui_mode, space.show_region_toolbar = 'VIEW', True
        if not compat.is_background():
            bpy.ops.wm.tool_set_by_id(name=TOOL)


classes = (
    PASTICHE_OT_card_from_network,
    PASTICHE_OT_card_from_starter,
    PASTICHE_OT_drag_open,
    PASTICHE_OT_drag_close,
)
