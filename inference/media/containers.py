# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens and decodes film and sound files so that nothing but that one file is ever read.

Playlists and lists (HLS, DASH, concat, SDP ...) make FFmpeg open other files and addresses. Three locks keep them shut:
only demuxers that read one self-contained file are allowed, the file comes as an open file object (so that no name is
taken for an address or a pattern), and any further opening is refused.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import av
from av.codec import CodecContext
from av.container import InputContainer
from av.frame import Frame
from av.packet import Packet
from av.stream import Stream

from ...bridge.errors import InputError
from .facts import Damage
from .pictures import MAX_PIXELS

_FILMS = (
    "apng", "asf", "av1", "avi", "dv", "flv", "gif", "gxf", "h261", "h263", "h264", "hevc", "ivf", "m4v", "matroska",
    "mjpeg", "mov", "mpeg", "mpegts", "mpegvideo", "mxf", "nut", "obu", "ogg", "rm", "swf", "vc1", "vvc", "wtv",
    "yuv4mpegpipe",
)  # fmt: skip
_SOUNDS = ("aac", "ac3", "aiff", "amr", "ape", "au", "caf", "eac3", "flac", "mp3", "tta", "w64", "wav", "wv")
_OPTIONS = {"format_whitelist": ",".join(_FILMS + _SOUNDS), "max_pixels": str(MAX_PIXELS)}


@contextmanager
def open_container(path: Path) -> Iterator[InputContainer]:
    """The container in a film or sound file, closed at the end of the `with`.

    Raises InputError when the file is missing, empty, damaged at its head, of a kind not read, or a list of files.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise InputError(f"There is no file at {path}.", "Check the path.") from error
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path} cannot be opened ({reason}).", "Choose a file you may read.") from error
    with file:
        if not file.read(1):
            raise InputError(f"{path} is empty.", "Copy or export it again.")
        file.seek(0)
        with _container(file, path) as container:
            yield container


def packets(container: InputContainer, stream: Stream, damage: Damage) -> Iterator[Packet]:
    """Every packet of a stream that holds something, up to the end or to a break in the file, which is counted."""
    found = container.demux(stream)
    while True:
        try:
            packet = next(found, None)
        except (av.FFmpegError, OSError):
            damage["break in the file"] += 1
            return
        except IndexError:  # PyAV 18 at the end of a file in which a stream came up late
            return
        if packet is None:
            return
        if packet.size:  # AVI's "same picture again" is empty; a decoder would take it for the end
            yield packet


def decoded(
    container: InputContainer, stream: Stream, damage: Damage, decoder: CodecContext | None = None
) -> Iterator[Frame]:
    """Every picture or block of sound that can be decoded, in the order of presentation; what cannot be is counted.

    decoder: another one than the stream's own.
    """
    decoder = decoder or stream.codec_context
    for packet in chain(packets(container, stream, damage), [None]):  # None: what the decoder still holds
        try:
            yield from decoder.decode(packet)
        except EOFError:
            return
        except (av.FFmpegError, ValueError):
            damage["part that cannot be decoded"] += 1


def _container(file: object, path: Path) -> InputContainer:
    try:
        return av.open(file, "r", options=_OPTIONS, io_open=_refuse, metadata_errors="replace")
    except av.ArgumentError as error:  # what FFmpeg says of a format that is not on the list
        what = f"{path} is of a kind that is not read: no film or sound, or a list of other files."
        raise InputError(what, "Convert it to MP4, or choose the film itself.") from error
    except (av.FFmpegError, OSError, ValueError) as error:
        what = f"{path} is no film or sound file that can be read, or it is cut off ({_reason(error)})."
        raise InputError(what, "Check that it plays elsewhere; copy or export it again.") from error


def _refuse(url: str, flags: int, options: dict[str, str]) -> None:
    raise PermissionError(f"refers to another file: {url[:200]}")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
