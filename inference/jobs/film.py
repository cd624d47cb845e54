# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frames of a finished render as a film with the footage's sound. The frames stay."""

from fractions import Fraction

from ...bridge.requests import RenderRequest
from ..media.movie import MovieWriter
from ..media.pictures import read_picture
from ..motion.take import Motion
from .job import Job


def write_film(request: RenderRequest, job: Job, motion: Motion, frames: range, audio_sha256: str = "") -> None:
    """Write `movie.mp4` into the job folder. audio_sha256: of `request.audio`.

    The sound of the captured footage is in step with the motion; the time of any other sound begins with the motion's
    first frame. Raises InputError when the sound cannot be read, StorageError.
    """
    job.status("Writing the film")
    size = read_picture(job.folder.frame_path(frames[0])).shape[1::-1]
    begin = float(Fraction(frames[0] - motion.first) / motion.fps)
    if audio_sha256 and audio_sha256 == motion.metadata.get("footage_sha256") and motion.take is not None:
        begin += float(motion.take.times[0])  # seconds of the footage at the motion's first frame
    with MovieWriter(job.folder.movie, motion.fps, size, request.audio or None, begin) as movie:
        for done, index in enumerate(frames, 1):
            job.check()
            movie.write(read_picture(job.folder.frame_path(index)))
            job.progress(done, len(frames), "frames")
    job.result["movie"] = str(job.folder.movie)
