# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stylize what a person looks at: an image, the picture of a card, the active material's image, or a strip."""

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import bpy
from bpy.props import IntProperty, StringProperty

from ..bridge.errors import InputError, PasticheError
from ..bridge.requests import Placement, StyledFace, StylizeRequest
from ..scene import cards, compat, jobs, live_preview, storage, strips, style_packs, styled_image
from ..scene.footage import footage_of_strip, scene_rate
from ..scene.job_results import find_scene
from ..scene.look_settings import styling
from ..scene.placement import read_placement
from ..scene.recipes import recipe_text
from ..scene.undo import push_undo
from .card_from_image import image_in_context
from .reporting import FollowingJob


@dataclass(frozen=True)
class Place:
    """Where a stylized image is shown besides the image editors that show its original: found anew each time.

    card_uid: a card that takes it for its picture.   material, node: an image texture that shows it.
    """

    card_uid: str = ""
    material: str = ""
    node: str = ""

    def show(self, original, twin) -> None:
        """Show a twin wherever its original, or an earlier twin, was seen."""
        card = cards.find_card(self.card_uid) if self.card_uid else None
        if card:
            card.pastiche.image = twin
        material = bpy.data.materials.get(self.material)
        node = material.node_tree.nodes.get(self.node) if material and material.node_tree else None
        if node and node.type == 'TEX_IMAGE':
            node.image = twin
        for window in bpy.context.window_manager.windows:
            for area in window.screen.areas:
                space = area.spaces.active
                if area.type == 'IMAGE_EDITOR' and styled_image.original_of(space.image) == original:
                    space.image = twin
                    area.tag_redraw()


@dataclass
class ImageInHand:
    """An image that is stylized, perhaps again and again; its pixels are read once, when it is taken in hand.

    placement: of the face in hand, when it was placed by hand.   twin_uid: the twin that was shown the latest, 0 for
    none; its other faces keep their looks.
    """

    scene_uid: int
    image_uid: int
    file: Path
    folder: Path
    depth: int
    place: Place
    placement: Placement | None = None
    twin_uid: int = 0

    @property
    def key(self) -> str:
        """Whose job it is."""
        return f"image {self.image_uid}"

    def draw(self, is_coarse: bool = False, is_quiet: bool = False) -> jobs.Job:
        """Start drawing it with its chosen face in the scene's look. Raises InputError, WorkerError."""
        look = find_scene(self.scene_uid).pastiche_look
        kept = [face for face in styled_image.faces_of(_image(self.twin_uid)) if face.face != look.face]
        faces = [*kept, StyledFace(styling(look), look.face, self.placement)]
        return self.draw_faces(faces, look.surroundings, is_coarse, is_quiet)

    def draw_faces(
        self, faces: list[StyledFace], surroundings: str, is_coarse: bool = False, is_quiet: bool = False
    ) -> jobs.Job:
        """Start drawing it with these faces stylized, and no others. Raises InputError, WorkerError."""
        style = styled_image.styles_name(faces)
        request = StylizeRequest(
            folder=str(self.folder / ("preview" if is_coarse else storage.file_name(style))),
            source=str(self.file),
            faces=tuple(faces),
            still=True,
            surroundings=surroundings,
            face_side=live_preview.FACE_SIDE if is_coarse else 0,
            depth=self.depth,
        )

        def show(job: jobs.Job) -> None:
            self._show(job, faces, is_coarse)

        title = f"Stylize {_image(self.image_uid).name}"
        return jobs.submit(request, title, self.key, on_done=show, is_quiet=is_quiet)

    def draw_if_idle(self, is_coarse: bool) -> bool:
        """Start drawing unless that is going on; for the live preview, which asks again."""
        if jobs.open_job(self.key):
            return False
        if find_scene(self.scene_uid) is None or _image(self.image_uid) is None:
            live_preview.let_go()
            return True
        try:
            self.draw(is_coarse, is_quiet=True)
        except PasticheError as error:  # a timer calls: nobody else would tell
            jobs.notice = str(error)
            live_preview.let_go()
        return True

    def _show(self, job: jobs.Job, faces: list[StyledFace], is_coarse: bool) -> None:
        if job.state != 'FINISHED':
            return
        original, file = _image(self.image_uid), job.folder / "frames" / storage.frame_name(1)
        if original is None:
            raise InputError("The image was deleted while it was stylized.", f"The result is {file}.")
        twin = styled_image.show_twin(original, faces, file, None if is_coarse else job.folder)
        self.twin_uid = twin.session_uid
        self.place.show(original, twin)
        if not is_coarse:
            push_undo(f"Stylize {original.name}")


def _image(uid: int):
    return next((image for image in bpy.data.images if image.session_uid == uid), None)


