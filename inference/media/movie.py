# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A film written picture by picture: MP4 with H.264 and AAC, as everything plays it (ITU-T H.264, ISO/IEC 14496-3)."""

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ...bridge.errors import RuntimeMissingError
from .sound import Sound, audio_frame, resampled
from .unfinished import unfinished

_VIDEO_CODEC, _AUDIO_CODEC = "libx264", "aac"
_QUALITY = {"crf": "14", "preset": "veryfast"}  # as good as 16 "fast" (PSNR), three times faster, a fifth larger
_BT709 = 1  # AVCOL_SPC_, AVCOL_PRI_ and AVCOL_TRC_BT709 alike
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
_ACCURATE = int(Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP)


class MovieWriter:
    """Writes one film; use as a context manager.

        with MovieWriter("film.mp4", Fraction(24), (512, 512), audio="clip.mp4") as movie:
            movie.write(image)

    The file appears under its name when the `with` ends without an error; what was there before stays until then.
    An odd width or height is made even by repeating the last column or row. Transparent parts become black.
    """

    def __init__(
        self,
        path: str | Path,
        fps: Fraction,
        size: tuple[int, int],
        audio: str | Path | None = None,
        audio_start_seconds: float = 0.0,
    ) -> None:
        """size: width, height.   audio: film or sound file whose sound goes along, from `audio_start_seconds` on.

        The sound ends with the pictures at the latest.
        Raises InputError when `audio` has no sound, RuntimeMissingError when an encoder is missing.
        """
        self.path, self.fps, self.size = Path(path), fps, size
        for codec in (_VIDEO_CODEC, _AUDIO_CODEC):
            _require_encoder(codec)
        self._sound = Sound(audio) if audio else None
        self._audio_start = audio_start_seconds
        self._reformatter = VideoReformatter()
        self._rest = np.zeros((0, 1), np.int16)  # sound read, but later than the latest picture
        self._sound_place = 0  # samples handed to the encoder
        self.count = 0  # pictures written

    def __enter__(self) -> "MovieWriter":
        """Open the file under a temporary name. Raises StorageError when it cannot be written."""
        with ExitStack() as stack:
            temporary = stack.enter_context(unfinished(self.path))
            options = {"movflags": "+faststart"}
            self._container = stack.enter_context(av.open(str(temporary), "w", format="mp4", container_options=options))
            self._video = self._add_video()
            self._audio = self._add_audio(self._sound) if self._sound else None
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the film and give it its name; after an error remove it. StorageError when the disk is full."""
        if error is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            if not self.count:
                raise ValueError(f"no picture was written to {self.path}")
            self._container.mux(self._video.encode(None))
            if self._audio:
                self._container.mux(self._audio.encode(None))

    def write(self, image: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
        """One more picture: (H, W, 3 or 4) of the film's size, uint8 or uint16, sRGB, straight alpha, top row first."""
        if image.ndim != 3 or image.shape[1::-1] != tuple(self.size):
            raise ValueError(f"a picture of shape {image.shape} does not fit a film of size {self.size}")
        layout = "rgb24" if image.dtype == np.uint8 else "rgb48le"
        frame = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(_even(_opaque(image)), format=layout),
            format="yuv420p",
            dst_colorspace="ITU709",
            dst_color_range="MPEG",
            interpolation=_ACCURATE,
        )
        frame.pts, frame.time_base = self.count, 1 / self.fps
        self._container.mux(self._video.encode(frame))
        self.count += 1
        self._feed_sound()

    def _add_video(self) -> VideoStream:
        stream = self._container.add_stream(_VIDEO_CODEC, rate=self.fps, options=_QUALITY)
        stream.width, stream.height = (side + side % 2 for side in self.size)
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = ColorRange.MPEG
        return stream

    def _add_audio(self, sound: Sound) -> AudioStream:
        rate = sound.rate if sound.rate in _AAC_RATES else 48000
        stream = self._container.add_stream(_AUDIO_CODEC, rate=rate, layout="mono" if sound.channels == 1 else "stereo")
        stream.bit_rate = 96_000 * sound.channels
        self._blocks = resampled(sound.blocks(self._audio_start), sound.rate, rate)
        return stream

    def _feed_sound(self) -> None:
        """Encode sound up to the end of the latest picture: what is muxed stays in step, and memory small."""
        if self._audio is None:
            return
        wanted = int(self.count / self.fps * self._audio.rate)
        while self._sound_place < wanted:
            block = self._rest if len(self._rest) else next(self._blocks, None)
            if block is None:
                return
            part, self._rest = block[: wanted - self._sound_place], block[wanted - self._sound_place :]
            self._container.mux(self._audio.encode(audio_frame(part, self._audio.rate, self._sound_place)))
            self._sound_place += len(part)


def _require_encoder(name: str) -> None:
    try:
        av.codec.Codec(name, "w")
    except av.codec.codec.UnknownCodecError as error:
        remedy = "Install PyAV from its official wheel, or write PNG frames."
        raise RuntimeMissingError(f"This build of FFmpeg has no {name} encoder.", remedy) from error


def _opaque(image: NDArray) -> NDArray:
    """(H, W, 3): over black where there is alpha."""
    colors = image[..., :3]
    top = np.iinfo(image.dtype).max
    if image.shape[2] == 3 or image[..., 3].min() == top:
        return colors
    return (colors * (image[..., 3:].astype(np.float32) / top)).round().astype(image.dtype)


def _even(image: NDArray) -> NDArray:
    height, width = image.shape[:2]
    if height % 2 or width % 2:
        image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(image)
