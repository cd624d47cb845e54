# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The First Order Motion Model: a picture moved by the keypoints of another picture.

For: A. Siarohin, S. Lathuilière, S. Tulyakov, E. Ricci, N. Sebe, "First Order Motion Model for Image Animation",
NeurIPS 2019 (arXiv 2003.00196). The authors' checkpoints load key for key.
Not for: reading files, finding faces, playing clips.

    keypoint_detector   picture -> keypoints and their Jacobians
    keypoint_motion     how a driver's keypoints become the source's
    dense_motion        two sets of keypoints -> backward flow and occlusion
    generator           source, flow, occlusion -> picture
    discriminator       the adversarial half of training
    equivariance        the random deformation training asks the detector to follow
    configurations      the eight published variants as data
    checkpoint          state dicts -> networks
    fast                the same numbers from fewer operations
"""
