# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before and after: the image editor shows the original instead of the stylized image, and back."""

import bpy

from ..scene import styled_image
from .reporting import Reporting


class PASTICHE_OT_compare(Reporting, bpy.types.Operator):
    """Show the image as it was before it was stylized, or as it is after"""

    bl_idname = "pastiche.compare"
    bl_label = "Before and After"
    bl_options = {'REGISTER'}

    @classmethod
    def poll(cls, context):
        """Only on an image that has a twin, or is one."""
        space = context.space_data
        return getattr(space, "type", "") == 'IMAGE_EDITOR' and other_side(space.image) is not None

    def run(self, context):
        """Change sides."""
        context.space_data.image = other_side(context.space_data.image)


def other_side(image):
    """The original of a stylized image, the latest stylized image of an original; None where there is neither."""
    if image is None:
        return None
    original = styled_image.original_of(image)
    if original != image:
        return original
    twins = styled_image.twins_of(image)
    return twins[-1] if twins else None
