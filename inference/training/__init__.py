# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training: `loop` drives a `stage`; each model adds its stages to the table in stage.py."""
