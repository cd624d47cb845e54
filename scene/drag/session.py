# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The open drag session: what the worker says becomes a live picture and points, what the artist does becomes commands.

There is at most one. Like a job it refers to Blender's data by uid alone and is fed by `jobs.poll()`. The card's
properties say what the artist wants; `sync` tells the worker what of it has changed. When a drag ends, what tracking
found is written back to them as one undo step; undoing it shows the step of the history it belongs to.
"""

import itertools
import logging
import time
from collections.abc import Callable

import bpy
import numpy as np
from bpy.app.handlers import persistent
from numpy.typing import NDArray

from ...bridge import messages
from ...bridge.drag_commands import (
    Close,
    DragCommand,
    FindFace,
    Pause,
    Run,
    SetMask,
    SetOptions,
    SetPoints,
    Show,
)
from ...bridge.errors import InputError, PasticheError
from ...bridge.live_pictures import LivePictures
from ...bridge.requests import DragRequest
from .. import jobs, worker
from ..cards import find_card
from ..live import change_portrait
from ..undo import push_undo
from . import mask, picture, points, requests

logger = logging.getLogger(__name__)
OPENING, PAUSED, DRAGGING, ARRIVED, CLOSED = 'OPENING', 'PAUSED', 'DRAGGING', 'ARRIVED', 'CLOSED'
_numbers = itertools.count(1)
_current: "Session | None" = None


class Session:
    """One session, open or just ended.

    standing: how the worker says it stands, None before the first word.   face: landmarks (478, 2) of the shown
    picture, empty when it has none, None when not yet asked for.   error: why it ended.   refusal: why the last
    command was not obeyed.   has_news: something to be drawn arrived since this was last set to False.
    """

    def __init__(self, card_uid: str, request: DragRequest, before: "Session | None" = None) -> None:
        """before: a closed session, whose end is waited for: it may hold the same folder. Raises WorkerError."""
        self.card_uid, self.request = card_uid, request
        self.id = f"drag{next(_numbers)}"
        self.state, self.text = OPENING, "Starting"
        self.standing: messages.Dragging | None = None
        self.face: NDArray | None = None
        self.error: PasticheError | None = None
        self.refusal: PasticheError | None = None
        self.has_news = True
        self._pictures: LivePictures | None = None
        self._histories = 0  # histories begun before this one
        self._asked = self._answered = 0  # serials
        self._adopting = 0  # serial of the command whose points and step become the card's; 0: none
        self._undo_name, self._begins_history = "", False
        self._sent: tuple = ()
        self._sent_options, self._sent_mask = request.options, False
        self._when_face: list[Callable[[], None]] = []
        self._when_kept: dict[int, Callable[[messages.Kept], None]] = {}
        self._client = worker.client()
        self._is_submitted = self._is_done = False
        self._next: Session | None = None  # to be submitted when this one is done
        self._before = before._last_submitted() if before else None
        if self._before and self._before._is_ending():
            self._before._next = self
        else:
            self._submit()

    @property
    def is_open(self) -> bool:
        """Whether more may come."""
        return self.state != CLOSED

    @property
    def is_dragging(self) -> bool:
        """Whether points are on their way."""
        return self.state == DRAGGING

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self.is_open and (self.standing is None or self._answered < self._asked)

    @property
    def history(self) -> str:
        """Which history the steps belong to."""
        return f"{self.id}.{self._histories}"

    def say(self, command: DragCommand, adopt_as: str | None = None, begins_history: bool = False) -> int:
        """Send a command. Raises WorkerError.

        adopt_as: its outcome becomes the card's, as an undo step of that name, or none for "".
        begins_history: older steps are gone.
        """
        self.refusal = None
        self._asked = self._client.steer(self.id, command)
        if adopt_as is not None:
            self._adopting, self._undo_name, self._begins_history = self._asked, adopt_as, begins_history
        return self._asked

    def ask_to_keep(self, command: DragCommand, then: Callable[[messages.Kept], None]) -> None:
        """Send a Keep; `then` gets its answer."""
        self._when_kept[self.say(command)] = then

    def with_face(self, then: Callable[[], None] = lambda: None) -> None:
        """Do something as soon as `face` is known; what it raises is told as `refusal`, or raised when it is known."""
        if self.face is not None:
            then()
            return
        self._when_face.append(then)
        if len(self._when_face) == 1:
            self.say(FindFace())

    def sync(self, card) -> None:
        """Tell the worker what the artist has changed: options, mask, points."""
        drag = card.pastiche.drag
        options = requests.options_of(drag)
        if options != self._sent_options:
            begins_anew = options.is_per_row != self._sent_options.is_per_row
            self._sent_options = options
            self.say(SetOptions(options), adopt_as="W+" if begins_anew else None, begins_history=begins_anew)
        pairs = points.pairs_of(drag)
        if pairs != self._sent:
            self._sent = pairs
            self.say(SetPoints(tuple(handle for handle, _ in pairs), tuple(target for _, target in pairs)))

    def send_mask(self, card) -> None:
        """Hold what the card's mask fixes; a mask that fixes all or nothing holds nothing."""
        drag = card.pastiche.drag
        if drag.use_mask and drag.mask and self._pictures:
            free = mask.read_free(drag.mask, (self._pictures.width, self._pictures.height))
            if free.any() and not free.all():
                self._pictures.mask[:] = np.where(free, 0, 255).astype(np.uint8).tobytes()
                self._sent_mask = True
                self.say(SetMask(True))
                return
        if self._sent_mask:
            self._sent_mask = False
            self.say(SetMask(False))

    def handles(self, card) -> list[points.Place]:
        """Where the handles are now: tracked while they move, else as the card has them."""
        if self.is_dragging and self.standing:
            return list(self.standing.handles)
        return [tuple(point.handle) for point in card.pastiche.drag.points]

    def show(self, step: int, adopt_as: str = "") -> None:
        """Show a step of the history, as near as there is one; the card's points follow. adopt_as: as in `say`."""
        last = self.standing.steps if self.standing else 0
        self.say(Show(min(max(step, 0), last)), adopt_as)

    def close(self) -> None:
        """End the session; its Done follows."""
        if self.is_open and self._is_ending():
            self._client.steer(self.id, Close())
        self._end()

    def _submit(self) -> None:
        self._client.submit(self.request, self.id)
        jobs.listen(self.id, self._receive)
        self._is_submitted, self._before = True, None

    def _last_submitted(self) -> "Session | None":
        return self if self._is_submitted else self._before

    def _is_ending(self) -> bool:
        """Whether its Done is still to come."""
        is_alive = self._client is worker.running_client() and self._client.state in {'STARTING', 'READY'}
        return self._is_submitted and not self._is_done and is_alive

    def _receive(self, message: messages.Message) -> None:
        self.has_news = True
        match message:
            case messages.Status(text=text):
                self.text = text
            case messages.Screen():
                self._open_screen(message)
            case messages.Picture():
                self._show(message)
            case messages.Dragging():
                self._stand(message)
            case messages.Face(landmarks=landmarks):
                self.face = np.array(landmarks, np.float32).reshape(-1, 2)
                waiting, self._when_face = self._when_face, []
                for then in waiting:
                    self._try(then)
            case messages.Kept():
                then_kept = self._when_kept.pop(message.serial)
                self._try(lambda: then_kept(message))
            case messages.Refused(error=error):
                self._answered = max(self._answered, message.serial)
                self.refusal = PasticheError.from_dict(error)
                self._when_face.clear()
                if message.serial == self._adopting:
                    self._adopting = 0
            case messages.Error(error=error):
                self.error = PasticheError.from_dict(error)
            case messages.Done():
                self._is_done = True
                self._end()
                if self._next and self._next.is_open:
                    self._next._submit()

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except PasticheError as error:
            self.refusal = error

    def _open_screen(self, screen: messages.Screen) -> None:
        try:
            self._pictures = LivePictures.open(screen.name, screen.width, screen.height)
        except (OSError, ValueError) as error:
            self.error = PasticheError(f"The live picture cannot be shown ({error}).", "Start dragging again.")
            self.close()
            return
        card = find_card(self.card_uid)
        if card:
            image = picture.make_picture(card, screen.width, screen.height)
            if card.pastiche.image == image:
                change_portrait(card)

    def _show(self, message: messages.Picture) -> None:
        card, numbers = find_card(self.card_uid), self._pictures and self._pictures.view(message.sequence)
        if numbers is not None and card and card.pastiche.drag.picture:
            picture.show_picture(card.pastiche.drag.picture, numbers)

    def _stand(self, message: messages.Dragging) -> None:
        is_first = self.standing is None
        self.state, self.standing = message.state, message
        self._answered = max(self._answered, message.serial)
        card = find_card(self.card_uid)
        if card is None:
            self.error = InputError("The card was deleted while it was dragged.", "Undo, then start dragging again.")
            self.close()
        elif self.is_dragging:
            self.sync(card)
        elif self._adopting and message.serial >= self._adopting:
            self._adopting = 0
            self._adopt(card, message)
        elif is_first:
            card.pastiche.drag.step, card.pastiche.drag.history = message.step, self.history

    def _adopt(self, card, standing: messages.Dragging) -> None:
        """Write what tracking found to the card, as one undo step."""
        drag = card.pastiche.drag
        waiting = [tuple(point.handle) for point in drag.points if not point.has_target]
        points.set_pairs(drag, zip(standing.handles, standing.targets, strict=True))
        for place in waiting:
            points.place_next(drag, place)
        self._sent = points.pairs_of(drag)
        self._histories += self._begins_history
        drag.step, drag.history = standing.step, self.history
        if self._begins_history and standing.seed >= 0:
            drag.seed, drag.use_latent, drag.is_inverted = standing.seed, False, False
        self.face = None  # it has moved
        if self._undo_name:
            push_undo(self._undo_name)

    def _end(self) -> None:
        self.state, self.has_news = CLOSED, True
        if self._pictures:
            self._pictures.close()
            self._pictures = None


