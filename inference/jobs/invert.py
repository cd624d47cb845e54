# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture becomes a latent of a network, and the network is tuned to it, with live pictures of how near it is.

Cancelled in the middle, the best so far is kept. Not for: the search itself (engines/latent/inversion.py).
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...bridge.errors import FaceNotFoundError, InputError
from ...bridge.requests import InvertRequest
from ...bridge.whole_file import write_whole
from ..engines.latent.encoder_start import encoder_of, first_latent, open_encoder
from ..engines.latent.inversion import Inversion, InversionProgress, InversionSettings, invert
from ..engines.latent.inversion_file import Origin, inversion_key, known_inversion, write_inversion
from ..engines.latent.network import Network, load_network
from ..engines.latent.perceptual import Perceptual, open_perceptual
from ..engines.latent.pictures import to_pixels, to_tensor
from ..engines.latent.projection import ProjectionSettings
from ..engines.latent.tuning import TuningSettings
from ..faces.region import Region
from ..media.pictures import encode_png, read_picture
from ..portrait import faces_in, picture_sha256
from ..styles.aligned_face import aligned_square, cut
from ..styles.paste_back import eight_bits
from .input_hash import hash_input
from .job import Cancelled, Job
from .screen import LiveScreen

VERSION = "1"
SHARE = 8.0  # of the search's time to that of making pictures
LEAST_PSNR = 20.0  # decibels; below, the network's picture is visibly another one
_STAGES = {'PROJECTING': "Searching the latent", 'TUNING': "Tuning the network"}


def run(request: InvertRequest, job: Job) -> None:
    """Invert, unless the file at `latent` holds the whole inversion of this picture with these settings already."""
    settings = _settings(request)
    with job.stage("read"):
        job.status("Opening the network")
        network = load_network(request.network, request.device)
        encoder = encoder_of(Path(request.network), request.encoder)
        files = {"network": request.network, "source": request.source, "lpips": request.lpips, "encoder": encoder}
        inputs = {name: hash_input(path) for name, path in files.items() if path}
        job.write_recipe(inputs, f"latent {VERSION}")
        job.check()
        job.status("Finding the face")
        image = read_picture(request.source)
        pixels, square = _framed(request, network, image)
        perceptual = open_perceptual(request.lpips, network.generator.mapping.w_avg.device)
        key = inversion_key(pixels, network.sha256, settings, perceptual.name, inputs.get("encoder", ""))
    facts = known_inversion(Path(request.latent), key)
    if facts is None:
        origin = Origin(request.source, picture_sha256(image), square, key)
        start = _start(request, job, network, pixels, perceptual, encoder) if encoder else None
        facts = _search(request, job, network, pixels, settings, perceptual, origin, start)
    else:
        job.result["reused"] = True
    job.result.update(
        latent=request.latent, picture=str(picture_beside(request.latent)), psnr=round(float(facts["psnr"]), 3),
        distance=round(float(facts["distance"]), 5), perceptual=facts["perceptual"], is_whole=facts["whole"] == "1",
        framing=request.framing, size=[network.generator.shape.width, network.generator.shape.resolution],
        network=network.sha256,
    )  # fmt: skip
    if not job.result["is_whole"]:
        raise Cancelled


def _settings(request: InvertRequest) -> InversionSettings:
    for name, most in (("steps", 10_000), ("tuning", 10_000)):
        if not 0 <= getattr(request, name) <= most:
            raise InputError(f"{getattr(request, name)} {name} are out of range.", f"Choose from 0 to {most}.")
    if request.framing not in ('FACE', 'MIDDLE'):
        raise InputError(f"There is no framing {request.framing[:20]!r}.", "Choose FACE or MIDDLE.")
    projection = ProjectionSettings(steps=max(request.steps, 1), is_per_row=request.is_per_row)
    if not 0 <= request.locality <= 100:
        raise InputError(f"A locality of {request.locality:g} is out of range.", "Choose from 0 to 1.")
    tuning = TuningSettings(steps=request.tuning, locality=request.locality)
    return InversionSettings(projection, tuning if request.tuning else None)


