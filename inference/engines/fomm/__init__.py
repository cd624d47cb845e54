# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The First Order Motion Model as an engine: a portrait moved by the keypoints of footage.

settings        what can be set                          networks      weights from a file, on a device
face_crop       the square a network sees                driving       keypoints of footage, kept beside its motion file
best_frame      where in the footage relative motion starts
full_picture    a frame at the picture's own resolution  pyramids      joining it with the rest of the picture
fomm_engine     all of it behind engines/engine.py
"""

from .fomm_engine import FommEngine as FommEngine