def stylize_image(scene, image, place: Place = Place(), placement: Placement | None = None) -> jobs.Job:
    """Start stylizing a face of an image in the scene's look; a change of the look draws it again from now on.

    image: an original, or a stylized twin, whose other faces keep their looks. The result is a datablock of its own,
    `<image> - <style>`. Raises InputError, BusyError, StorageError, WorkerError.
    """
    style_packs.pack_or_error(scene.pastiche_look.style)
    hand = _take(scene, image, place, placement)
    job = hand.draw()
    live_preview.take_in_hand(scene, hand.draw_if_idle)
    return job


def leave_face(scene, twin, face: int, place: Place = Place()) -> jobs.Job:
    """Start drawing a stylized image without the style of one of its faces. Raises as `stylize_image`."""
    left = [each for each in styled_image.faces_of(twin) if each.face != face]
    if not left:
        raise InputError("No other face of this image is stylized.", "Show the original instead.")
    live_preview.let_go()
    return _take(scene, twin, place).draw_faces(left, scene.pastiche_look.surroundings)


def _take(scene, image, place: Place, placement: Placement | None = None) -> ImageInHand:
    """An image in hand, whose earlier job is cancelled."""
    original = styled_image.original_of(image)
    file, folder = styled_image.save_source(original)
    depth, twin_uid = 16 if original.is_float else 8, image.session_uid if image != original else 0
    hand = ImageInHand(scene.session_uid, original.session_uid, file, folder, depth, place, placement, twin_uid)
    if jobs.open_job(hand.key):
        jobs.cancel(jobs.open_job(hand.key))
    return hand


def stylize_card(scene, card) -> jobs.Job:
    """Start stylizing the picture of a card, which takes the result for its picture. Raises as `stylize_image`."""
    image = card.pastiche.image
    if image is None:
        raise InputError(f"The portrait of {card.name} was deleted.", "Choose an image for the card.")
    placement = read_placement(card, *styled_image.original_of(image).size)
    return stylize_image(scene, image, Place(card_uid=card.pastiche.uid), placement)


def stylize_strip(scene, strip) -> jobs.Job:
    """Start stylizing the visible part of a movie or image strip; the result is an image strip above it.

    Raises InputError, BusyError, StorageError, WorkerError.
    """
    style = style_packs.pack_or_error(scene.pastiche_look.style).facts.name
    look, (first, last) = scene.pastiche_look, _range(strip)
    source, begin, rate = _material(strip, scene)
    uid = f"strip {hashlib.sha256(f'{source} {begin} {first} {style}'.encode()).hexdigest()[:12]}"
    if jobs.open_job(uid):
        jobs.cancel(jobs.open_job(uid))
    request = StylizeRequest(
        folder=str(storage.images_folder() / f"{storage.file_name(strip.name)}-{uid[-12:]}"),
        source=str(source),
        faces=(StyledFace(styling(look), look.face),),
        surroundings=look.surroundings,
        start=begin,
        end=begin + (last - first + 1) / float(rate),
        first=first,
        fps=str(rate),
    )
    result = _StripResult(scene.session_uid, f"{strip.name} - {style}", uid, first)
    return jobs.submit(request, f"Stylize {strip.name}", uid, on_frames=result.show, on_done=result.finish)


def _range(strip) -> tuple[int, int]:
    start, end = compat.strip_range(strip)
    return int(start), int(end) - 1


def _material(strip, scene) -> tuple[Path, float, Fraction]:
    """What a strip plays: file, second at which it begins, pictures per second."""
    if strip.type == 'MOVIE':
        footage = footage_of_strip(strip, scene)
        return footage.path, footage.begin, Fraction(footage.rate)
    if strip.type != 'IMAGE' or len(strip.elements) < 2:
        raise InputError(f"The strip {strip.name} plays no film and no series of pictures.", "Choose another strip.")
    rate, skipped = scene_rate(scene), compat.strip_offsets(strip)[0]
    return storage.from_stored(strip.directory) / strip.elements[0].filename, float(skipped / rate), rate


@dataclass
class _StripResult:
    """The strip that stylized frames fill."""

    scene_uid: int
    name: str
    uid: str
    first: int
    shown: int = -1

    def show(self, job: jobs.Job, is_whole: bool = False):
        """Let the strip show what has arrived so far."""
        scene = find_scene(self.scene_uid)
        if scene is None:
            return None
        self.shown = max([self.shown, *(frame.index for frame in job.fresh)])
        if self.shown < self.first:
            return None
        compat.show_in_sequencer(bpy.context, scene)
        frames = job.folder / "frames"
        return strips.show_in_strip(scene, self.name, self.uid, frames, self.first, self.shown, is_whole)

    def finish(self, job: jobs.Job) -> None:
        """Write the recipe on the strip, and make it one undo step."""
        strip = self.show(job, is_whole=True)
        if strip:
            strip[strips.RECIPE] = recipe_text(job.folder)
            strips.refresh_strips(find_scene(self.scene_uid), self.uid)
            push_undo(job.title)


