# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties are the engine's own settings. Its source is read, as Blender's Python lacks what it imports."""

import ast
from pathlib import Path

import bpy
import pytest

GAINS = {"expression", "mouth", "eyes", "brows", "head", "gaze"}  # of the mesh engine: a card has its own
ENGINES = Path(__file__).resolve().parents[2] / "inference" / "engines"


def engine_settings(engine):
    """name -> (default, low, high), the tuple of names, or the default of a text or a switch."""
    found = {}
    for node in ast.walk(ast.parse((ENGINES / engine / "settings.py").read_text("utf-8"))):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call):
            found[node.target.id] = tuple(ast.literal_eval(argument) for argument in node.value.args)
        elif isinstance(node, ast.AnnAssign):
            found[node.target.id] = ast.literal_eval(node.value)
    return found


@pytest.mark.parametrize("engine", ["mesh", "fomm"])
def test_names_ranges_and_defaults_are_the_engines(card, engine, room):
    catalogue = room("bridge.catalogue")
    group = getattr(card.pastiche, engine)
    properties = {p.identifier: p for p in group.bl_rna.properties if p.identifier not in {"rna_type", "name"}}
    wanted = engine_settings(engine)
    if catalogue.ENGINES[engine].has_device:
        assert wanted.pop("device") == catalogue.DEVICES
    if engine == "mesh":
        assert set(wanted) > GAINS
        wanted = {name: value for name, value in wanted.items() if name not in GAINS}
    assert set(properties) == set(wanted)
    for name, prop in properties.items():
        if prop.type == 'ENUM':
            assert tuple(item.identifier for item in prop.enum_items) == wanted[name]
        elif prop.type in ('FLOAT', 'INT'):
            assert (prop.default, prop.hard_min, prop.hard_max) == pytest.approx(wanted[name])
        else:
            assert prop.default == wanted[name]


def test_switches_and_paths_are_sent_as_such(card, room):
    changed = room("scene.engine_settings").changed_settings
    card.pastiche.fomm.relative, card.pastiche.fomm.weights = False, "//vox-cpk.pth.tar"
    sent = changed(card.pastiche.fomm)
    assert sent["relative"] is False
    assert sent["weights"].endswith("vox-cpk.pth.tar") and not sent["weights"].startswith("//")


def test_only_changed_settings_are_sent(card, room):
    changed = room("scene.engine_settings").changed_settings
    assert changed(card.pastiche.mesh) == {}
    card.pastiche.mesh.wrinkles, card.pastiche.mesh.background = 0.4, 'KEEP'
    assert changed(card.pastiche.mesh) == {"wrinkles": 0.4, "background": 'KEEP'}


def test_the_device_of_the_preferences_is_sent_to_engines_that_take_one(card, room, extension):
    preferences, request = room("scene.extension").preferences(), room("scene.requests").render_request
    devices = [item.identifier for item in preferences.bl_rna.properties["device"].enum_items]
    assert tuple(devices) == room("bridge.catalogue").DEVICES

    def sent(engine, device):
        card.pastiche.engine, preferences.device = engine, device
        return request(card, bpy.context.scene, 1, 2).settings.get("device")

    try:
        assert sent("fomm", 'AUTO') is None and sent("mesh", 'CPU') is None
        assert sent("fomm", 'CPU') == 'CPU'
        elsewhere = room("bridge.requests").RenderRequest(
            "", "", "", "fomm", settings={"device": 'CUDA', "strength": 0.5}
        )
        assert room("scene.requests").on_this_computer(elsewhere).settings == {"strength": 0.5, "device": 'CPU'}
    finally:
        preferences.device = 'AUTO'


def test_weights_are_asked_for_until_a_file_is_chosen(card, room, tmp_path, monkeypatch):
    lacks_weights, has_starter = room("scene.engine_settings").lacks_weights, room("scene.engine_settings").has_starter
    card.pastiche.engine = "fomm"
    assert has_starter(card.pastiche.fomm) and not lacks_weights(card.pastiche.fomm)
    monkeypatch.setattr(room("bridge.starter"), "MOTION", tmp_path / "none.safetensors")
    assert not has_starter(card.pastiche.fomm)
    assert lacks_weights(card.pastiche.fomm) and not lacks_weights(card.pastiche.mesh)
    with pytest.raises(RuntimeError, match="There is no file"):
        bpy.ops.pastiche.choose_weights(filepath=str(tmp_path / "vox-cpk.pth.tar"))
    (tmp_path / "vox-cpk.pth.tar").write_bytes(b"weights")
    assert bpy.ops.pastiche.choose_weights(filepath=str(tmp_path / "vox-cpk.pth.tar")) == {'FINISHED'}
    assert not lacks_weights(card.pastiche.fomm)
    card.pastiche.engine = "mesh"
    with pytest.raises(RuntimeError, match="needs no weights"):
        bpy.ops.pastiche.choose_weights(filepath=str(tmp_path / "vox-cpk.pth.tar"))


def test_advanced_settings_are_shown_apart(card, room):
    settings_of = room("scene.engine_settings").settings_of
    assert settings_of(card.pastiche.fomm, is_advanced=True) == ["batch", "compiled", "sampling", "precision"]
    assert "strength" in settings_of(card.pastiche.fomm, is_advanced=False)
    assert settings_of(card.pastiche.mesh, is_advanced=True) == []
