# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engines: a portrait and one frame of motion in, a picture out. One file or folder each behind engine.py."""
