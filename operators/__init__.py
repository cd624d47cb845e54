# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person can do."""


def _classes():
    from . import drag_mask, drag_points, drag_run, drag_sample, drag_session, invert, keep_expression
    from .add_style import PASTICHE_OT_add_style, PASTICHE_OT_find_styles
    from .apply_recipe import PASTICHE_OT_apply_recipe, PASTICHE_OT_copy_recipe
    from .bake_mesh import PASTICHE_OT_bake_mesh
    from .cancel import PASTICHE_OT_cancel
    from .capture import PASTICHE_OT_capture
    from .card_from_image import PASTICHE_OT_card_from_image
    from .check_setup import PASTICHE_OT_check_setup
    from .choose_weights import PASTICHE_OT_choose_weights, PASTICHE_OT_find_weights
    from .compare import PASTICHE_OT_compare
    from .drive import PASTICHE_OT_drive
    from .drive_rig import PASTICHE_OT_drive_rig
    from .dummy import PASTICHE_OT_dummy
    from .edit_keys import PASTICHE_OT_reduce_keys, PASTICHE_OT_smooth_keys
    from .export_loop import PASTICHE_OT_export_loop
    from .get_model import PASTICHE_OT_cancel_model, PASTICHE_OT_get_model
    from .install_runtime import PASTICHE_OT_cancel_install, PASTICHE_OT_install_runtime
    from .key_channels import PASTICHE_OT_key_channels, keying_sets
    from .live import PASTICHE_OT_live
    from .live_link_face import PASTICHE_OT_export_face_csv, PASTICHE_OT_import_face_csv
    from .mirror_channels import PASTICHE_OT_mirror_channels
    from .move_face import PASTICHE_OT_move_face, PASTICHE_OT_place_on_picture, PASTICHE_OT_refine_face
    from .neutral_here import PASTICHE_OT_neutral_here
    from .open_places import PASTICHE_OT_open_folder, PASTICHE_OT_open_log, PASTICHE_OT_open_preferences
    from .place_face import PASTICHE_OT_forget_face, PASTICHE_OT_place_face
    from .pose import PASTICHE_OT_pose, PASTICHE_OT_pose_assets, PASTICHE_OT_pose_from_asset
    from .record import PASTICHE_OT_record, PASTICHE_OT_stop_recording
    from .render import PASTICHE_OT_render
    from .render_again import PASTICHE_OT_render_again
    from .reset_channels import PASTICHE_OT_reset_channels
    from .save_pose import PASTICHE_OT_add_pose, PASTICHE_OT_open_poses, PASTICHE_OT_save_pose
    from .select_card import PASTICHE_OT_select_card
    from .show_as_painted import PASTICHE_OT_show_as_painted
    from .show_recipe import PASTICHE_OT_show_recipe
    from .style_assets import PASTICHE_OT_style_assets, PASTICHE_OT_style_from_asset
    from .stylize import PASTICHE_OT_leave_face, PASTICHE_OT_stylize
    from .takes import PASTICHE_OT_delete_take, PASTICHE_OT_push_take, PASTICHE_OT_use_take
    from .wear_style import PASTICHE_OT_take_style_off, PASTICHE_OT_wear_style
    from .worker_restart import PASTICHE_OT_worker_restart

    return (
        PASTICHE_OT_card_from_image,
        PASTICHE_OT_select_card,
        PASTICHE_OT_live,
        PASTICHE_OT_record,
        PASTICHE_OT_stop_recording,
        PASTICHE_OT_capture,
        PASTICHE_OT_render,
        PASTICHE_OT_drive,
        PASTICHE_OT_export_loop,
        PASTICHE_OT_stylize,
        PASTICHE_OT_leave_face,
        PASTICHE_OT_style_assets,
        PASTICHE_OT_style_from_asset,
        PASTICHE_OT_compare,
        PASTICHE_OT_wear_style,
        PASTICHE_OT_take_style_off,
        PASTICHE_OT_add_style,
        PASTICHE_OT_find_styles,
        PASTICHE_OT_get_model,
        PASTICHE_OT_cancel_model,
        PASTICHE_OT_cancel,
        PASTICHE_OT_render_again,
        PASTICHE_OT_show_recipe,
        PASTICHE_OT_copy_recipe,
        PASTICHE_OT_apply_recipe,
        PASTICHE_OT_reset_channels,
        PASTICHE_OT_mirror_channels,
        PASTICHE_OT_key_channels,
        PASTICHE_OT_smooth_keys,
        PASTICHE_OT_reduce_keys,
        PASTICHE_OT_neutral_here,
        PASTICHE_OT_use_take,
        PASTICHE_OT_push_take,
        PASTICHE_OT_delete_take,
        PASTICHE_OT_bake_mesh,
        PASTICHE_OT_pose,
        PASTICHE_OT_pose_from_asset,
        PASTICHE_OT_pose_assets,
        PASTICHE_OT_save_pose,
        PASTICHE_OT_add_pose,
        PASTICHE_OT_open_poses,
        PASTICHE_OT_import_face_csv,
        PASTICHE_OT_export_face_csv,
        PASTICHE_OT_drive_rig,
        PASTICHE_OT_place_face,
        PASTICHE_OT_forget_face,
        PASTICHE_OT_choose_weights,
        PASTICHE_OT_find_weights,
        PASTICHE_OT_place_on_picture,
        PASTICHE_OT_refine_face,
        PASTICHE_OT_move_face,
        PASTICHE_OT_show_as_painted,
        PASTICHE_OT_open_folder,
        PASTICHE_OT_open_log,
        PASTICHE_OT_open_preferences,
        PASTICHE_OT_worker_restart,
        PASTICHE_OT_check_setup,
        PASTICHE_OT_install_runtime,
        PASTICHE_OT_cancel_install,
        PASTICHE_OT_dummy,
        *keying_sets,
        *drag_session.classes,
        *drag_points.classes,
        *drag_run.classes,
        *drag_sample.classes,
        *drag_mask.classes,
        *keep_expression.classes,
        *invert.classes,
    )


def register():
    """Register every operator and the Esc key."""
    import bpy

    from . import shortcuts

    for cls in _classes():
        bpy.utils.register_class(cls)
    shortcuts.register()


def unregister():
    """Take them away, in the exact reverse order."""
    import bpy

    from . import shortcuts

    shortcuts.unregister()
    for cls in reversed(_classes()):
        bpy.utils.unregister_class(cls)
