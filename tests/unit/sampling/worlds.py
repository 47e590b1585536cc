"""A small catalog and store of plain solids, and recipes over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import trimesh
from numpy.typing import NDArray

from synthvision.assets.keypoints import PointSpec
from synthvision.assets.types import Asset, AssetSource, GeneratedAsset, Material, Mesh, Texture
from synthvision.recipe.model import Recipe
from synthvision.sampling import SceneSampler


def _on_ground(solid: trimesh.Trimesh) -> trimesh.Trimesh:
    return solid.apply_translation((0, 0, -solid.bounds[0, 2]))


def _plane(size_m: float) -> trimesh.Trimesh:
    half = size_m / 2
    corners = [[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]]
    return trimesh.Trimesh(corners, [[0, 1, 2], [0, 2, 3]], process=False)


def _shelf() -> trimesh.Trimesh:
    """A metre wide, 0.4 deep, 1.2 high: four boards with their tops at 0.1, 0.5, 0.9 and 1.2; open towards -y."""
    boards = [
        trimesh.creation.box((1, 0.4, 0.02)).apply_translation((0, 0, top - 0.01)) for top in (0.1, 0.5, 0.9, 1.2)
    ]
    sides = [trimesh.creation.box((0.02, 0.4, 1.2)).apply_translation((side * 0.51, 0, 0.6)) for side in (-1, 1)]
    back = trimesh.creation.box((1.04, 0.01, 1.2)).apply_translation((0, 0.205, 0.6))
    return trimesh.util.concatenate([*boards, *sides, back])


def _cup() -> trimesh.Trimesh:
    """An open cup, narrower at its foot, so that cups nest; outer radius 0.03 below and 0.04 above, 0.1 high."""
    outline = [(0, 0), (0.03, 0), (0.04, 0.1), (0.037, 0.1), (0.0275, 0.005), (0, 0.005)]
    return trimesh.creation.revolve(np.array(outline), sections=24)


SOLIDS: Mapping[str, Callable[[Mapping[str, float]], trimesh.Trimesh]] = {
    "box": lambda p: _on_ground(trimesh.creation.box((p.get("width_m", 0.1), 0.08, 0.06))),
    "can": lambda _: _on_ground(trimesh.creation.cylinder(radius=0.033, height=0.12, sections=16)),
    "ball": lambda _: _on_ground(trimesh.creation.icosphere(subdivisions=2, radius=0.04)),
    "ring": lambda _: _on_ground(trimesh.creation.annulus(0.05, 0.07, 0.03, sections=16)),
    "table": lambda _: _on_ground(trimesh.creation.box((0.6, 0.4, 0.3))),
    "card": lambda _: _on_ground(trimesh.creation.box((0.06, 0.09, 0.0003))),
    "cup": lambda _: _cup(),
    "shelf": lambda _: _shelf(),
    "stone": lambda _: _on_ground(trimesh.creation.icosphere(subdivisions=1, radius=0.01).apply_scale((1.3, 1, 0.7))),
    "room": lambda _: trimesh.creation.box((4, 4, 4)),
    "plane": lambda p: _plane(p["size_m"]),
}


def mesh_of(solid: trimesh.Trimesh) -> Mesh:
    return Mesh(
        np.asarray(solid.vertices, np.float32),
        np.asarray(solid.faces, np.int32),
        np.zeros(len(solid.faces), np.int16),
    )


NOTHING: Mapping[str, float] = MappingProxyType({})


class Family:
    keypoints: Mapping[str, PointSpec] = MappingProxyType({})
    skeleton = flip = symmetries = ()

    def __init__(self, name: str, parameters: tuple[str, ...] = ()) -> None:
        self.name = self.generator = name
        self.parameters = dict.fromkeys(parameters)

    def source(self, u_of: Callable[[str], float], given: Mapping[str, float] = NOTHING) -> GeneratedAsset:
        drawn = {name: 0.05 + 0.1 * u_of(name) for name in self.parameters} | given
        return GeneratedAsset(self.name, tuple(drawn.items()))


class TextureFamily(Family):
    def source(self, u_of: Callable[[str], float], given: Mapping[str, float] = NOTHING) -> Texture:  # type: ignore[override]
        return Texture("generated", self.name, tuple((name, u_of(name)) for name in self.parameters))


class SmallCatalog:
    def __init__(self) -> None:
        self.models = {name: Family(name, ("width_m",) if name == "box" else ()) for name in SOLIDS}
        self.textures = {"oak": TextureFamily("oak", ("grain",)), "slate": TextureFamily("slate")}
        self.environments = {"sky": TextureFamily("sky", ("turbidity",))}


class SmallStore:
    """Every solid has the slots ``body`` and ``lid``."""

    def __init__(self) -> None:
        self._held: dict[AssetSource, Asset] = {}

    def asset(self, source: AssetSource) -> Asset:
        assert isinstance(source, GeneratedAsset)
        if source not in self._held:
            solid = SOLIDS[source.generator](dict(source.parameters))
            materials = (Material("body", (0.1, 0.2, 0.3)), Material("lid", (0.9, 0.8, 0.7)))
            self._held[source] = Asset(mesh_of(solid), materials)
        return self._held[source]

    def image(self, texture: Texture) -> NDArray[np.uint8]:
        """Every image is 2 by 2 pixels: white at the top right, grey at the bottom left, else black."""
        assert texture.kind == "file"
        return np.array([[[0] * 3, [240] * 3], [[80] * 3, [0] * 3]], np.uint8)


THING = {"asset": ["box", "can", "ball", "ring"], "category": "thing", "count": 8, "scale": {"uniform": [0.8, 1.2]}}
LAMP = {
    "type": "area",
    "power_w": {"log_uniform": [20, 400]},
    "temperature_k": {"uniform": [2700, 6500]},
    "position": {"shell": {"radius_m": [1, 3], "elevation_deg": [20, 90]}},
}
CAMERA = {
    "fov_deg": {"uniform": [35, 60]},
    "position": {"shell": {"radius_m": [0.7, 1.6], "elevation_deg": [15, 75]}},
    "look_at": {"jitter_m": 0.1},
}


def recipe(**sections: Any) -> Recipe:
    whole = {
        "version": 1,
        "name": "test",
        "categories": [{"name": "thing"}, {"name": "base"}],
        "objects": [THING],
        "lights": [LAMP],
        "camera": CAMERA,
    }
    return Recipe.model_validate(whole | sections)


def sampler(seed: int = 0, **sections: Any) -> SceneSampler:
    return SceneSampler(recipe(**sections), SmallStore(), seed, SmallCatalog())  # type: ignore[arg-type]


def group(**keys: Any) -> dict[str, Any]:
    return {"asset": "box", "category": "thing"} | keys


def within(radius_m: float) -> dict[str, Any]:
    return {"within": {"disc": {"radius_m": radius_m}}}
