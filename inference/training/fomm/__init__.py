# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The First Order Motion Model's training: two frames of a clip, one moved onto the other, nothing labeled.

settings    what can be set               losses   what is asked of the networks
fomm_stage  all of it behind training/stage.py
"""

from .fomm_stage import FommStage as FommStage
