"""What every pixel sees: points, normals and material values, gathered from meshes and textures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.assets import Material
from synthvision.labels.casting import Placed, interpolate
from synthvision.labels.projection import pixel_points, pixel_slopes
from synthvision.labels.tracing import Hits
from synthvision.render.preview.decals import apply_decal, decals_by_bearer
from synthvision.render.preview.textures import PreviewTextures
from synthvision.render.preview.vectors import Floats, dot, lengths
from synthvision.scene import Camera, Scene
from synthvision.scene.poses import scale_of

_SHARPEN = np.float32(0.5)
"""Levels of the pyramid by which textures are looked up finer than one texel per pixel."""

_MANY = 2**16

_USUAL_REFLECTION = 0.04
"""What a surface of index 1.5 reflects, seen head-on."""

_DUST = (0.43, 0.39, 0.33)
_DUST_ROUGHNESS = 0.95
_DUST_COVER = 0.7
"""Share of a surface facing up that ``dust: 1`` covers."""


@dataclass(frozen=True, eq=False)
class Surfaces:
    """The N pixels that see a surface, ordered by instance.

    Attributes:
        pixels: (N,) intp index into the image, row by row.
        bounds: (I + 1,) intp: instance i of the scene has entries ``bounds[i]`` to ``bounds[i + 1]``.
        positions, normals, views: (N, 3) float32 in the world: metres; unit; unit towards the camera.
        base_colour, emission: (N, 3) float32 linear. metallic, roughness, specular, transmission: (N,) float32.
    """

    pixels: NDArray[np.intp]
    bounds: NDArray[np.intp]
    positions: Floats
    normals: Floats
    views: Floats
    base_colour: Floats
    emission: Floats
    metallic: Floats
    roughness: Floats
    specular: Floats
    transmission: Floats


def gather_surfaces(
    scene: Scene, placed: tuple[Placed, ...], hits: Hits, normals: Floats, textures: PreviewTextures
) -> Surfaces:
    """Gather the surfaces behind the hits; ``normals`` (H, W, 3) float32 unit shading normals in camera axes."""
    scene_map = hits.scene_map.ravel()
    pixels = np.flatnonzero(scene_map >= 0)
    instances = scene_map[pixels]
    # Whole numbers of 16 bits are sorted in linear time.
    order = np.argsort(instances.astype(np.uint16) if len(placed) < _MANY else instances, kind="stable")
    pixels = pixels[order]
    bounds = np.searchsorted(instances[order], np.arange(len(placed) + 1))
    rays = _rays(scene.camera, pixels)
    to_world = np.array(scene.camera.camera_to_world)
    turn = to_world[:3, :3].T.astype(np.float32)
    depth = hits.depth.ravel()[pixels]
    offsets = elementary.matmul(rays * depth[:, None], turn)
    distances = lengths(offsets)
    values = np.empty((len(pixels), _VALUES), np.float32)
    world_normals = elementary.matmul(normals.reshape(-1, 3).take(pixels, axis=0), turn)
    cosines = np.abs(dot(offsets, world_normals)) / distances
    footprints = patches(scene.camera, depth) / np.sqrt(np.maximum(cosines, np.float32(0.1)))
    triangle, u, v = (each.ravel() for each in (hits.on_meshes.triangle, hits.on_meshes.u, hits.on_meshes.v))
    decals = decals_by_bearer(scene)
    for index in np.flatnonzero(np.diff(bounds)).tolist():
        part = slice(int(bounds[index]), int(bounds[index + 1]))
        ours = pixels[part]
        seen = Seen(placed[index], triangle[ours], u[ours], v[ours], footprints[part])
        values[part] = material_values(seen, textures)
        if any(material.dust > 0 for material in seen.placed.materials):
            _gather_dust(values[part], seen, world_normals[part, 2])
        for decal in decals.get(index, ()):
            apply_decal(values[part], decal, seen.placed, (seen.triangles, seen.u, seen.v), seen.footprints, textures)
    return Surfaces(
        pixels=pixels,
        bounds=bounds,
        positions=offsets + _origins(scene.camera, pixels),
        normals=world_normals,
        views=offsets / -distances[:, None],
        base_colour=np.ascontiguousarray(values[:, 0:3]),
        emission=values[:, 3:6],
        metallic=values[:, 6],
        roughness=np.ascontiguousarray(values[:, 7]),
        specular=values[:, 8],
        transmission=values[:, 9],
    )


def seeing(camera: Camera, pixels: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return those of some pixels (index row by row) that have a ray; a lens may have pixels that see nothing."""
    return pixels if camera.lens is None else pixels[~np.isnan(pixel_slopes(camera, pixels)[0])]


def pixel_directions(camera: Camera, pixels: NDArray[np.intp]) -> Floats:
    """Return unit directions (N, 3) float32 in the world through pixel centres (index row by row) that have a ray."""
    rays: Floats = elementary.matmul(
        _rays(camera, pixels), np.array(camera.camera_to_world)[:3, :3].T.astype(np.float32)
    )
    rays /= lengths(rays)[:, None]
    return rays


def _rays(camera: Camera, pixels: NDArray[np.intp]) -> Floats:
    rays = np.ones((len(pixels), 3), np.float32)
    rays[:, 0], rays[:, 1] = pixel_slopes(camera, pixels)
    return rays


