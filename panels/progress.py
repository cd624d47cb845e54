# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is running, in a panel and in the status bar: frames done, frames per second, time left, and a way to stop."""

from ..operators.cancel import PASTICHE_OT_cancel
from ..operators.open_places import PASTICHE_OT_open_log
from ..operators.render import PASTICHE_OT_render
from ..scene import jobs
from . import live_picture
from .sentences import draw_sentence


def progress_text(job: jobs.Job) -> str:
    """Such as "45 of 120 frames, 12.3 per second, 0:06 left"."""
    if not job.total:
        return job.text or "Starting"
    return ", ".join(filter(None, (count_text(job), pace_text(job))))


def count_text(job: jobs.Job) -> str:
    """Such as "45 of 120 frames"."""
    return f"{job.done} of {job.total} {job.unit}"


def pace_text(job: jobs.Job) -> str:
    """Such as "12.3 per second, 0:06 left"."""
    pace = f"{job.rate:.1f} per second" if job.rate > 0 else ""
    if job.seconds_left < 0 or job.done >= job.total:
        return pace
    minutes, seconds = divmod(round(job.seconds_left), 60)
    return f"{pace}, {minutes}:{seconds:02d} left"


def draw_progress(layout, context) -> None:
    """The running jobs, each with a bar."""
    for job in (job for job in jobs.open_jobs() if not job.is_quiet):
        box = layout.box().column(align=True)
        row = box.row()
        icon = live_picture.icon_of(job)
        if icon:
            row.template_icon(icon_value=icon, scale=2.6)
        column = row.column(align=True)
        row = column.row()
        row.label(text=job.title, icon='NONE' if icon else 'SORTTIME')
        row.operator(PASTICHE_OT_cancel.bl_idname, text="", icon='CANCEL', emboss=False)
        if job.total:
            column.progress(factor=job.done / job.total, text=count_text(job))
        draw_sentence(box, context, ". ".join(filter(None, (job.text, pace_text(job)))) or "Starting")


def draw_outcome(layout, context, card) -> None:
    """How the card's latest job ended: its error with what to do, where it was cancelled, its warnings."""
    job = jobs.last_job(card.pastiche.uid)
    if job is None or job.is_open:
        return
    was_cut_short = job.kind == 'render' and job.state == 'CANCELLED'
    if job.error or was_cut_short:
        column = layout.box().column()
        text = str(job.error) if job.error else f"Cancelled after {count_text(job)}."
        draw_sentence(column, context, text, 'ERROR' if job.error else 'INFO')
        row = column.row(align=True)
        if job.kind == 'render':
            row.operator(PASTICHE_OT_render.bl_idname, text="Resume", icon='FILE_REFRESH')
        if job.error:
            row.operator(PASTICHE_OT_open_log.bl_idname, icon='TEXT')
    for text in job.warnings:
        draw_sentence(layout.box(), context, text, 'INFO')


def draw_in_status_bar(header, _context) -> None:
    """The oldest running job, for the eye that is elsewhere."""
    running = jobs.open_jobs()
    if running:
        job = running[0]
        row = header.layout.row(align=True)
        row.label(text=f"{job.title}: {progress_text(job)}")
        row.operator(PASTICHE_OT_cancel.bl_idname, text="", icon='CANCEL', emboss=False)
