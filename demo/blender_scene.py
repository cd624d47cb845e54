# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Blender, as a module, with this checkout as its extension, doing what an artist would do from the panel."""

import os
import sys
import tempfile
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from ..bridge.errors import PasticheError

ROOT = Path(__file__).resolve().parent.parent
MODULE = "bl_ext.user_default.pastiche"


class BlenderScene:
    """An empty scene in a Blender of its own, with Pastiche enabled. One per process."""

    def __init__(self, out: Path) -> None:
        """out: folder of the .blend; the card's files go beside it."""
        self._user = tempfile.TemporaryDirectory(prefix="pastiche_blender_")
        os.environ["BLENDER_USER_RESOURCES"] = self._user.name
        os.environ.setdefault("PASTICHE_PYTHON", sys.executable)
        import bpy

        self.bpy = bpy
        import addon_utils  # bpy makes it known

        extensions = Path(bpy.utils.user_resource('EXTENSIONS', create=True)) / "user_default"
        extensions.mkdir(parents=True, exist_ok=True)
        (extensions / "pastiche").symlink_to(ROOT, target_is_directory=True)
        addon_utils.enable(MODULE, default_set=True)
        bpy.ops.wm.read_homefile(use_empty=True)
        bpy.ops.wm.save_as_mainfile(filepath=str(out / "driven_card.blend"))
        self.scene = bpy.context.scene

    def make_card(self, picture: Path, footage: Path) -> None:
        """Card from Image, in a scene that runs as fast as the footage and is as large as the picture."""
        rate = self._rate_of(footage)
        render = self.scene.render
        render.fps, render.fps_base = round(rate), float(round(rate) / rate)
        self.bpy.ops.pastiche.show_as_painted()
        self._try(self.bpy.ops.pastiche.card_from_image, filepath=str(picture))
        self.card = self.bpy.context.view_layer.objects.active
        width, height = self.card.pastiche.image.size
        render.resolution_x, render.resolution_y = width // 2 * 2, height // 2 * 2
        self._add_camera()

    def capture(self, footage: Path) -> None:
        """Footage becomes keyframes."""
        self._try(self.bpy.ops.pastiche.capture, filepath=str(footage))

    def render(self) -> list[Path]:
        """Keyframes become frames; returns their files in order."""
        self._try(self.bpy.ops.pastiche.render)
        self.scene.frame_start = self.card.pastiche.rendered_first
        self.scene.frame_end = self.card.pastiche.rendered_last
        strip = next(strip for strip in self.scene.sequence_editor.strips_all if strip.type == 'IMAGE')
        folder = Path(self.bpy.path.abspath(strip.directory))
        return [folder / element.filename for element in strip.elements]

    def save(self, path: Path) -> Path:
        """Save the .blend."""
        self.bpy.ops.wm.save_as_mainfile(filepath=str(path))
        return path

    def film(self, path: Path) -> Path:
        """Render the sequencer, picture and sound, to an MP4."""
        render = self.scene.render
        render.image_settings.file_format = 'FFMPEG'
        render.ffmpeg.format, render.ffmpeg.codec = 'MPEG4', 'H264'
        render.ffmpeg.constant_rate_factor = 'HIGH'
        render.ffmpeg.audio_codec = 'AAC'
        render.filepath = str(path)
        with _silence():
            self.bpy.ops.render.render(animation=True)
        return path

    def summary(self) -> str:
        """What is in the scene now."""
        action = self.card.animation_data.action
        keys = sum(len(curve.keyframe_points) for curve in action.fcurves)
        strips = ", ".join(f"{strip.type.lower()} strip" for strip in self.scene.sequence_editor.strips_all)
        first, last = self.scene.frame_start, self.scene.frame_end
        return (
            f"Blender {self.bpy.app.version_string}: card {self.card.name!r}, frames {first} to {last}, "
            f"{len(action.fcurves)} channels with {keys} keys, {strips}"
        )

    def _add_camera(self) -> None:
        data = self.bpy.data.cameras.new("Camera")
        data.type, data.ortho_scale = 'ORTHO', max(self.card.dimensions.x, self.card.dimensions.z)
        camera = self.bpy.data.objects.new("Camera", data)
        camera.location, camera.rotation_euler = (0, -5, 0), (1.5707963, 0, 0)
        self.scene.collection.objects.link(camera)
        self.scene.camera = camera

    def _rate_of(self, footage: Path) -> Fraction:
        clip = self.bpy.data.movieclips.load(str(footage))
        rate = Fraction(clip.fps).limit_denominator(1001)
        self.bpy.data.movieclips.remove(clip)
        return rate or Fraction(25)

    def _try(self, operator, **arguments) -> None:
        """Call an operator; what it reports as an error is raised."""
        try:
            outcome = operator(**arguments)
        except RuntimeError as error:
            raise PasticheError(str(error).strip().removeprefix("Error: ")) from error
        if outcome != {'FINISHED'}:
            raise PasticheError(f"{operator.idname()} was cancelled.")


@contextmanager
def _silence():
    """Keep Blender from printing two lines per frame; it writes past Python's stdout."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