def _origins(camera: Camera, pixels: NDArray[np.intp]) -> Floats:
    """Return where the rays of pixels start in the world: (3,) or (N, 3) float32 metres."""
    to_world = np.array(camera.camera_to_world)
    if not camera.orthographic:
        eye: Floats = to_world[:3, 3].astype(np.float32)
        return eye
    across, down = pixel_points(camera, pixels)
    origins: Floats = (
        elementary.matmul(np.stack([across, down], axis=1), to_world[:3, :2].T) + to_world[:3, 3]
    ).astype(np.float32)
    return origins


def patches(camera: Camera, depth: Floats) -> Floats:
    """Return the side (N,) of the patch that a pixel sees at a depth, metres, if it faces the camera."""
    return (np.ones_like(depth) if camera.orthographic else depth) / np.float32(camera.fx)


_VALUES = 10


@dataclass(frozen=True, eq=False)
class Seen:
    """N points of one instance: triangles, weights of second and third corner, side of the pixel's patch in metres."""

    placed: Placed
    triangles: NDArray[np.int32]
    u: Floats
    v: Floats
    footprints: Floats

    def of(self, chosen: NDArray[np.intp]) -> Seen:
        return Seen(self.placed, self.triangles[chosen], self.u[chosen], self.v[chosen], self.footprints[chosen])


def material_values(seen: Seen, textures: PreviewTextures) -> Floats:
    """Material values (N, 10): base colour, emission, metallic, roughness, specular, transmission."""
    table = np.array([_constants(material) for material in seen.placed.materials], np.float32)
    mesh = seen.placed.cast.mesh
    slots = mesh.slots[seen.triangles]
    values: Floats = np.take(table, slots, axis=0)
    if mesh.uvs is None:
        return values
    for slot, material in enumerate(seen.placed.materials):
        if material.base_colour_texture or material.metallic_roughness_texture or material.emission_texture:
            mine = np.flatnonzero(slots == slot)
            if len(mine):
                values[mine] = _textured(seen.of(mine), mesh.uvs, material, values[mine], textures)
    return values


def _constants(material: Material) -> tuple[float, ...]:
    """The values of a material without its textures and marks; the colour is the mean of its pattern, too.

    A clear coat is told by a glossier, stronger highlight.
    """
    at_normal = ((material.ior - 1) / (material.ior + 1)) ** 2 / _USUAL_REFLECTION
    roughness = material.roughness * (1 - 0.7 * material.coat)
    specular = material.specular * at_normal + 0.5 * material.coat
    values = material.metallic, roughness, specular, material.transmission
    return (*material.base_colour, *material.emission_w_m2, *values)


def _gather_dust(values: Floats, seen: Seen, upward: Floats) -> None:
    """Change material values (N, 10) where dust lies; ``upward`` (N,) is the z of the unit normals in the world.

    The cover is the mean of the one that Cycles shows (``shaders.surface_marks``): a film on what faces up.
    """
    amounts = np.array([material.dust for material in seen.placed.materials], np.float32)
    lies = np.interp(upward, (-0.1, 0.85), (0.06, 1.0)).astype(np.float32)
    share = np.float32(_DUST_COVER) * amounts[seen.placed.cast.mesh.slots[seen.triangles]] * lies
    values[:, 0:3] += (np.array(_DUST, np.float32) - values[:, 0:3]) * share[:, None]
    values[:, 6] *= 1 - share
    values[:, 7] += (np.float32(_DUST_ROUGHNESS) - values[:, 7]) * elementary.power(share, 0.6)
    values[:, 9] *= 1 - share


def _textured(seen: Seen, uvs: Floats, material: Material, values: Floats, textures: PreviewTextures) -> Floats:
    """Multiply material values (N, 10) by the material's textures."""
    asset = seen.placed.cast.asset
    uv = interpolate(uvs, seen.triangles, seen.u, seen.v) * np.float32(material.uv_scale)
    uv_per_pixel = _uv_per_metre(seen, uvs) * seen.footprints * np.float32(material.uv_scale)
    for texture, columns, channels, encoded in (
        (material.base_colour_texture, slice(0, 3), slice(0, 3), True),
        (material.emission_texture, slice(3, 6), slice(0, 3), True),
        (material.metallic_roughness_texture, slice(6, 8), slice(2, 0, -1), False),  # metallic in B, roughness in G
    ):
        if texture is not None:
            image = textures.colour(texture, asset) if encoded else textures.data(texture, asset)
            texels = np.float32(np.sqrt(float(image.widths[0] * image.heights[0])))
            level = elementary.log2(np.maximum(uv_per_pixel * texels, np.float32(1e-6))) - _SHARPEN
            values[:, columns] *= image.sample(uv, level)[:, channels]
    return values


def _uv_per_metre(seen: Seen, uvs: Floats) -> Floats:
    """Length in texture coordinates of one metre in the world at each point, (N,) float32."""
    corners = uvs[seen.triangles]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    uv_area = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    area = lengths(seen.placed.cast.face_normals.take(seen.triangles, axis=0))
    scale = scale_of(seen.placed.object_to_camera)
    density: Floats = np.sqrt(uv_area / np.maximum(area, np.float32(1e-20))) / np.float32(scale)
    return density
