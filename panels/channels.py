# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The card's channels as sliders in groups, and its takes: what there is to play with."""

from ..bridge.channels import CHANNELS, GROUPS
from ..operators.edit_keys import PASTICHE_OT_reduce_keys, PASTICHE_OT_smooth_keys
from ..operators.key_channels import PASTICHE_OT_key_channels
from ..operators.mirror_channels import PASTICHE_OT_mirror_channels
from ..operators.neutral_here import PASTICHE_OT_neutral_here
from ..operators.reset_channels import PASTICHE_OT_reset_channels
from ..operators.takes import PASTICHE_OT_delete_take, PASTICHE_OT_push_take, PASTICHE_OT_use_take
from ..scene import gains, takes
from ..scene.channels import data_path


def draw_channels(layout, card) -> None:
    """What holds for all, then one foldable part per group with its gain, mute, key and reset."""
    row = layout.row(align=True)
    row.prop(card.pastiche, "use_mirror", icon='MOD_MIRROR', toggle=True)
    row.operator_menu_enum(PASTICHE_OT_mirror_channels.bl_idname, "way", text="", icon='ARROW_LEFTRIGHT')
    _draw_buttons(row, 'ALL')
    for group in GROUPS:
        header, body = layout.panel(f"pastiche_{group}", default_closed=group != GROUPS[0])
        _draw_header(header, card, group)
        if body:
            column = body.column(align=True)
            column.active = not card.get(gains.mute_name(group), False)
            for channel in CHANNELS.values():
                if channel.group == group and channel.name in card:
                    column.prop(
                        card, data_path(channel.name), text=title(channel.name), slider=channel.unit != 'FRAMES'
                    )


def _draw_header(row, card, group: str) -> None:
    row.label(text=group)
    if gains.mute_name(group) not in card:
        return
    is_muted = bool(card[gains.mute_name(group)])
    row = row.row(align=True)
    gain = row.row(align=True)
    gain.active = not is_muted
    gain.prop(card, data_path(gains.gain_name(group)), text="", slider=True)
    icon = 'HIDE_ON' if is_muted else 'HIDE_OFF'
    row.prop(card, data_path(gains.mute_name(group)), text="", icon=icon, toggle=True)
    _draw_buttons(row, group)


def _draw_buttons(row, group: str) -> None:
    row.operator(PASTICHE_OT_key_channels.bl_idname, text="", icon='KEY_HLT').group = group
    row.operator(PASTICHE_OT_reset_channels.bl_idname, text="", icon='LOOP_BACK').group = group


def draw_takes(layout, card) -> None:
    """The takes with what can be done to each, the strips they play in, and edits of the keys that play."""
    animation = card.animation_data
    playing = animation.action if animation else None
    column = layout.column(align=True)
    for take in takes.takes(card):
        row = column.row(align=True)
        icon = 'RADIOBUT_ON' if take == playing else 'RADIOBUT_OFF'
        row.operator(
            PASTICHE_OT_use_take.bl_idname, text=take.name, icon=icon, depress=take == playing
        ).take = take.name
        row.operator(PASTICHE_OT_push_take.bl_idname, text="", icon='NLA_PUSHDOWN').take = take.name
        row.operator(PASTICHE_OT_delete_take.bl_idname, text="", icon='TRASH').take = take.name
    for track in reversed(animation.nla_tracks) if animation else ():
        for strip in track.strips:
            _draw_strip(layout, track, strip)
    column = layout.column(align=True)
    column.operator(PASTICHE_OT_neutral_here.bl_idname, icon='MESH_MONKEY')
    row = column.row(align=True)
    row.operator(PASTICHE_OT_smooth_keys.bl_idname, icon='SMOOTHCURVE')
    row.operator(PASTICHE_OT_reduce_keys.bl_idname, icon='IPO_LINEAR')


def _draw_strip(layout, track, strip) -> None:
    column = layout.box().column(align=True)
    row = column.row()
    row.label(text=strip.name, icon='NLA')
    row.prop(track, "mute", text="", icon='CHECKBOX_DEHLT' if track.mute else 'CHECKBOX_HLT', emboss=False)
    column.active = not track.mute
    row = column.row(align=True)
    row.prop(strip, "frame_start_ui", text="Start")
    row.prop(strip, "repeat", text="Repeat")
    row = column.row(align=True)
    row.prop(strip, "scale", text="Length")
    row.prop(strip, "blend_in", text="In")
    row.prop(strip, "blend_out", text="Out")


def title(name: str) -> str:
    """A channel's name as a label: `jawOpen` -> "Jaw Open"."""
    return "".join(f" {letter}" if letter.isupper() else letter for letter in name[0].upper() + name[1:]).strip()