def _framed(request: InvertRequest, network: Network, image: NDArray) -> tuple[NDArray[np.uint8], Region | None]:
    """What the network shall make the middle of, (H, W, 3), and the square of the picture that is; None: no square."""
    pixels = np.ascontiguousarray(eight_bits(image[..., :3]))
    shape = network.generator.shape
    if shape.width != shape.resolution:
        return pixels, None
    if request.framing == 'MIDDLE':
        tall, wide = image.shape[:2]
        return pixels, Region((wide / 2, tall / 2), float(min(tall, wide)))
    faces = faces_in(image)
    if not 0 <= request.face < len(faces):
        what = f"No face {request.face} was found in {request.source}."
        raise FaceNotFoundError(what, "Choose the framing MIDDLE, or another picture.")
    square = aligned_square(faces[request.face])
    return cut(pixels, square, shape.resolution), square


def _start(
    request: InvertRequest,
    job: Job,
    network: Network,
    pixels: NDArray[np.uint8],
    perceptual: Perceptual,
    path: Path,
) -> Tensor | None:
    """What the encoder answers; None where it is of no use. Raises InputError for an unusable one that was chosen."""
    job.status("Reading the face")
    generator = network.generator
    try:
        encoder = open_encoder(path, generator)
    except InputError as error:
        if request.encoder:
            raise
        job.warning(f"{error} The search begins with the network's mean.")
        return None
    found = first_latent(generator, encoder, to_tensor(pixels, generator), perceptual, request.is_per_row)
    job.result["encoder"] = found is not None
    if found is None:
        job.warning("The encoder's answer is no nearer to the picture than the network's mean, which is taken instead.")
    return found


def _search(
    request: InvertRequest,
    job: Job,
    network: Network,
    pixels: NDArray[np.uint8],
    settings: InversionSettings,
    perceptual: Perceptual,
    origin: Origin,
    start: Tensor | None,
) -> dict[str, Any]:
    with LiveScreen(job) as screen:
        watch = _Watch(job, screen)
        inversion = invert(network.generator, pixels, settings, perceptual, start, watch)
    job.seconds.update(watch.seconds)
    job.status("Writing the inversion")
    _tell_quality(job, inversion)
    write_whole(picture_beside(request.latent), encode_png(_side_by_side(pixels, inversion)))
    return write_inversion(Path(request.latent), inversion, network.generator, network.sha256, origin)


def picture_beside(latent: str) -> Path:
    """Where a latent's quality can be seen: what was to be made, and beside it what is made."""
    return Path(f"{latent}.png")


@torch.no_grad()
def _side_by_side(pixels: NDArray[np.uint8], inversion: Inversion) -> NDArray[np.uint8]:
    wanted = to_tensor(pixels, inversion.generator)
    made = inversion.generator.synthesis(inversion.latent)
    return np.concatenate([to_pixels(wanted), to_pixels(made)], axis=1)


class _Watch:
    """Shows how the search goes on, and stops it when the job is cancelled."""

    def __init__(self, job: Job, screen: LiveScreen) -> None:
        self.job, self.screen = job, screen
        self.stage = ""
        self.seconds: dict[str, float] = {}
        self.before = time.perf_counter()
        self.picture_seconds, self.shown_at = 0.0, 0.0

    def __call__(self, progress: InversionProgress) -> bool:
        now = time.perf_counter()
        name = progress.stage.lower()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self.before
        if progress.stage != self.stage:
            self.stage = progress.stage
            self.job.status(_STAGES[progress.stage])
        self.job.progress(progress.done, progress.total, "steps")
        if now - self.shown_at >= SHARE * self.picture_seconds:
            self.screen.show(progress.look())
            self.shown_at = time.perf_counter()
            self.picture_seconds = self.shown_at - now
        self.before = time.perf_counter()
        return not self.job.is_cancelled()


def _tell_quality(job: Job, inversion: Inversion) -> None:
    if inversion.is_whole and inversion.psnr < LEAST_PSNR:
        job.warning(
            f"The network comes no nearer to the picture than {inversion.psnr:.1f} dB: faces of another kind, turned "
            "far, or covered are hard for it."
        )
