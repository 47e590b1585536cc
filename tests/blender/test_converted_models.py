"""Models that only Blender reads, converted in a process of its own: shape, surface, and nothing that runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from synthvision.assets.files import converted, read_asset, read_bundle
from synthvision.assets.store import AssetStore, asset_file
from synthvision.errors import AssetError
from synthvision.render.blender.compat import bpy


@pytest.fixture(autouse=True)
def _private_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    bpy.ops.wm.read_factory_settings(use_empty=True)


def loaded(path: Path, unit_m: float = 1.0, up: str = "auto"):
    return AssetStore(path.parent).asset(asset_file(path.name, path.parent, unit_m, up))


def refusal(path: Path) -> str:
    with pytest.raises(AssetError) as caught:
        loaded(path)
    return str(caught.value)


def cube(name="Box", location=(0, 0, 0), size=2.0):
    bpy.ops.mesh.primitive_cube_add(size=size, location=location)
    made = bpy.context.object
    made.name = name
    return made


def saved(path: Path, **options) -> Path:
    bpy.ops.wm.save_as_mainfile(filepath=str(path), relative_remap=False, **options)
    return path


def picture(path: Path, colour=(200, 40, 30)) -> Path:
    Image.new("RGB", (8, 8), colour).save(path)
    return path


def painted(item, texture: Path | None = None, normal: Path | None = None):
    """Give an object a material ``paint``, with a texture and a normal map."""
    material = bpy.data.materials.new("paint")
    material.use_nodes = True
    tree = material.node_tree
    surface = tree.nodes["Principled BSDF"]
    surface.inputs["Base Color"].default_value = (0.1, 0.2, 0.3, 1)
    surface.inputs["Roughness"].default_value = 0.25
    surface.inputs["Metallic"].default_value = 0.75
    if texture is not None:
        node = tree.nodes.new("ShaderNodeTexImage")
        node.image = bpy.data.images.load(str(texture))
        node.image.filepath_raw = f"//{texture.name}"
        tree.links.new(node.outputs["Color"], surface.inputs["Base Color"])
    if normal is not None:
        node, mapping = tree.nodes.new("ShaderNodeTexImage"), tree.nodes.new("ShaderNodeNormalMap")
        node.image = bpy.data.images.load(str(normal))
        node.image.colorspace_settings.name = "Non-Color"
        node.image.pack()
        tree.links.new(node.outputs["Color"], mapping.inputs["Color"])
        tree.links.new(mapping.outputs["Normal"], surface.inputs["Normal"])
    item.data.materials.append(material)
    return material


def test_a_blend_has_the_shape_that_a_render_shows(tmp_path):
    scene = bpy.context.scene
    scene.unit_settings.scale_length = 0.5
    body = cube()
    painted(body)
    array = body.modifiers.new("row", "ARRAY")
    array.count, array.use_relative_offset, array.use_constant_offset = 2, False, True
    array.constant_offset_displace = (4, 0, 0)
    only_drawn = body.modifiers.new("shown only", "ARRAY")
    only_drawn.count, only_drawn.show_render = 7, False
    cube("Hidden", (0, 0, 90)).hide_render = True
    cube("Closed eye", (0, 0, 10)).hide_set(True)
    lot = bpy.data.collections.new("lot")
    one = cube("Member", (0, 0, 0))
    scene.collection.objects.unlink(one)
    lot.objects.link(one)
    placed = bpy.data.objects.new("Lot here", None)
    placed.instance_type, placed.instance_collection, placed.location = "COLLECTION", lot, (0, 20, 0)
    placed.scale = (-2, 1, 1)
    scene.collection.objects.link(placed)
    sheared = cube("Sheared", (0, 40, 0))
    parent = bpy.data.objects.new("Squeezed", None)
    parent.scale = (1, 1, 3)
    scene.collection.objects.link(parent)
    sheared.parent, sheared.rotation_euler = parent, (0.7, 0, 0)

    asset = loaded(saved(tmp_path / "shapes.blend"))

    mesh = asset.mesh
    assert len(mesh.triangles) == 12 * 5  # two of the row, the closed eye, the instance and the sheared one
    tall = 3 * (np.sin(0.7) + np.cos(0.7))
    np.testing.assert_allclose(mesh.bounds[:, 0], (-1.0, 2.5), atol=1e-6)
    np.testing.assert_allclose(mesh.bounds[1, 1], 0.5 * (40 + np.sin(0.7) + np.cos(0.7)), atol=1e-5)
    np.testing.assert_allclose(mesh.bounds[:, 2], (-0.5 * tall, 5.5), atol=1e-5)
    instance = mesh.vertices[np.abs(mesh.vertices[:, 1] - 10) < 1]
    np.testing.assert_allclose(np.ptp(instance, axis=0), (2, 1, 1), atol=1e-6)
    corners = mesh.vertices[mesh.triangles].astype(float)
    volume = np.einsum("ti,ti->t", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert volume == pytest.approx(0.125 * 8 * (2 + 1 + 2 + 3), rel=1e-5)  # all wound outwards, the mirrored one too
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("tci,ti->tc", mesh.normals, faces) > 0).all()
    paint = next(material for material in asset.materials if material.name == "paint")
    assert (*paint.base_colour, paint.roughness, paint.metallic) == pytest.approx((0.1, 0.2, 0.3, 0.25, 0.75))


def test_textures_normal_maps_and_coordinates_of_a_blend(tmp_path):
    item = cube()
    painted(item, picture(tmp_path / "red.png"), picture(tmp_path / "bumps.png", (128, 128, 255)))
    path = saved(tmp_path / "painted.blend", compress=True)
    expected = np.array([loop.uv for loop in item.data.uv_layers.active.data])
    (tmp_path / "bumps.png").unlink()  # it is packed

    asset, bundle = loaded(path), read_bundle(path.name, tmp_path)

    (paint,) = asset.materials
    assert (asset.images[paint.base_colour_texture.key][0, 0, :3] == (200, 40, 30)).all()
    assert (asset.images[paint.normal_texture.key][0, 0, :3] == (128, 128, 255)).all()
    assert set(map(tuple, asset.mesh.uvs.reshape(-1, 2).round(5))) == set(map(tuple, expected.round(5)))
    assert list(bundle.parts) == ["red.png"]
    picture(tmp_path / "red.png", (1, 2, 3))
    assert read_bundle(path.name, tmp_path).sha256 != bundle.sha256
    (tmp_path / "red.png").unlink()
    assert refusal(path).startswith("painted.blend: 'red.png' that it refers to: file must exist, got no such file")


def test_the_same_file_gives_the_same_arrays(tmp_path, monkeypatch):
    bpy.ops.mesh.primitive_monkey_add()
    item = bpy.context.object
    item.modifiers.new("smooth", "SUBSURF").render_levels = 2
    painted(item, picture(tmp_path / "red.png"))
    path = saved(tmp_path / "head.blend")
    monkeypatch.setenv("SYNTHVISION_CACHE_BYTES", "0")
    first, again = (read_asset(read_bundle(path.name, tmp_path)) for _ in range(2))
    assert len(first.mesh.triangles) == 15744
    assert (first.content_hash, first.materials) == (again.content_hash, again.materials)


def test_a_machine_converts_a_file_once(tmp_path, monkeypatch):
    cube()
    path = saved(tmp_path / "box.blend")
    first = loaded(path)
    monkeypatch.setattr(converted, "_run", None)
    assert loaded(path).content_hash == first.content_hash
    assert asset_file(path.name, tmp_path).sha256 == read_bundle(path.name, tmp_path).sha256


def test_unit_and_axis_of_the_recipe_count_from_blenders(tmp_path):
    cube("Box", (0, 0, 4))
    path = saved(tmp_path / "box.blend")
    np.testing.assert_allclose(loaded(path).mesh.bounds, [[-1, -1, 3], [1, 1, 5]], atol=1e-6)
    np.testing.assert_allclose(loaded(path, 0.1, "y").mesh.bounds, [[-0.1, -0.5, -0.1], [0.1, -0.3, 0.1]], atol=1e-6)


def test_nothing_in_a_blend_runs(tmp_path):
    marks = {name: tmp_path / f"{name}-ran" for name in ("driver", "module", "handler")}
    item = cube()
    text = bpy.data.texts.new("start.py")
    text.write(
        f"open({str(marks['module'])!r}, 'w')\nimport bpy\n"
        f"bpy.app.handlers.depsgraph_update_post.append(lambda *a: open({str(marks['handler'])!r}, 'w'))\n"
    )
    text.use_module = True
    driver = item.driver_add("location", 2).driver
    driver.expression = f"(open({str(marks['driver'])!r}, 'w'), 7.0)[1]"
    path = saved(tmp_path / "evil.blend")
    for mark in marks.values():
        mark.unlink(missing_ok=True)

    bounds = loaded(path).mesh.bounds

    assert not [name for name, mark in marks.items() if mark.exists()]
    assert bounds[0, 2] in {-1.0, 6.0}  # as saved: where it was, or where the program that wrote it had driven it


def test_what_leads_out_of_a_blend_is_refused(tmp_path):
    library, inside = tmp_path / "elsewhere.blend", tmp_path / "own"
    inside.mkdir()
    cube()
    saved(library)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(library), link=True) as (there, linked):
        linked.objects = there.objects
    bpy.context.scene.collection.objects.link(bpy.data.objects["Box"])
    assert refusal(saved(inside / "linked.blend", compress=True)) == (
        "linked.blend: file must have no linked libraries, got some; make them local in Blender"
        " (Object > Relations > Make Local > All)"
    )
    outside = picture(tmp_path / "outside.png")
    for number, written in enumerate((str(outside), "//../outside.png")):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        node = painted(cube(), outside).node_tree.nodes["Image Texture"]
        node.image.filepath_raw = written
        assert refusal(saved(inside / f"out{number}.blend")) == (
            f"out{number}.blend: image 'outside.png' must be packed or lie in the file's own folder, got '{written}';"
            " pack it in Blender (File > External Data > Pack Resources)"
        )
    bpy.ops.wm.read_factory_settings(use_empty=True)
    tree = bpy.data.node_groups.new("reads", "GeometryNodeTree")
    tree.nodes.new("GeometryNodeImportSTL")
    cube().modifiers.new("nodes", "NODES").node_group = tree
    assert refusal(saved(inside / "nodes.blend")) == (
        "nodes.blend: nodes must read no files, got 'Import STL' in 'reads'; apply its modifier"
    )


def test_damaged_files_and_empty_ones(tmp_path):
    cube()
    whole = saved(tmp_path / "whole.blend", compress=False).read_bytes()
    (tmp_path / "cut.blend").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.blend").write_bytes(b"hello")
    (tmp_path / "text.fbx").write_bytes(b"Kaydara FBX Binary  \x00\x1a\x00" + b"\xff" * 400)
    (tmp_path / "text.usdc").write_bytes(b"PXR-USDC" + b"\xff" * 100)
    assert refusal(tmp_path / "cut.blend") == "cut.blend: file must be a complete .blend file, got one that is cut off"
    assert refusal(tmp_path / "text.blend").startswith("text.blend: file must be a complete .blend file, got damaged")
    assert refusal(tmp_path / "text.fbx").startswith("text.fbx: file must be one that Blender reads, got damaged data")
    assert refusal(tmp_path / "text.usdc").startswith("text.usdc: file must be a readable USD file, got damaged data")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    assert refusal(saved(tmp_path / "empty.blend")) == (
        "empty.blend: file must show meshes with faces when it is rendered, got none"
    )


USDA = """#usda 1.0
( metersPerUnit = {unit}
  upAxis = "{up}"
  doc = "an @ that opens nothing" )
