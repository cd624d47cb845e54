# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a drag stands, in words."""

from ..scene.drag.session import ARRIVED, DRAGGING, Session


def standing_text(running: Session) -> str:
    """Such as "Step 45, 3.2 px to go, 0.41 s per step"."""
    now = running.standing
    if now is None:
        return running.text
    words = [f"Step {now.step}" if now.step == now.steps else f"Step {now.step} of {now.steps}"]
    if running.state == ARRIVED:
        words.append("all points have arrived")
    elif now.distances and running.state == DRAGGING:
        words.append(f"{max(now.distances):.1f} px to go")
    if running.state == DRAGGING and now.seconds_per_step:
        words.append(f"{now.seconds_per_step:.2f} s per step")
    return ", ".join(words)


def quality_text(drag) -> str:
    """How near the network came to a card's own picture, such as "PSNR 24.1 dB, distance 0.062"."""
    return f"PSNR {drag.psnr:.1f} dB, distance {drag.distance:.3f}"