def current() -> Session | None:
    """The session of this Blender, open or just ended, or None."""
    return _current


def session_of(card) -> Session | None:
    """The open session of a card, or None."""
    is_its = _current is not None and card is not None and _current.card_uid == card.pastiche.uid
    return _current if is_its and _current.is_open else None


def open_card():
    """The card that is open for dragging, or None."""
    return find_card(_current.card_uid) if _current and _current.is_open else None


def session_or_error(card) -> Session:
    """The open session of a card. Raises InputError, or the error that ended it."""
    session = session_of(card)
    if session is None:
        if _current and _current.card_uid == card.pastiche.uid and _current.error:
            raise _current.error
        raise InputError(f"{card.name} is not open for dragging.", "Press Start Dragging first.")
    return session


def open_session(card) -> Session:
    """Open a session for a card; the one before is closed. Raises InputError, WorkerError, StorageError."""
    global _current
    request = requests.drag_request(card)
    close_session()
    _current = Session(card.pastiche.uid, request, before=_current)
    return _current


def close_session() -> None:
    """Close the open session, if there is one."""
    if _current is not None:
        _current.close()


def run(card, steps: int = 0) -> None:
    """Drag the card's points until they arrive. steps: at most so many, 0 for the card's own choice."""
    session = session_or_error(card)
    if not points.pairs_of(card.pastiche.drag):
        raise InputError("There are no points to drag.", "Click a handle point and its target on the picture.")
    session.send_mask(card)
    session.sync(card)
    session.say(Run(steps), adopt_as="Drag")


