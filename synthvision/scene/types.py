"""The hand-over between rooms: one drawn world, frozen, with no ranges left and no renderer's types.

World: right-handed, Z up, metres. Camera axes: OpenCV (x right, y down, z forward). Matrices are 4×4 nested tuples,
row by row, and act on column vectors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from synthvision.assets.types import AssetSource, Material, Texture

Row = tuple[float, float, float, float]
Matrix = tuple[Row, Row, Row, Row]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Keypoint:
    """A named point of a mesh, in its frame.

    It is seen where no surface lies before it on the ray from the camera; for a point inside a body, the body's own
    surface may be up to ``depth_m`` before it.
    """

    name: str
    position_m: Vector
    depth_m: float = 0.0


@dataclass(frozen=True)
class Symmetry:
    """A turn about an axis (through ``point_m``, both in the mesh's frame) after which a thing looks the same.

    ``fold``: how many such turns make a whole one; 0 if any angle will do.
    """

    axis: Vector
    fold: int
    point_m: Vector = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Traits:
    """What is declared of a mesh besides its shape."""

    keypoints: tuple[Keypoint, ...] = ()
    symmetries: tuple[Symmetry, ...] = ()


@dataclass(frozen=True)
class Instance:
    """One thing placed in the world.

    Attributes:
        name: unique in the scene, ``<group>/<index>``; the ground is ``ground``.
        mesh: content hash, a key of ``Scene.meshes``.
        object_to_world: pose; rotation, uniform scale, translation in metres.
        materials: one per slot of the mesh, overrides applied.
        instance_id: 1…N for labelled instances in scene order; 0 for the ground and distractors.
        category_id: 1…C in the recipe's order; 0 where there is no category.
        category: its name; empty where there is none.
        asset: the catalog name or file it came from.
        see_through: masks and depth of other things are as if it were not there; its own mask is where it is the
            nearest thing or has only see-through things before it.
        velocity_m_s, spin_deg_s: how it moves while the shutter is open, in world axes (spin: turn about the axis
            through its own origin, by the vector's length per second). Labels are of the middle of the exposure.
    """

    name: str
    mesh: str
    object_to_world: Matrix
    materials: tuple[Material, ...]
    instance_id: int = 0
    category_id: int = 0
    category: str = ""
    asset: str = ""
    see_through: bool = False
    velocity_m_s: Vector = (0.0, 0.0, 0.0)
    spin_deg_s: Vector = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Decal:
    """A picture on the surface of an instance, such as a scratch: it changes how light is reflected, never geometry.

    In the decal's own frame the picture fills the square from (-0.5, -0.5) to (0.5, 0.5) in x and y (v up), and z
    points out of the surface. A point of the instance's mesh is covered if it projects into that square, its ``|z|`` is
    at most ``depth_m``, and its triangle's normal has a positive z there. The decal's mask is where the picture's
    opacity (bilinear, as alpha holes are) is at least 0.5.

    Attributes:
        name: unique in the scene, ``<instance>/<decal>/<index>``.
        on: name of the instance that bears it.
        texture: RGBA picture.
        decal_to_object: 4×4 into the mesh's frame; its x and y columns are as long as the picture is wide and high,
            its z column has length 1.
        depth_m: half the thickness of the slab in which the surface is covered, metres of the mesh's frame.
        roughness, metallic: of the covered surface; None leaves what is there.
        bump_m: height of the covered surface over the rest, metres; negative is cut in. Shading only.
        tint: how much of the picture's colour covers that of the surface, 0…1.
        instance_id: 1…N, in the same count as labelled instances; 0 for a decal without label.
        category_id, category: as for instances.
        keypoints: named points of the picture, in the decal's frame and its plane; they are where their line along z
            meets the surface.
    """

    name: str
    on: str
    texture: Texture
    decal_to_object: Matrix
    depth_m: float
    roughness: float | None = None
    metallic: float | None = None
    bump_m: float = 0.0
    instance_id: int = 0
    category_id: int = 0
    category: str = ""
    tint: float = 1.0
    keypoints: tuple[Keypoint, ...] = ()


@dataclass(frozen=True)
class Light:
    """One light. Position and ``direction`` (unit, the way the light travels) are in the world.

    ``power_w`` is radiant power (area, point, spot) or irradiance in W/m² (sun). ``colour`` is linear Rec.709,
    scaled to luminance 1, with the colour temperature already in it. ``size`` is the diameter of an area light, in
    metres, the radius of a point or spot light in metres, or the angular diameter of the sun in degrees. An area light
    with ``height_m`` is a rectangle, ``size`` along the unit vector ``across`` and ``height_m`` the other way.
    """

    name: str
    type: Literal["area", "point", "sun", "spot"]
    power_w: float
    colour: Vector
    position_m: Vector = (0.0, 0.0, 0.0)
    direction: Vector = (0.0, 0.0, -1.0)
    size: float = 0.0
    cone_deg: float = 0.0
    blend: float = 0.0
    height_m: float = 0.0
    across: Vector = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class World:
    """The surroundings: an equirectangular environment times ``strength``, or one linear colour times ``strength``.

    ``rotation_deg`` turns the environment counter-clockwise about +Z, seen from above. At 0 the middle column of the
    image is seen in direction +X and columns further right are seen towards -Y, as Blender has it. A ``backdrop`` is
    what the camera sees behind everything, filling the image, times ``backdrop_strength``; it gives no light.
    """

    colour: Vector = (0.0, 0.0, 0.0)
    strength: float = 1.0
    environment: Texture | None = None
    rotation_deg: float = 0.0
    backdrop: Texture | None = None
    backdrop_strength: float = 1.0


@dataclass(frozen=True)
class Lens:
    """How a lens bends the rays of a perspective camera, with OpenCV's models and order of coefficients.

    ``brown_conrady``: (k1, k2, p1, p2, k3, k4, k5, k6), of which the last may be missing (OpenCV, ``calib3d``).
    ``kannala_brandt``: (k1, k2, k3, k4), the fisheye model (OpenCV, ``fisheye``). A pixel whose ray is 89 degrees or
    more off the axis, or that the model maps no ray to, sees nothing.
    """

    model: Literal["brown_conrady", "kannala_brandt"]
    coefficients: tuple[float, ...]


@dataclass(frozen=True)
class Camera:
    """A camera: K = [[fx, 0, cx], [0, fy, cy], [0, 0, 1]] in pixels, pixel centres at (i + 0.5, j + 0.5).

    A point (x, y, z) in camera axes is seen at K (x / z, y / z, 1), after the ``lens`` has bent it where there is one;
    with ``orthographic`` at K (x, y, 1), so fx and fy are pixels per metre.

    Attributes:
        clip_m: nothing nearer than this (along z) is seen.
        aperture_m: radius of the entrance pupil; 0 is a pinhole, with everything in focus.
        focus_m: distance of the plane in focus, along z.
        shutter_s: how long the shutter is open; 0 freezes all movement.
        velocity_m_s, spin_deg_s: the camera's own movement meanwhile, as for instances.
        name: which of the scene's cameras it is (``left``); empty when there is one.
        baseline_m: where the other eye of a stereo pair is on this camera's x axis, negative to the left; 0 if there is
            none. It has the same K and lens.

    Labels are of the pinhole, at the middle of the exposure.
    """

    width_px: int
    height_px: int
    fx: float
    fy: float
    cx: float
    cy: float
    camera_to_world: Matrix
    clip_m: float = 0.01
    orthographic: bool = False
    lens: Lens | None = None
    aperture_m: float = 0.0
    focus_m: float = 1.0
    shutter_s: float = 0.0
    velocity_m_s: Vector = (0.0, 0.0, 0.0)
    spin_deg_s: Vector = (0.0, 0.0, 0.0)
    name: str = ""
    baseline_m: float = 0.0


Bayer = Literal["none", "rggb", "bggr", "grbg", "gbrg"]
View = Literal["srgb", "filmic", "linear"]


@dataclass(frozen=True)
class SensorSettings:
    """How linear light becomes 8 bits in this frame. Noise of the frame is drawn from ``noise_seed``.

    Attributes:
        exposure_ev: brightness in stops, on top of ``auto_exposure``.
        auto_exposure: brings the picture's log-average luminance to this linear value (0.18: middle grey); None: off.
        white_balance: gains of red, green and blue.
        defocus_px: radius of the disc that a point is blurred to, all over the picture.
        motion_px, motion_deg: length and direction (counter-clockwise from the image's x axis) of a shake.
        vignetting: share of light lost in the corners, 0…1.
        chromatic_aberration_px: how far red and blue are apart in the corners.
        bayer: pattern of the colour filter, whose mosaic is sampled and demosaiced.
        shot_noise, read_noise_e: noise of the light, and of reading a pixel (standard deviation, electrons).
        full_well_e: electrons of a white pixel.
        gain_noise_share, dark_noise_e: fixed pattern: standard deviation over pixels of gain (share) and offset
            (electrons), the same in all frames, drawn from ``pattern_seed``.
        adc_bits: the converter has ``2 ** adc_bits - 1`` even steps from black to ``full_well_e`` electrons; 0: an
            ideal one.
        sharpening: strength of an unsharp mask, 0 for none.
        view: ``srgb`` cuts bright light off, ``filmic`` rolls it off, ``linear`` stores light as it is (no gamma).
        jpeg_quality: leaves the artefacts of a JPEG of this quality in the picture; 0 for none.
    """

    exposure_ev: float = 0.0
    view: View = "filmic"
    shot_noise: bool = False
    read_noise_e: float = 0.0
    full_well_e: float = 10000.0
    noise_seed: int = 0
    auto_exposure: float | None = None
    white_balance: Vector = (1.0, 1.0, 1.0)
    defocus_px: float = 0.0
    motion_px: float = 0.0
    motion_deg: float = 0.0
    vignetting: float = 0.0
    chromatic_aberration_px: float = 0.0
    bayer: Bayer = "none"
    gain_noise_share: float = 0.0
    dark_noise_e: float = 0.0
    pattern_seed: int = 0
    adc_bits: int = 0
    sharpening: float = 0.0
    jpeg_quality: int = 0


@dataclass(frozen=True)
class DepthSensor:
    """A depth camera at the colour camera's place, whose errors are made from the perfect depth.

    Attributes:
        model: ``stereo`` (also structured light: quantised disparity, shadow beside edges) or ``time_of_flight``
            (noise that grows with distance, flying pixels at edges).
        baseline_m: between the two eyes; the second is to the right of the camera.
        disparity_step_px: least step of disparity.
        noise_px: standard deviation of the disparity's noise (stereo).
        noise_share: standard deviation of depth, as a share of it (time of flight).
        dropout: share of pixels lost at random, more of them on grazing surfaces.
        near_m, far_m: nothing outside is measured.
        seed: of this frame's noise.
    """

    model: Literal["stereo", "time_of_flight"]
    baseline_m: float = 0.05
    disparity_step_px: float = 0.125
    noise_px: float = 0.1
    noise_share: float = 0.005
    dropout: float = 0.0
    near_m: float = 0.1
    far_m: float = 10.0
    seed: int = 0


@dataclass(frozen=True)
class Mix:
    """What a frame takes of the light that was traced once for all frames of its view; see ``scene.mixing``.

    Attributes:
        first_frame: the first of these frames, whose noise they all have.
        lights: gain of each group of lights; the scene's lights are as they were traced, at gain 1.
        world: gain of the surroundings and the backdrop.
        emission: gain of materials that shine.
    """

    first_frame: int
    lights: tuple[float, ...]
    world: float = 1.0
    emission: float = 1.0


@dataclass(frozen=True)
class Scene:
    """One drawn world: everything needed to label it and to render it, and nothing else.

    Attributes:
        frame_index: the frame it is.
        attempt: how many draws of this frame ``require:`` had refused before this one.
        seed: of the dataset; Cycles' own noise seed is derived from (seed, frame_index).
        meshes: content hash → where the mesh comes from.
        variables: the frame's value of each entry of ``variables:`` (numbers, or linear RGB).
        split: name of the split the frame belongs to; empty when the recipe has none.
        scene_index: which world it is; the cameras of one world share it, and all that is drawn but the camera.
        decals: pictures on instances.
        depth_sensor: the depth camera, if there is one.
        traits: content hash of a mesh → what is declared of it, where anything is.
        mix: how the light is mixed, where several frames share one path trace.
        asset_root: where relative paths start on this machine; not part of the content: neither compared nor written.
    """

    frame_index: int
    attempt: int
    seed: int
    meshes: Mapping[str, AssetSource]
    instances: tuple[Instance, ...]
    lights: tuple[Light, ...]
    world: World
    camera: Camera
    sensor: SensorSettings = SensorSettings()
    variables: Mapping[str, float | Vector] = field(default_factory=dict)
    split: str = ""
    scene_index: int = 0
    decals: tuple[Decal, ...] = ()
    depth_sensor: DepthSensor | None = None
    traits: Mapping[str, Traits] = field(default_factory=dict)
    mix: Mix | None = None
    asset_root: Path = field(default_factory=Path, compare=False)
