"""What every data card says in the same words: how labels are made, what they mean, what they cannot do."""

from __future__ import annotations

from types import MappingProxyType

LABELS = MappingProxyType(
    {
        "mask": "pixels whose ray through the pixel's centre meets the instance first",
        "amodal mask": "the same with all other instances absent, inside the image",
        "box": "tight half-open box around the mask: [x, y, width, height], pixels",
        "visibility": "mask pixels over amodal pixels",
        "truncation": "share of the instance's projection that lies outside the image",
        "pose": "`object_to_camera`: 4×4, rotation, uniform scale, translation in metres",
        "3-D box": "corners of the mesh's own box in camera axes (m) and in the image (px), and its sides",
        "keypoints": "x, y in pixels and COCO's state: 0 outside the image, 1 hidden, 2 seen, decided by rays",
    }
)

CONVENTIONS = (
    "Metres; world right-handed, Z up; camera axes x right, y down, z forward.",
    "The centre of the top left pixel is at (0.5, 0.5); K = [[fx, 0, cx], [0, fy, cy], [0, 0, 1]] in pixels.",
    "Depth is the distance to the camera plane (z), not along the ray.",
    "Category ids count from 1 in the recipe's order; instance ids from 1 in each frame, 0 is nothing.",
)

RENDERED_LABELS = (
    "Labels of rendered frames are computed from the scene's geometry by ray casting (Embree), one ray through each "
    "pixel's centre. No person has drawn or checked them."
)
IMPORTED_LABELS = (
    "Labels of photographs were imported from annotations made elsewhere. What was not annotated there (masks, poses, "
    "what is hidden) is missing here."
)

LIMITS_OF_RENDERED = (
    (
        "Pictures are rendered from a recipe: their variety is that of the recipe's ranges, their look that of its "
        "models, materials and lights. A model trained on them must be tested on real pictures."
    ),
    (
        "Masks have no soft edges; they are of the pinhole camera at the middle of the exposure, so defocus and motion "
        "blur are in the picture, but not in the masks."
    ),
    "Things that are drawn but not labelled (ground, distractors) have no id in any map.",
)
LIMIT_OF_PREVIEW = (
    "The preview renderer shades without tracing light: no reflections, no indirect light. It is for trying "
    "out recipes."
)
LIMIT_OF_DEPTH = "Depth in 16-bit PNG is rounded to millimetres; what lies beyond 65.535 m is 0, as is nothing."
LIMIT_OF_PHOTOGRAPHS = (
    "Photographs have no depth, camera or scene here, and their labels are as complete as their source's."
)

PERSONAL_RENDERED = (
    "Rendered pictures show what the catalog and the files named below contain; the catalog has no people."
)
PERSONAL_PHOTOGRAPHS = "Photographs may show people or places that can be recognised: see where they come from."

USES = (
    "Training and testing of detection, segmentation, pose and depth estimation for these classes, and studies in "
    "which something is to be varied under control: every frame holds its whole scene."
)
NOT_FOR = "Not meant as the only evidence of how well a model works on real pictures."