def strip_in_context(context):
    """The active movie or image strip when a person works in the sequencer, else None."""
    if getattr(context.space_data, "type", "") != 'SEQUENCE_EDITOR':
        return None
    strip = compat.active_strip(compat.sequencer_scene(context))
    return strip if strip and strip.type in {'MOVIE', 'IMAGE'} else None


def _texture_place(context) -> Place:
    """The active image texture of the active object's active material."""
    thing = context.view_layer.objects.active
    material = thing.active_material if thing else None
    node = material.node_tree.nodes.active if material and material.node_tree else None
    return Place(material=material.name, node=node.name) if node and node.type == 'TEX_IMAGE' else Place()


def in_sight(context):
    """The image that a person looks at, None without one, and the place that shows it besides the image editors."""
    if getattr(context.space_data, "type", "") == 'IMAGE_EDITOR':
        return image_in_context(context), Place()
    active = context.view_layer.objects.active
    if cards.is_card(active):
        return active.pastiche.image, Place(card_uid=active.pastiche.uid)
    return image_in_context(context), _texture_place(context)


class PASTICHE_OT_stylize(FollowingJob, bpy.types.Operator):
    """Give the face of the image, card or strip in sight the style in hand; the original stays as it is"""

    bl_idname = "pastiche.stylize"
    bl_label = "Stylize"
    bl_options = {'REGISTER'}

    image: StringProperty(name="Image", options={'SKIP_SAVE'}, description="Name of an image of this file to stylize")
    card: StringProperty(name="Card", options={'SKIP_SAVE'}, description="Name of the card to stylize")

    @classmethod
    def poll(cls, _context):
        """Only with a style."""
        if not style_packs.packs():
            cls.poll_message_set("Add a style first")
            return False
        return True

    def invoke(self, context, _event):
        """Show a license that forbids commercial use before its first use."""
        pack = style_packs.packs().get(context.scene.pastiche_look.style)
        if pack and pack.facts.noncommercial and not style_packs.is_accepted(pack):
            return context.window_manager.invoke_props_dialog(self, width=420)
        return self.execute(context)

    def draw(self, context):
        """The license, in the dialog before the first use."""
        facts = style_packs.pack_or_error(context.scene.pastiche_look.style).facts
        column = self.layout.column()
        column.label(text=f"{facts.name} is for non-commercial use only.", icon='INFO')
        for line in filter(None, (facts.license, facts.authors, facts.paper)):
            column.label(text=line)

    def run(self, context):
        """Start drawing."""
        scene = compat.sequencer_scene(context) if strip_in_context(context) else context.scene
        pack = style_packs.pack_or_error(scene.pastiche_look.style)
        if pack.facts.noncommercial:
            style_packs.accept(pack)
        return self.follow(self._start(context, scene))

    def _start(self, context, scene) -> jobs.Job:
        if self.image:
            image = bpy.data.images.get(self.image)
            if image is None:
                raise InputError(f"There is no image named {self.image}.", "Open one in the image editor.")
            return stylize_image(scene, image)
        if strip_in_context(context) and not self.card:
            return stylize_strip(scene, strip_in_context(context))
        if self.card:
            return stylize_card(scene, cards.card_or_error(context, self.card))
        image, place = in_sight(context)
        if image is None:
            raise InputError("There is no image in sight.", "Open one in the image editor, or select a card.")
        card = cards.find_card(place.card_uid) if place.card_uid else None
        return stylize_card(scene, card) if card else stylize_image(scene, image, place)


class PASTICHE_OT_leave_face(FollowingJob, bpy.types.Operator):
    """Take the style off this face; the other faces keep theirs"""

    bl_idname = "pastiche.leave_face"
    bl_label = "Leave Face"
    bl_options = {'REGISTER'}

    image: StringProperty(name="Image", options={'SKIP_SAVE'}, description="A stylized image; that in sight if empty")
    face: IntProperty(name="Face", min=0, options={'SKIP_SAVE'}, description="Which face, the largest first")

    def run(self, context):
        """Start drawing."""
        image, place = (bpy.data.images.get(self.image), Place()) if self.image else in_sight(context)
        if image is None:
            raise InputError("There is no stylized image in sight.", "Open it in the image editor.")
        return self.follow(leave_face(context.scene, image, self.face, place))
