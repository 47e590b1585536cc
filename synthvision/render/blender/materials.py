"""Node graphs: a Material as Cycles shades it.

One graph for all: a principled surface whose inputs are constants, or textures times those constants, which shaders and
marks then change on their way to it. Surfaces are never culled, whatever ``double_sided`` says: the labels see both
sides of every triangle, and so must the light. Nothing here moves a surface or lets the camera see through it other
than cut-outs and glass, so labels do not depend on it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from synthvision.assets import Asset, Material, Texture
from synthvision.render.blender.decals import Decals, apply_decals
from synthvision.render.blender.mesh_arrays import UV_MAP
from synthvision.render.blender.pictures import Picture, textured
from synthvision.render.blender.shaders.library import ORIENTED, group_of
from synthvision.render.blender.shaders.sketch import Drawing, Sketch, SketchedNode
from synthvision.render.blender.shaders.surface import Surface, apply_group
from synthvision.render.blender.shaders.surface_marks import apply_marks
from synthvision.render.blender.shaders.wiring import Socket, Value, Vector

_MEAN_FREE_PATH_M = (0.004, 0.0022, 0.0014)
"""How far red, green and blue light go under a surface with ``subsurface``: about as in fruit and wax."""

_PASSED = 0.92
"""What a pane of glass lets through besides its tint: twice one minus Fresnel's 4 %."""


def sketch_material(
    wiring: Sketch,
    material: Material,
    asset: Asset,
    decals: Decals = (),
    *,
    seed_of_object: bool = False,
) -> Drawing:
    """Draw one material on an empty sketch; ``asset`` is what it is of, ``decals`` lie on it.

    With ``seed_of_object`` the seed of its pattern is the red of the object's colour, so that instances that differ in
    nothing but that can share a mesh.
    """
    graph = Graph(wiring, material, asset)
    graph.add_structure(seed_of_object=seed_of_object)
    graph.surface = apply_decals(graph.wiring, graph.surface, decals)
    graph.set_coat_and_body()
    graph.set_emission()
    graph.link_surface()
    graph.let_light_through()
    graph.cut_out()
    return wiring.done()


def bound_to_mesh(material: Material) -> bool:
    """Say whether a material looks different on another mesh: images are looked up in it, and wood grows along it."""
    return bool(textured(material)) or material.shader in ORIENTED


def shared_seed(materials: tuple[Material, ...]) -> float | None:
    """Return the seed that all patterns of an instance have in common; None if there are several, or no patterns."""
    seeds = {material.shader_seed for material in materials if material.patterned}
    return seeds.pop() if len(seeds) == 1 else None


