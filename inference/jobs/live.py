# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A portrait -> a live card's mesh, keys and textures, for Blender to deform by itself (ARCHITECTURE.md: card.live)."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bridge.motion_file import write_motion_file
from ...bridge.requests import LiveRequest
from ...bridge.whole_file import write_whole
from ..engines.mesh.live import make_live_card
from ..engines.mesh.settings import MeshSettings
from ..media.pictures import encode_png
from .input_hash import hash_input
from .job import Job
from .render import portrait_of

DATA, INSIDE, PLATE, AROUND = "card.live", "inside.png", "plate.png", "around.png"
_DTYPES = {"float32": "F32", "int32": "I32", "uint8": "U8"}


def run(request: LiveRequest, job: Job) -> None:
    """Find the face, make the data, write it."""
    settings = MeshSettings.read(request.settings)
    job.write_recipe({"source": hash_input(request.source, job.check)}, "mesh")
    with job.stage("portrait"):
        job.status("Finding the face")
        portrait = portrait_of(request)
        job.check()
    with job.stage("prepare"):
        job.status("Making the live card")
        live = make_live_card(portrait, settings)
        job.check()
    with job.stage("write"):
        folder = job.folder.path
        for name, picture in ((INSIDE, live.inside), (PLATE, live.plate), (AROUND, live.around)):
            _write_picture(folder / name, picture)
        tensors = {name: (_DTYPES[a.dtype.name], a.shape, np.ascontiguousarray(a)) for name, a in live.tensors.items()}
        write_motion_file(folder / DATA, live.metadata, tensors)
    job.result.update(live=str(folder / DATA), vertices=len(live.tensors["points"]), device="cpu")


def _write_picture(path: Path, picture: NDArray[np.uint8] | None) -> None:
    if picture is None:
        path.unlink(missing_ok=True)
    else:
        write_whole(path, encode_png(picture))
