"""Node graphs: a Material as Cycles shades it.

One graph for all: a principled surface whose inputs are constants, or textures times those constants. Surfaces are
never culled, whatever ``double_sided`` says: the labels see both sides of every triangle, and so must the light.
"""

from __future__ import annotations

from typing import TypeAlias

from synthvision.assets import Asset, Material, Texture
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.images import ImageShelf
from synthvision.render.blender.meshes import UV_MAP

Socket: TypeAlias = bpy.types.NodeSocket


def make_material(material: Material, asset: Asset, images: ImageShelf) -> bpy.types.Material:
    """Make the data-block of one material; ``asset`` is where its embedded textures are."""
    made = bpy.data.materials.new(material.name)
    graph = Graph(made.node_tree, material, asset, images)
    graph.set_base_colour()
    graph.set_metallic_roughness()
    graph.set_coat_and_specular()
    graph.set_normal()
    graph.set_emission()
    graph.cut_out()
    return made


class Graph:
    """The node graph of one material while it is being wired."""

    def __init__(self, tree: bpy.types.NodeTree, material: Material, asset: Asset, images: ImageShelf) -> None:
        self._tree = tree
        self._material = material
        self._asset = asset
        self._images = images
        self._principled = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
        self._output = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeOutputMaterial")
        self._uv: Socket | None = None
        self._alpha: Socket | None = None

    def set_base_colour(self) -> None:
        material = self._material
        if material.base_colour_texture is None:
            self._set("Base Color", (*material.base_colour, 1.0))
            return
        texture = self._texture(material.base_colour_texture, colour=True)
        self._alpha = texture.outputs["Alpha"]
        self._wire(self._tinted(texture.outputs["Color"], material.base_colour), "Base Color")

    def set_metallic_roughness(self) -> None:
        material = self._material
        if material.metallic_roughness_texture is None:
            self._set("Metallic", material.metallic)
            self._set("Roughness", material.roughness)
            return
        texture = self._texture(material.metallic_roughness_texture, colour=False)
        channels = self._node("ShaderNodeSeparateColor")
        self._link(texture.outputs["Color"], channels.inputs["Color"])
        self._wire(self._math("MULTIPLY", channels.outputs["Blue"], material.metallic), "Metallic")
        self._wire(self._math("MULTIPLY", channels.outputs["Green"], material.roughness), "Roughness")

    def set_coat_and_specular(self) -> None:
        self._set("Specular IOR Level", self._material.specular)
        self._set("Coat Weight", self._material.coat)

    def set_normal(self) -> None:
        if self._material.normal_texture is None:
            return
        texture = self._texture(self._material.normal_texture, colour=False)
        bend = self._node("ShaderNodeNormalMap")
        bend.space = "TANGENT"
        bend.uv_map = UV_MAP
        bend.inputs["Strength"].default_value = self._material.normal_strength
        self._link(texture.outputs["Color"], bend.inputs["Color"])
        self._wire(bend.outputs["Normal"], "Normal")

    def set_emission(self) -> None:
        """Emit on Blender's scale of W/m²: 1 is as bright as a white surface under a sun of π W/m², a radiance of 1."""
        material = self._material
        if not any(material.emission_w_m2):
            return
        self._set("Emission Strength", 1.0)
        if material.emission_texture is None:
            self._set("Emission Color", (*material.emission_w_m2, 1.0))
            return
        texture = self._texture(material.emission_texture, colour=True)
        self._wire(self._tinted(texture.outputs["Color"], material.emission_w_m2), "Emission Color")

    def cut_out(self) -> None:
        """Make the surface wholly transparent where alpha is below the cutoff, and leave it wholly opaque elsewhere."""
        material = self._material
        if material.alpha_cutoff <= 0:
            return
        alpha: Socket | float = material.alpha
        if self._alpha is not None:
            alpha = self._math("MULTIPLY", self._alpha, material.alpha)
        mix = self._node("ShaderNodeMixShader")
        self._link(self._math("LESS_THAN", alpha, material.alpha_cutoff), mix.inputs["Fac"])
        self._link(self._principled.outputs["BSDF"], mix.inputs[1])
        self._link(self._node("ShaderNodeBsdfTransparent").outputs["BSDF"], mix.inputs[2])
        self._link(mix.outputs["Shader"], self._output.inputs["Surface"])

    def _texture(self, texture: Texture, *, colour: bool) -> bpy.types.Node:
        node = self._node("ShaderNodeTexImage")
        shelf = self._images
        node.image = shelf.colour(texture, self._asset) if colour else shelf.data(texture, self._asset)
        node.interpolation = "Linear"
        node.extension = "REPEAT"
        self._link(self._coordinates(), node.inputs["Vector"])
        return node

    def _coordinates(self) -> Socket:
        """Return the texture coordinate, the mesh's times ``uv_scale``; one node for all textures."""
        if self._uv is None:
            mapped = self._node("ShaderNodeUVMap")
            mapped.uv_map = UV_MAP
            scaled = self._node("ShaderNodeVectorMath")
            scaled.operation = "SCALE"
            scaled.inputs["Scale"].default_value = self._material.uv_scale
            self._link(mapped.outputs["UV"], scaled.inputs[0])
            self._uv = scaled.outputs["Vector"]
        return self._uv

    def _tinted(self, colour: Socket, factor: tuple[float, float, float]) -> Socket:
        node = self._node("ShaderNodeVectorMath")
        node.operation = "MULTIPLY"
        self._link(colour, node.inputs[0])
        node.inputs[1].default_value = factor
        return node.outputs["Vector"]

    def _math(self, operation: str, first: Socket | float, second: float) -> Socket:
        node = self._node("ShaderNodeMath")
        node.operation = operation
        if isinstance(first, float):
            node.inputs[0].default_value = first
        else:
            self._link(first, node.inputs[0])
        node.inputs[1].default_value = second
        return node.outputs["Value"]

    def _node(self, kind: str) -> bpy.types.Node:
        return self._tree.nodes.new(kind)

    def _link(self, start: Socket, end: Socket) -> None:
        self._tree.links.new(start, end)

    def _wire(self, start: Socket, principled_input: str) -> None:
        self._link(start, self._principled.inputs[principled_input])

    def _set(self, principled_input: str, value: float | tuple[float, ...]) -> None:
        socket = self._principled.inputs[principled_input]
        # Setting makes Blender look through the whole graph (30 µs); most inputs have their default already.
        if socket.default_value != value:
            socket.default_value = value