class Graph:
    """The node graph of one material while it is being wired.

    Attributes:
        surface: colour, roughness, metallic, normal … as they are so far. Whoever changes the look of the surface
            replaces it before ``link_surface``; afterwards it is done.
        wiring: adds nodes to this graph.
    """

    def __init__(self, wiring: Sketch, material: Material, asset: Asset) -> None:
        self.wiring = wiring
        self._material = material
        self._asset = asset
        self._principled = wiring.node("ShaderNodeBsdfPrincipled")
        self._output = wiring.node("ShaderNodeOutputMaterial")
        self._shader: Socket = self._principled.outputs["BSDF"]
        wiring.connect(self._shader, self._output.inputs["Surface"])
        self._uv: Socket | None = None
        self._alpha: Socket | None = None
        colour = self._base_colour()
        metallic, roughness = self._metallic_roughness()
        self.surface = Surface(colour, roughness, metallic, self._mapped_normal(), transmission=material.transmission)

    def add_structure(self, *, seed_of_object: bool) -> None:
        """Give the surface the structure of its shader, then what use has done to it."""
        material = self._material
        if not material.patterned:
            return
        seed: Value = material.shader_seed
        if seed_of_object:
            red, _, _ = self.wiring.parts(self.wiring.node("ShaderNodeObjectInfo").outputs["Color"])
            seed = red
        if material.shader != "plain":
            group = group_of(material.shader, int(np.argmax(np.ptp(self._asset.mesh.bounds, axis=0))))
            made = apply_group(self.wiring, group, self.surface, {"size": material.shader_scale, "seed": seed})
            # A picture has its own grain: where there is one, it stays the colour.
            kept = material.base_colour_texture is not None
            self.surface = replace(made, colour=self.surface.colour) if kept else made
        self.surface = apply_marks(self.wiring, material, self.surface, seed)

    def set_coat_and_body(self) -> None:
        material = self._material
        self._set("Specular IOR Level", material.specular)
        self._set("Coat Weight", material.coat)
        self._set("IOR", material.ior)
        self._set("Sheen Weight", material.sheen)
        self._set("Anisotropic", material.anisotropy)
        if material.subsurface > 0:
            self._set("Subsurface Weight", material.subsurface)
            self._set("Subsurface Scale", material.shader_scale)
            self._set("Subsurface Radius", _MEAN_FREE_PATH_M)

    def link_surface(self) -> None:
        """Link what the surface has become to the principled node."""
        surface = self.surface
        self._set("Base Color", surface.colour)
        self._set("Metallic", surface.metallic)
        self._set("Roughness", surface.roughness)
        self._set("Transmission Weight", surface.transmission)
        if surface.normal is not None:
            self._set("Normal", surface.normal)
        if surface.tangent is not None and self._material.anisotropy > 0:
            self._set("Tangent", surface.tangent)
        if self._material.coat > 0:
            self._set("Coat Roughness", surface.coat_roughness)
            if surface.coat_normal is not None:
                self._set("Coat Normal", surface.coat_normal)

    def set_emission(self) -> None:
        """Emit on Blender's scale of W/m²: 1 is as bright as a white surface under a sun of π W/m², a radiance of 1."""
        material = self._material
        if not any(material.emission_w_m2):
            return
        self._set("Emission Strength", 1.0)
        if material.emission_texture is None:
            self._set("Emission Color", material.emission_w_m2)
            return
        texture = self._texture(material.emission_texture, colour=True)
        self._set("Emission Color", self._tinted(texture.outputs["Color"], material.emission_w_m2))

    def let_light_through(self) -> None:
        """Let light fall through glass, tinted and straight: paths that find lamps through refraction are not traced.

        Only shadow rays and light on its way from a dull surface see it so; the camera meets the surface.
        """
        if self._material.transmission <= 0:
            return
        paths = self.wiring.node("ShaderNodeLightPath").outputs
        seen_by = self.wiring.math("MAXIMUM", paths["Is Shadow Ray"], paths["Is Diffuse Ray"])
        tint = self.wiring.node("ShaderNodeGamma")
        self.wiring.connect(self.surface.colour, tint.inputs["Color"])
        self.wiring.connect(0.5, tint.inputs["Gamma"])
        clear = self.wiring.node("ShaderNodeBsdfTransparent")
        self.wiring.connect(self.wiring.scaled(tint.outputs["Color"], _PASSED**0.5), clear.inputs["Color"])
        self._mix_in(self.wiring.times(seen_by, self.surface.transmission), clear)

    def cut_out(self) -> None:
        """Make the surface wholly transparent where alpha is below the cutoff, and leave it wholly opaque elsewhere."""
        material = self._material
        if material.alpha_cutoff <= 0:
            return
        alpha: Value = material.alpha
        if self._alpha is not None:
            alpha = self.wiring.times(self._alpha, material.alpha)
        hole = self.wiring.math("LESS_THAN", alpha, material.alpha_cutoff)
        self._mix_in(hole, self.wiring.node("ShaderNodeBsdfTransparent"))

    def _mix_in(self, share: Socket, other: SketchedNode) -> None:
        """Replace a share of what the surface is so far by another shader."""
        mix = self.wiring.node("ShaderNodeMixShader")
        self.wiring.connect(share, mix.inputs["Fac"])
        self.wiring.connect(self._shader, mix.inputs[1])
        self.wiring.connect(other.outputs["BSDF"], mix.inputs[2])
        self._shader = mix.outputs["Shader"]
        self.wiring.connect(self._shader, self._output.inputs["Surface"])

    def _base_colour(self) -> Vector:
        material = self._material
        if material.base_colour_texture is None:
            return material.base_colour
        texture = self._texture(material.base_colour_texture, colour=True)
        self._alpha = texture.outputs["Alpha"]
        return self._tinted(texture.outputs["Color"], material.base_colour)

    def _metallic_roughness(self) -> tuple[Value, Value]:
        material = self._material
        if material.metallic_roughness_texture is None:
            return material.metallic, material.roughness
        texture = self._texture(material.metallic_roughness_texture, colour=False)
        channels = self.wiring.node("ShaderNodeSeparateColor")
        self.wiring.connect(texture.outputs["Color"], channels.inputs["Color"])
        return (
            self.wiring.times(channels.outputs["Blue"], material.metallic),
            self.wiring.times(channels.outputs["Green"], material.roughness),
        )

    def _mapped_normal(self) -> Socket | None:
        if self._material.normal_texture is None:
            return None
        texture = self._texture(self._material.normal_texture, colour=False)
        bend = self.wiring.node("ShaderNodeNormalMap", space="TANGENT", uv_map=UV_MAP)
        self.wiring.connect(self._material.normal_strength, bend.inputs["Strength"])
        self.wiring.connect(texture.outputs["Color"], bend.inputs["Color"])
        return bend.outputs["Normal"]

    def _texture(self, texture: Texture, *, colour: bool) -> SketchedNode:
        node = self.wiring.node("ShaderNodeTexImage", interpolation="Linear", extension="REPEAT")
        node.image = Picture(texture, "sRGB" if colour else "Non-Color")
        self.wiring.connect(self._coordinates(), node.inputs["Vector"])
        return node

    def _coordinates(self) -> Socket:
        """Return the texture coordinate, the mesh's times ``uv_scale``; one node for all textures."""
        if self._uv is None:
            mapped = self.wiring.node("ShaderNodeUVMap", uv_map=UV_MAP)
            self._uv = self.wiring.scaled(mapped.outputs["UV"], self._material.uv_scale)
        return self._uv

    def _tinted(self, colour: Socket, factor: tuple[float, float, float]) -> Socket:
        return self.wiring.vector("MULTIPLY", colour, factor)

    def _set(self, principled_input: str, value: Value | Vector) -> None:
        self.wiring.connect(value, self._principled.inputs[principled_input])
