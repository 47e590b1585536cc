"""BlenderProc as a peer of ``scripts/benchmark --peer``: python blenderproc_peer.py [--one-by-one] SCENE_JSON FRAMES

Written the way its users write for it, and in its favour where there is a choice: all meshes are loaded once, all poses
are keyframes, and one ``render()`` makes all frames. With ``--one-by-one`` there is one ``render()`` for each frame, as
in scripts whose scenes have more that differs than poses.

It runs in Blender's Python module, where BlenderProc expects Blender's own Python: a virtual environment at
FOLDER/4.2/python, with ``blenderproc_requirements.txt`` installed into it.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
import tempfile
import time  # noqa: TID251 - measuring time is what this is for
from pathlib import Path
from typing import Any

STARTED = time.perf_counter()
SCENE_JSON, FRAMES = Path(sys.argv[-2]).resolve(), int(sys.argv[-1])
ONE_BY_ONE = "--one-by-one" in sys.argv
# What ``blenderproc run`` does: its own mark, and Blender's command line with the folder for temporary files.
TEMPORARY = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108
os.environ["INSIDE_OF_THE_INTERNAL_BLENDER_PYTHON_ENVIRONMENT"] = "1"
sys.argv = ["blender", "--background", "--python", __file__, "--", __file__, TEMPORARY.name]
# BlenderProc takes the folder that it lies in off the path, which is where everything else lies, too.
sys.path.append(sysconfig.get_paths()["purelib"])

import blenderproc as bproc  # noqa: E402
import bpy  # noqa: E402, TID251
import numpy as np  # noqa: E402
from blenderproc.python.utility.Initializer import _Initializer  # noqa: E402
from mathutils import Matrix  # noqa: E402, TID251

Json = dict[str, Any]
HALF_PX = 0.5
"""BlenderProc counts pixels from the middle of the first, the file from its corner."""


def main() -> None:
    scenes = json.loads(SCENE_JSON.read_text())
    frames = scenes["frames"][:FRAMES]
    check_same_things(frames)
    begin(scenes["settings"], frames[0]["world"])
    things = [load(thing) for thing in frames[0]["instances"]]
    lights = [add_light(light) for light in frames[0]["lights"]]
    outputs(scenes["settings"])
    bpy.ops.render.render()  # warm
    setup = time.perf_counter() - STARTED

    started = time.perf_counter()
    for together in [[frame] for frame in frames] if ONE_BY_ONE else [frames]:
        bproc.utility.reset_keyframes()
        pose(together, things, lights)
        write(bproc.renderer.render())
    whole = time.perf_counter() - started

    bproc.utility.reset_keyframes()
    pose(frames, things, lights)
    path_tracer = bare_seconds(len(frames))
    report = {"seconds_per_frame": whole / len(frames), "path_tracer_seconds_per_frame": path_tracer / len(frames)}
    print(json.dumps({**report, "setup_seconds": setup}), flush=True)
    TEMPORARY.cleanup()
    os._exit(0)  # with the persistent data that BlenderProc turns on, Blender's module crashes when Python ends


def check_same_things(frames: list[Json]) -> None:
    """See that one load serves all frames, as it does in the benchmark's scenes: only poses differ."""

    def fixed(frame: Json) -> Json:
        camera = {key: value for key, value in frame["camera"].items() if key != "camera_to_world"}
        things = [{key: value for key, value in one.items() if key != "object_to_world"} for one in frame["instances"]]
        lights = [{key: value for key, value in one.items() if key != "light_to_world"} for one in frame["lights"]]
        return {"camera": camera, "things": things, "lights": lights, "world": frame["world"]}

    for frame in frames:
        if fixed(frame) != fixed(frames[0]):
            sys.exit(f"frame {frame['frame_index']}: all but its poses must be as in frame {frames[0]['frame_index']}")


def begin(settings: Json, world: Json) -> None:
    """Do what ``bproc.init()`` does, which stops where it sets Blender's language: the module has none to set."""
    bproc.clean_up(clean_up_camera=True)
    bproc.renderer.set_render_devices(use_only_cpu=settings["device"] == "cpu")
    _Initializer.set_default_parameters()
    bproc.renderer.set_cpu_threads(settings["threads"])
    bproc.renderer.set_max_amount_of_samples(settings["samples_per_pixel"])
    bproc.renderer.set_noise_threshold(settings["adaptive_threshold"])
    bproc.renderer.set_denoiser("INTEL" if settings["denoiser"] == "openimagedenoise" else None)
    bounces = settings["light_bounces"]
    bproc.renderer.set_light_bounces(
        diffuse_bounces=bounces["diffuse"],
        glossy_bounces=bounces["glossy"],
        max_bounces=bounces["max"],
        transmission_bounces=bounces["transmission"],
        transparent_max_bounces=bounces["transparent"],
        volume_bounces=bounces["volume"],
    )
    cycles = bpy.context.scene.cycles  # what BlenderProc has no words for
    cycles.sample_clamp_indirect = settings["clamp_indirect"]
    cycles.caustics_reflective = cycles.caustics_refractive = settings["caustics"]
    bproc.renderer.set_world_background(world["colour"], world["strength"])


