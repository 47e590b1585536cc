"""Light leaving a surface towards the camera: Lambert below, GGX on top, reflections looked up in the surroundings."""

from __future__ import annotations

import numpy as np

from synthvision import elementary
from synthvision.render.preview.environment import Surroundings
from synthvision.render.preview.lamps import Arriving
from synthvision.render.preview.surfaces import Surfaces
from synthvision.render.preview.vectors import Floats, dot

_LEAST_ROUGHNESS = np.float32(0.06)
_LEAST_REFLECTION_INVERSE = np.float32(1 / 0.02)
"""Water reflects 0.02 head-on (Lagarde and de Rousiers, "Moving Frostbite to PBR", 2014)."""


class Shading:
    """The reflection of N surface points, with the terms that all lamps share worked out once."""

    def __init__(self, surfaces: Surfaces) -> None:
        metallic = surfaces.metallic[:, None]
        dielectric = (np.float32(0.08) * surfaces.specular)[:, None]
        self._surfaces = surfaces
        self._roughness = np.maximum(surfaces.roughness, _LEAST_ROUGHNESS)
        self._facing_view = np.maximum(dot(surfaces.normals, surfaces.views), np.float32(1e-3))
        self._at_normal = dielectric + (surfaces.base_colour - dielectric) * metallic
        single, repeated = self._glossy_albedo()
        self._repeated = repeated
        self._gloss = np.minimum(single * repeated, 1)
        matte = (1 - metallic) * (1 - surfaces.transmission[:, None]) * np.float32(1 / np.pi)
        self._matte = surfaces.base_colour * (matte * (1 - self._gloss))

    def passed(self) -> Floats:
        """Share (N, 3) of the light from behind that passes straight through."""
        surfaces = self._surfaces
        clear = surfaces.transmission * (1 - surfaces.metallic)
        passed: Floats = surfaces.base_colour * clear[:, None] * (1 - self._gloss)
        return passed

    def from_surroundings(self, surroundings: Surroundings, openness: Floats) -> Floats:
        """Radiance (N, 3) due to everything far away but its spot, of which the share ``openness`` (N,) arrives."""
        normals, views = self._surfaces.normals, self._surfaces.views
        mirrored = (2 * self._facing_view)[:, None] * normals
        mirrored -= views
        light = self._matte * surroundings.irradiance(normals)
        light += self._gloss * surroundings.reflected(mirrored, self._roughness)
        light *= openness[:, None]
        return light

    def from_lamp(self, arriving: Arriving, cosines: Floats) -> Floats:
        """Radiance (N, 3) due to a lamp; ``cosines`` (N,) of its light with the normal, 0 where it is in shadow."""
        reflected = self._matte
        if arriving.glossy:
            reflected = reflected + self._highlight(arriving, cosines)
        light: Floats = reflected * arriving.irradiance
        light *= cosines[:, None]
        return light

    def _highlight(self, arriving: Arriving, cosines: Floats) -> Floats:
        """GGX with the height-correlated visibility as Hammon approximates it (GDC 2017) and Schlick's Fresnel term.

        A lamp's size widens the lobe by half its half angle, as Karis does for spheres (SIGGRAPH 2013), but without
        dimming it.
        """
        halfway = arriving.towards + self._surfaces.views
        halfway /= np.maximum(np.sqrt(dot(halfway, halfway)), np.float32(1e-6))[:, None]
        at_half = np.clip(dot(self._surfaces.normals, halfway), 0, 1)
        alpha = np.minimum(self._roughness**2 + arriving.half_angles * np.float32(0.5), 1)
        spread = at_half * at_half * (alpha * alpha - 1) + 1
        facing = self._facing_view
        shadowing = 2 * cosines * facing * (1 - alpha) + (cosines + facing) * alpha
        lobe = alpha * alpha / (np.float32(2 * np.pi) * spread * spread * np.maximum(shadowing, np.float32(1e-6)))
        slant = (1 - np.clip(dot(self._surfaces.views, halfway), 0, 1)) ** 2
        highlight: Floats = 1 - self._at_normal
        highlight *= (slant * slant)[:, None]
        highlight += self._at_normal
        highlight *= self._repeated
        highlight *= lobe[:, None]
        return highlight

    def _glossy_albedo(self) -> tuple[Floats, Floats]:
        """Share (N, 3) of even light the lobe reflects, and the factor (N, 3) for light that its facets pass on.

        Karis, "Physically based shading on mobile", 2014; Turquin, "Practical multiple scattering compensation", 2019.
        """
        rough = self._surfaces.roughness
        a = np.minimum((1 - rough) ** 2, elementary.exp2(np.float32(-9.28) * self._facing_view)) * (1 - rough)
        a += np.float32(0.0425) - np.float32(0.0275) * rough
        scale = np.float32(-1.04) * a + np.float32(1.04) - np.float32(0.572) * rough
        offset = np.float32(1.04) * a + np.float32(0.022) * rough - np.float32(0.04)
        repeated = 1 + self._at_normal * (1 / (scale + offset) - 1)[:, None]
        # What reflects less than any substance when seen head-on has no interface, and reflects nothing edge-on either.
        edge = np.minimum(self._at_normal * _LEAST_REFLECTION_INVERSE, 1) * offset[:, None]
        albedo: Floats = np.clip(self._at_normal * scale[:, None] + edge, 0, 1)
        return albedo, repeated
