# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The finished frames of a job as a film with sound. The frames stay."""

from fractions import Fraction

from ..media.movie import MovieWriter
from ..media.pictures import read_picture
from .job import Job


def write_film(job: Job, frames: range, fps: Fraction, audio: str = "", begin: float = 0.0) -> None:
    """Write `movie.mp4` into the job folder.

    audio: file whose sound goes along, "" for none.   begin: its second at the first frame.
    Raises InputError when the sound cannot be read, StorageError.
    """
    job.status("Writing the film")
    size = read_picture(job.folder.frame_path(frames[0])).shape[1::-1]
    with MovieWriter(job.folder.movie, fps, size, audio or None, begin) as movie:
        for done, index in enumerate(frames, 1):
            job.check()
            movie.write(read_picture(job.folder.frame_path(index)))
            job.progress(done, len(frames), "frames")
    job.result["movie"] = str(job.folder.movie)
