"""Blender's compositor, as far as a render needs it: what it writes into one file, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthvision.render.blender.compat import bpy, write_layers_exr

_NODES = "layers"


def new_nodes(target: bpy.types.Scene) -> tuple[bpy.types.NodeTree, bpy.types.Node]:
    """Turn the target's compositor on, in full precision; return its nodes and, among them, the render's passes."""
    render = target.render
    render.use_compositing = True
    # Its other work is none, and for that on a GPU it would need a display.
    render.compositor_device = "CPU"
    render.compositor_denoise_device = "GPU" if target.cycles.device == "GPU" else "CPU"
    render.compositor_precision = "FULL"
    tree = bpy.data.node_groups.new(_NODES, "CompositorNodeTree")
    passes = tree.nodes.new("CompositorNodeRLayers")
    passes.scene = target
    target.compositing_node_group = tree
    return tree, passes


def save_layers(tree: bpy.types.NodeTree, path: Path, layers: Mapping[str, bpy.types.NodeSocket]) -> None:
    """Have each render write these outputs of nodes into one EXR file, as layers by their names."""
    file = tree.nodes.new("CompositorNodeOutputFile")
    file.directory, file.file_name = str(path.parent), path.name
    file.save_as_render = False
    write_layers_exr(file.format)
    for name, output in layers.items():
        file.file_output_items.new("RGBA", name)
        tree.links.new(output, file.inputs[name])


def switch_off(target: bpy.types.Scene) -> None:
    """Turn the target's compositor off and remove its nodes."""
    target.render.use_compositing = False
    target.compositing_node_group = None
    bpy.data.batch_remove([nodes for nodes in bpy.data.node_groups if nodes.name.startswith(_NODES)])