def Mesh "Slab" {more}
{{
    int[] faceVertexCounts = [4, 4, 4, 4, 4, 4]
    int[] faceVertexIndices = [0,2,3,1, 4,5,7,6, 0,1,5,4, 2,6,7,3, 0,4,6,2, 1,3,7,5]
    point3f[] points = [(-1,-2,-3), (1,-2,-3), (-1,2,-3), (1,2,-3), (-1,-2,3), (1,-2,3), (-1,2,3), (1,2,3)]
}}
"""


def test_unit_and_axis_of_usd(tmp_path):
    path = tmp_path / "slab.usda"
    path.write_text(USDA.format(unit=0.01, up="Y", more=""))
    np.testing.assert_allclose(loaded(path).mesh.bounds[1], (0.01, 0.03, 0.02), atol=1e-7)
    path.write_text(USDA.format(unit=1, up="Z", more=""))
    np.testing.assert_allclose(loaded(path).mesh.bounds[1], (1, 2, 3), atol=1e-6)


def test_layers_and_pictures_of_usd(tmp_path):
    painted(cube(), picture(tmp_path / "red.png"))
    saved(tmp_path / "painted.blend")
    for name in ("box.usdc", "box.usdz", "box.usda"):
        bpy.ops.wm.usd_export(filepath=str(tmp_path / name), export_textures_mode="NEW")
    over = tmp_path / "over.usda"
    over.write_text('#usda 1.0\n( defaultPrim = "top" )\ndef Xform "top" ( references = @./box.usdc@ ) {}\n')
    assert set(read_bundle("box.usdc", tmp_path).parts) >= {"textures/red.png"}
    assert set(read_bundle("over.usda", tmp_path).parts) >= {"box.usdc", "textures/red.png"}
    assert not read_bundle("box.usdz", tmp_path).parts
    hashes = set()
    for name in ("box.usdc", "box.usdz", "box.usda", "over.usda"):
        asset = loaded(tmp_path / name)
        (paint,) = asset.materials
        assert (asset.images[paint.base_colour_texture.key][0, 0, :3] == (200, 40, 30)).all()
        assert (paint.roughness, paint.metallic) == pytest.approx((0.25, 0.75))
        hashes.add(asset.content_hash)
    assert len(hashes) == 1
    (tmp_path / "textures" / "red.png").unlink()
    assert refusal(tmp_path / "box.usda").startswith("box.usda: 'textures/red.png' that it refers to: file must exist")
    assert refusal(tmp_path / "box.usdc") == (
        "box.usdc: './textures/red.png' that it refers to: file must exist, got no such file beside it"
    )


def test_unit_and_pictures_of_fbx(tmp_path):
    painted(cube("Box", (0, 0, 1)), picture(tmp_path / "red.png"))
    saved(tmp_path / "painted.blend")
    bpy.ops.export_scene.fbx(filepath=str(tmp_path / "beside.fbx"), path_mode="RELATIVE")
    bpy.ops.export_scene.fbx(filepath=str(tmp_path / "within.fbx"), path_mode="COPY", embed_textures=True)
    bpy.ops.export_scene.fbx(
        filepath=str(tmp_path / "other.fbx"), path_mode="COPY", embed_textures=True, axis_forward="X", axis_up="Y",
        apply_scale_options="FBX_SCALE_ALL",
    )  # fmt: skip
    assert list(read_bundle("beside.fbx", tmp_path).parts) == ["red.png"]
    for name in ("beside.fbx", "within.fbx", "other.fbx"):
        asset = loaded(tmp_path / name)
        np.testing.assert_allclose(np.ptp(asset.mesh.bounds, axis=0), (2, 2, 2), atol=1e-5)
        np.testing.assert_allclose(asset.mesh.bounds[:, 2], (0, 2), atol=1e-5)
        (paint,) = asset.materials
        assert (paint.name, paint.roughness) == ("paint", pytest.approx(0.25, abs=0.01))
        assert (asset.images[paint.base_colour_texture.key][0, 0, :3] == (200, 40, 30)).all()
    (tmp_path / "red.png").rename(tmp_path / "gone.png")
    assert refusal(tmp_path / "beside.fbx") == (
        "beside.fbx: texture 'red.png' must lie in the file's own folder or be embedded, got none there for 'red.png'"
    )
