"""Pictures on surfaces, mixed into the material values of what the preview sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.labels.casting import Placed
from synthvision.labels.decals import bearing, decal_points
from synthvision.render.preview.textures import PreviewTextures
from synthvision.render.preview.vectors import Floats
from synthvision.scene import Decal, Scene
from synthvision.scene.poses import multiply, scale_of


def decals_by_bearer(scene: Scene) -> Mapping[int, Sequence[Decal]]:
    """Return the decals on each instance that bears any, by scene index, in scene order."""
    if not scene.decals:
        return {}
    found: dict[int, list[Decal]] = {}
    bearers = bearing(scene)
    for decal in scene.decals:
        found.setdefault(bearers[decal.on], []).append(decal)
    return found


def apply_decal(
    values: Floats,
    decal: Decal,
    placed: Placed,
    hits: tuple[NDArray[np.int32], Floats, Floats],
    footprints: Floats,
    textures: PreviewTextures,
) -> None:
    """Change material values (N, 10: as ``surfaces.material_values`` has them) where the decal reaches.

    ``hits`` are triangles and the weights of their second and third corner; ``footprints`` (N,) the side in metres of
    what each pixel sees.
    """
    reached, uv = decal_points(decal, placed.cast, *hits)
    if not len(reached):
        return
    image = textures.colour(decal.texture, placed.cast.asset)
    across_m = scale_of(multiply(placed.object_to_camera, np.array(decal.decal_to_object)))
    texels = footprints[reached] * np.float32(float(image.widths[0]) / across_m)
    colour = image.sample(uv, elementary.log2(np.maximum(texels, np.float32(1e-6))))
    share = textures.opacity(decal.texture, placed.cast.asset, uv)[:, None]
    covered = values[reached]
    covered[:, 0:3] += (colour - covered[:, 0:3]) * (share * np.float32(decal.tint))
    covered[:, 3:6] *= 1 - share
    covered[:, 9:10] *= 1 - share
    for column, value in ((6, decal.metallic), (7, decal.roughness)):
        if value is not None:
            covered[:, column] += (np.float32(value) - covered[:, column]) * share[:, 0]
    values[reached] = covered
