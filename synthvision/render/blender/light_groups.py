"""What each group of lights does to a picture, from one path trace.

Cycles keeps the groups apart as it traces; a compositor denoises each, with the same denoiser, albedo and normals that
Cycles uses itself (the pictures agree to 90 dB), and writes them all into one file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.compositor import new_nodes, save_layers, switch_off
from synthvision.scene import Mix, Scene, World
from synthvision.scene.mixing import light_groups, shines, traced_once

Pixels = NDArray[np.float32]

WORLD = "world"
EMISSION = "emission"

_MENUS = {"HIGH": "High", "BALANCED": "Balanced", "FAST": "Fast", "ACCURATE": "Accurate"}
"""Cycles' names for qualities and prefilters → the compositor's."""


@dataclass(frozen=True, eq=False)
class TracedLight:
    """Linear light (H, W, 3) float32 of each group that gives any, at gain 1; ``scene`` is what was traced."""

    scene: Scene
    layers: Mapping[str, Pixels]

    def is_of(self, scene: Scene) -> bool:
        """Say whether a scene's picture can be mixed from this light."""
        return self.scene == traced_once(scene)

    def mixed(self, mix: Mix) -> Pixels:
        """Return the picture in the light of a mix, (H, W, 3) float32."""
        gains = {_name(group): gain for group, gain in enumerate(mix.lights)} | {
            WORLD: mix.world,
            EMISSION: mix.emission,
        }
        mixed = np.zeros_like(next(iter(self.layers.values())))
        for name, pixels in self.layers.items():
            mixed += np.float32(gains[name]) * pixels
        return mixed


def lit_groups(scene: Scene) -> tuple[str, ...]:
    """Return the names of the groups that give light, at least one."""
    groups = light_groups(len(scene.lights))
    powers = [light.power_w for light in scene.lights]
    names = [_name(group) for group in sorted({group for group, power in zip(groups, powers, strict=True) if power})]
    if any(shines(instance) for instance in scene.instances):
        names.append(EMISSION)
    if not names or not _is_dark(scene.world):
        names.append(WORLD)
    return tuple(names)


def leave_light_together(target: bpy.types.Scene) -> None:
    """Undo what ``keep_light_apart`` did."""
    view_layer = target.view_layers[0]
    if len(view_layer.lightgroups):
        for member in (*target.objects, *bpy.data.worlds):
            member.lightgroup = ""
    for group in tuple(view_layer.lightgroups):
        view_layer.lightgroups.remove(group)
    view_layer.cycles.denoising_store_passes = False
    switch_off(target)


def keep_light_apart(
    target: bpy.types.Scene,
    scene: Scene,
    lights: Sequence[bpy.types.Object],
    instances: Sequence[bpy.types.Object],
    path: Path,
) -> None:
    """Have the next render of the target save one layer for each of the scene's ``lit_groups`` to ``path``.

    ``lights`` and ``instances`` are the scene's, in its order. The denoiser is the one that Cycles is set to.
    """
    names = lit_groups(scene)
    view_layer = target.view_layers[0]
    for name in names:
        view_layer.lightgroups.add(name=name)
    for light, group in zip(lights, light_groups(len(lights)), strict=True):
        light.lightgroup = _name(group)
    for instance, made in zip(scene.instances, instances, strict=True):
        if shines(instance):
            made.lightgroup = EMISSION
    target.world.lightgroup = WORLD
    is_denoised = target.cycles.use_denoising
    target.cycles.use_denoising = False  # the compositor does it
    view_layer.cycles.denoising_store_passes = is_denoised
    tree, passes = new_nodes(target)
    layers = {name: passes.outputs[f"Combined_{name}"] for name in names}
    if is_denoised:
        layers = {name: _denoised(tree, passes, light, target.cycles) for name, light in layers.items()}
    save_layers(tree, path, layers)


def _denoised(
    tree: bpy.types.NodeTree, passes: bpy.types.Node, light: bpy.types.NodeSocket, cycles: bpy.types.PropertyGroup
) -> bpy.types.NodeSocket:
    node = tree.nodes.new("CompositorNodeDenoise")
    node.inputs["HDR"].default_value = True
    node.inputs["Quality"].default_value = _MENUS[cycles.denoising_quality]
    node.inputs["Prefilter"].default_value = _MENUS[cycles.denoising_prefilter]
    tree.links.new(light, node.inputs["Image"])
    tree.links.new(passes.outputs["Denoising Albedo"], node.inputs["Albedo"])
    tree.links.new(passes.outputs["Denoising Normal"], node.inputs["Normal"])
    return node.outputs["Image"]


def _name(group: int) -> str:
    return f"light{group}"


def _is_dark(world: World) -> bool:
    if world.backdrop is not None and world.backdrop_strength:
        return False
    return not world.strength or (world.environment is None and not any(world.colour))