def pause(card) -> None:
    """Stop dragging within one step."""
    session_or_error(card).say(Pause())


def wait_for_answer(session: Session, seconds: float = 300.0) -> None:
    """Poll until nothing is under way any more. Raises what ended the session or why a command was refused."""
    end = time.monotonic() + seconds
    while session.is_waiting or session.is_dragging:
        if time.monotonic() > end:
            raise PasticheError(f"The drag session gave no answer in {seconds:.0f} s.", "Restart the worker.")
        jobs.poll()
        time.sleep(0.005)
    for error in (session.error, session.refusal):
        if error:
            raise error


@persistent
def _after_undo(*_) -> None:
    """Undo and redo brought other properties back: let the picture follow."""
    session = _current
    card = find_card(session.card_uid) if session and session.is_open and session.standing else None
    if card is None:
        return
    drag = card.pastiche.drag
    try:
        if drag.history != session.history:  # of another picture, whose steps are gone: begin with it again
            open_session(card)
        elif drag.step != session.standing.step:
            session.say(Show(drag.step))
    except PasticheError as error:
        session.error = error


@persistent
def _before_save(*_) -> None:
    """Keep live pictures and painted masks with the .blend."""
    for thing in bpy.data.objects:
        for image in (thing.pastiche.drag.picture, thing.pastiche.drag.mask):
            if image and image.is_dirty:
                picture.keep_picture(image)


_HANDLERS = (("undo_post", _after_undo), ("redo_post", _after_undo), ("save_pre", _before_save))


def register():
    """Follow undo and saving."""
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).append(handler)


def unregister():
    """End the session; leave no handler behind."""
    global _current
    close_session()
    _current = None
    for name, handler in _HANDLERS:
        getattr(bpy.app.handlers, name).remove(handler)
