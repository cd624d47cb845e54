# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authors' files -> a style pack, as a job. Not for: how it is made (styles/pack_maker.py)."""

from ...bridge.plain_data import to_plain
from ...bridge.requests import PackRequest
from ..torch_needed import importing_torch
from .job import Job


def run(request: PackRequest, job: Job) -> None:
    """Make the pack."""
    with importing_torch("Making a style pack"):
        from ..styles.pack_maker import make_pack
    job.write_recipe({}, "pack 1")
    job.status("Reading the authors' files")
    with job.stage("pack"):
        pack = make_pack(request, job.check, lambda done, total: job.progress(done, total, "thumbnails"))
    facts = pack.facts
    job.result.update(
        pack=str(pack.folder),
        name=facts.name,
        size=facts.size,
        exemplars=len(facts.exemplars),
        has_encoder=pack.has_encoder,
        sources=facts.sources,
        files={name: to_plain(file) for name, file in facts.files.items() if name.endswith(".safetensors")},
    )