def load(thing: Json) -> bproc.types.MeshObject:
    """Load one thing with its material and labels."""
    (loaded,) = bproc.loader.load_obj(str(SCENE_JSON.parent / thing["mesh"]), forward_axis="Y", up_axis="Z")
    loaded.set_name(thing["name"])
    loaded.set_cp("category_id", thing["category_id"])
    material = bproc.material.create(thing["name"])
    material.set_principled_shader_value("Base Color", [*thing["material"]["base_colour"], 1.0])
    material.set_principled_shader_value("Metallic", thing["material"]["metallic"])
    material.set_principled_shader_value("Roughness", thing["material"]["roughness"])
    loaded.replace_materials(material)
    return loaded


def add_light(light: Json) -> bproc.types.Light:
    """Add one light, which the camera does not see."""
    added = bproc.types.Light(light["type"].upper(), light["name"])
    added.set_energy(light["power"])
    added.set_color(light["colour"])
    added.blender_obj.data.shape = "DISK"
    added.blender_obj.data.size = light["size"]
    added.blender_obj.visible_camera = False
    return added


def outputs(settings: Json) -> None:
    """Ask for all outputs."""
    wanted = {"rgb", "depth", "instance_segmentation", "category_segmentation", "coco_annotations"}
    if set(settings["outputs"]) != wanted:
        sys.exit(f"outputs must be {', '.join(sorted(wanted))}, got {', '.join(settings['outputs'])}")
    bproc.renderer.enable_depth_output(activate_antialiasing=False)
    bproc.renderer.enable_segmentation_output(
        map_by=["category_id", "instance", "name"], default_values={"category_id": 0}
    )


def pose(frames: list[Json], things: list[bproc.types.MeshObject], lights: list[bproc.types.Light]) -> None:
    """Put everything into its place in every frame."""
    for index, frame in enumerate(frames):
        camera = frame["camera"]
        k = np.array(camera["K"])
        k[:2, 2] -= HALF_PX
        bproc.camera.set_intrinsics_from_K_matrix(k, camera["width_px"], camera["height_px"], camera["clip_m"])
        to_world = bproc.math.change_source_coordinate_frame_of_transformation_matrix(
            np.array(camera["camera_to_world"]), ["X", "-Y", "-Z"]
        )
        bproc.camera.add_camera_pose(to_world, frame=index)
        for thing, said in zip(things, frame["instances"], strict=True):
            set_pose(thing, said["object_to_world"], index)
        for light, said in zip(lights, frame["lights"], strict=True):
            set_pose(light, said["light_to_world"], index)


def set_pose(entity: bproc.types.Entity, to_world: list[list[float]], frame: int) -> None:
    place, turn, scale = Matrix(to_world).decompose()
    entity.set_location(place, frame)
    entity.set_rotation_euler(turn.to_euler(), frame)
    entity.set_scale(scale, frame)


def write(data: Json) -> None:
    """Write images and annotations as COCO, and what COCO has no place for as HDF5."""
    out = SCENE_JSON.parent / "out"
    bproc.writer.write_coco_annotations(
        str(out / "coco"),
        instance_segmaps=data["instance_segmaps"],
        instance_attribute_maps=data["instance_attribute_maps"],
        colors=data["colors"],
    )
    maps = {key: data[key] for key in ("depth", "instance_segmaps", "category_id_segmaps")}
    bproc.writer.write_hdf5(str(out / "hdf5"), maps, append_to_existing_output=True)


def bare_seconds(frames: int) -> float:
    """Return the seconds of the render alone, with no output but the picture."""
    scene, layer = bpy.context.scene, bpy.context.view_layer
    scene.render.use_compositing = False
    layer.use_pass_z = layer.use_pass_object_index = layer.use_pass_normal = layer.use_pass_diffuse_color = False
    took = 0.0
    for frame in range(frames):
        scene.frame_set(frame)
        started = time.perf_counter()
        bpy.ops.render.render()
        took += time.perf_counter() - started
    return took


if __name__ == "__main__":
    main()
