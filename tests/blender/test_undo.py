# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operator that a person can undo: one step back and all is as it was, one forth and it is done again."""

import bpy
import numpy as np
import pytest

IN_A_WINDOW = {  # wants an editor, a pointer or a painter
    "move_face", "place_on_picture", "pose_from_asset", "style_from_asset", "drag_paint_mask",
}  # fmt: skip
ELSEWHERE = {  # wants a network: test_drag_session.py, test_stylize.py; is a job, with a step of its own: test_jobs.py
    "card_from_network", "card_from_starter", "remove_expression", "style_assets", "wear_style", "apply_recipe",
}  # fmt: skip
LASSO = [{"name": "", "loc": corner, "time": 0.0} for corner in ((8, 4), (24, 4), (24, 12), (8, 12))]


def undoable():
    """The names of our operators that are undo steps."""
    names = (name for name in dir(bpy.ops.pastiche))
    return {name for name in names if 'UNDO' in getattr(bpy.ops.pastiche, name).bl_options}


def plain(value):
    """A property's value as plain data; of datablocks the name, of numbers what a file keeps."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, bpy.types.ID):
        return value.name
    if isinstance(value, bpy.types.PropertyGroup):
        props = [prop for prop in value.bl_rna.properties if prop.identifier not in {"rna_type", "name"}]
        return {prop.identifier: plain(getattr(value, prop.identifier)) for prop in props}
    if isinstance(value, bpy.types.bpy_prop_collection):
        return [plain(each) for each in value]
    if hasattr(value, "__len__") and not isinstance(value, str):
        return [plain(each) for each in value]
    return value


def state(room):
    """All of the file that our operators can change."""
    compat, layer = room("scene.compat"), bpy.context.view_layer
    things = {}
    for thing in bpy.data.objects:
        if not thing.users_scene:
            continue
        animation = thing.animation_data
        things[thing.name] = {
            "place": [round(x, 4) for x in thing.location],
            "parent": thing.parent and thing.parent.name,
            "settings": plain(thing.pastiche),
            "numbers": {name: plain(value) for name, value in thing.items() if isinstance(value, float | int)},
            "vertices": len(thing.data.vertices) if thing.type == 'MESH' else 0,
            "action": animation and animation.action and animation.action.name,
            "keys": {c.data_path: [tuple(np.round(p.co, 3)) for p in c.keyframe_points] for c in compat.curves(thing)},
            "tracks": [[s.name for s in track.strips] for track in animation.nla_tracks] if animation else [],
            "drivers": drivers_of(thing),
        }
    kept = {action.name for action in bpy.data.actions if action.users or action.asset_data}
    active = layer.objects.active and layer.objects.active.name
    chosen = (active, sorted(thing.name for thing in layer.objects.selected))
    texts = {text.name: text.as_string() for text in bpy.data.texts}
    return things, kept, chosen, texts, bpy.context.scene.view_settings.view_transform


def drivers_of(thing):
    keys = thing.data.shape_keys if thing.type == 'MESH' else None
    return sorted(curve.data_path for curve in keys.animation_data.drivers) if keys and keys.animation_data else []


def differences(first, second, place="file"):
    """Where two states differ."""
    if isinstance(first, dict) and isinstance(second, dict):
        pairs = [(first.get(name), second.get(name), f"{place}.{name}") for name in {**first, **second}]
    elif isinstance(first, list | tuple) and isinstance(second, list | tuple) and len(first) == len(second):
        pairs = [(a, b, f"{place}[{index}]") for index, (a, b) in enumerate(zip(first, second, strict=True))]
    else:
        return [] if first == second else [f"{place}: {first!r} against {second!r}"]
    return [text for pair in pairs for text in differences(*pair)]


@pytest.fixture
def keyed(card, room):
    """A card with a take that trembles, another one in reserve, and something on its sides."""
    frames = np.arange(1, 49)
    jaw = 0.5 + 0.4 * np.sin(frames / 6) + 0.05 * (-1.0) ** frames
    for name in ("first", "second"):
        room("scene.keyframes").write_action(card, name, frames, {"jawOpen": jaw, "headYaw": frames / 4.0}, None)
    card["mouthSmileLeft"] = 0.7
    return card


def _none(_card, _request):
    return {}


def _rendered(card, _request):
    bpy.ops.pastiche.dummy(last=3, seconds_per_frame=0)
    return {}


def _placed(card, _request):
    bpy.ops.pastiche.place_face()
    return {}


def _styled(card, _request):
    card.pastiche.styling = '{"style": "Toon"}'
    return {}


def _dragged(card, _request):
    card.pastiche.drag.picture = bpy.data.images.new("Drag", 64, 48)
    bpy.ops.pastiche.drag_point(handle=(1, 2), target=(3, 4))
    return {}


def _masked(card, request):
    _dragged(card, request)
    bpy.ops.pastiche.drag_lasso(path=LASSO)
    return {}


def _with_rig(_card, _request):
    rig = bpy.data.objects.new("Rig", bpy.data.meshes.new("Rig"))
    rig.data.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    bpy.context.collection.objects.link(rig)
    for name in ("Basis", "jawOpen"):
        rig.shape_key_add(name=name, from_mix=False)
    rig.select_set(True)
    return {}


def _with_file(_card, request):
    return {"filepath": str(request.getfixturevalue("picture")[0])}


def _with_take(_card, request):
    room, folder = request.getfixturevalue("room"), request.getfixturevalue("tmp_path")
    room("bridge.live_link_face").write_face_csv(folder / "a.csv", ("jawOpen",), [(n / 9,) for n in range(9)], 60)
    return {"filepath": str(folder / "a.csv")}


def _with_weights(card, request):
    card.pastiche.engine = "fomm"
    file = request.getfixturevalue("tmp_path") / "vox-cpk.pth.tar"
    file.write_bytes(b"weights")
    return {"filepath": str(file)}


def _live(card, request):
    room = request.getfixturevalue("room")
    room("scene.live").make_live(card, request.getfixturevalue("live_folder"))
    card.pastiche.shown = 'LIVE'
    return {}


def _two(card, request):
    bpy.ops.pastiche.card_from_image(**_with_file(card, request))
    return {"card": card.name}


OPERATORS = {
    "bake_mesh": (_live, {}),
    "card_from_image": (_with_file, {}),
    "choose_weights": (_with_weights, {}),
    "delete_take": (_none, {"take": "first"}),
    "drag_clear_mask": (_masked, {}),
    "drag_clear_points": (_dragged, {}),
    "drag_lasso": (_dragged, {"path": LASSO}),
    "drag_point": (_dragged, {"handle": (5, 6), "target": (7, 8)}),
    "drag_remove_point": (_dragged, {"index": 0}),
    "drive_rig": (_with_rig, {}),
    "forget_face": (_placed, {}),
    "import_face_csv": (_with_take, {}),
    "key_channels": (_none, {"group": 'Mouth'}),
    "mirror_channels": (_none, {}),
    "place_face": (_none, {}),
    "pose": (_none, {"pose": "joy"}),
    "pose_assets": (_none, {}),
    "push_take": (_none, {"take": "first"}),
    "reduce_keys": (_none, {"tolerance": 20.0}),
    "refine_face": (_placed, {}),
    "reset_channels": (_none, {}),
    "select_card": (_two, {}),
    "show_as_painted": (_none, {}),
    "show_recipe": (_rendered, {}),
    "smooth_keys": (_none, {}),
    "take_style_off": (_styled, {}),
    "use_take": (_none, {"take": "first"}),
}


def test_no_operator_is_forgotten():
    assert undoable() == set(OPERATORS) | IN_A_WINDOW | ELSEWHERE


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_is_one_step_back_and_forth(name, keyed, room, request):
    prepare, arguments = OPERATORS[name]
    arguments = {**arguments, **prepare(keyed, request)}
    bpy.ops.ed.undo_push(message="prepared")
    before = state(room)
    assert getattr(bpy.ops.pastiche, name)('EXEC_DEFAULT', True, **arguments) == {'FINISHED'}
    after = state(room)
    assert differences(before, after)
    bpy.ops.ed.undo()
    assert not differences(before, state(room))
    bpy.ops.ed.redo()
    assert not differences(after, state(room))


def test_ten_steps_back_and_ten_forth(keyed, room):
    calls = [
        ("reset_channels", {"group": 'Mouth'}), ("place_face", {}), ("refine_face", {}), ("forget_face", {}),
        ("pose", {"pose": "joy"}),
        ("key_channels", {"group": 'Jaw'}), ("push_take", {"take": "first"}), ("use_take", {"take": "second"}),
        ("smooth_keys", {}), ("reduce_keys", {"tolerance": 20.0}),
    ]  # fmt: skip
    bpy.ops.ed.undo_push(message="prepared")
    states = [state(room)]
    for name, arguments in calls:
        getattr(bpy.ops.pastiche, name)('EXEC_DEFAULT', True, **arguments)
        states.append(state(room))
    for wanted in reversed(states[:-1]):
        bpy.ops.ed.undo()
        assert not differences(wanted, state(room))
    for wanted in states[1:]:
        bpy.ops.ed.redo()
        assert not differences(wanted, state(room))
