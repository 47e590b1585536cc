"""glTF 2.0 and GLB."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import numpy as np
import pytest

from synthvision.assets.files import read_bundle
from synthvision.assets.types import Material
from synthvision.errors import AssetError
from tests.unit.assets_files.small_files import (
    CUBE,
    SQUARE,
    SQUARE_TRIANGLES,
    Gltf,
    corners_of,
    cube_gltf,
    load,
    png,
    quadrants,
    volume,
)


def square_gltf() -> Gltf:
    """A square in the x, y plane of the file whose texture coordinates (v down) show the image upright."""
    document = Gltf()
    document.mesh(SQUARE, SQUARE_TRIANGLES)
    document.attribute("TEXCOORD_0", (SQUARE[:, :2] * (1, -1) + (0, 1)).astype("<f4"))
    document.attribute("NORMAL", np.tile(np.array([0, 0, 1], dtype="<f4"), (4, 1)))
    return document


def test_cube_is_z_up_flat_and_of_the_default_material(tmp_path):
    asset = load(cube_gltf().glb(tmp_path / "cube.glb"), up="auto")
    assert asset.mesh.bounds == pytest.approx(np.array([[0, -1, 0], [1, 0, 1]]))
    assert asset.mesh.normals is None
    assert volume(asset) == pytest.approx(1)
    assert asset.materials == (Material("default", (1.0, 1.0, 1.0), metallic=1.0, roughness=1.0, double_sided=False),)


def test_masked_material_with_all_its_textures(tmp_path):
    document = square_gltf()
    colour = document.texture(png(quadrants(alpha=True)))
    other = document.texture(png(quadrants()))
    document.material(
        name="leaf",
        pbrMetallicRoughness={
            "baseColorFactor": [0.5, 0.25, 1, 0.75],
            "baseColorTexture": {"index": colour},
            "metallicFactor": 0.25,
            "roughnessFactor": 0.125,
            "metallicRoughnessTexture": {"index": other},
        },
        normalTexture={"index": other, "scale": 0.5},
        emissiveTexture={"index": other},
        emissiveFactor=[1, 0.5, 0],
        extensions={"KHR_materials_emissive_strength": {"emissiveStrength": 4}},
        alphaMode="MASK",
        alphaCutoff=0.25,
        doubleSided=True,
    )
    asset = load(document.glb(tmp_path / "leaf.glb"))
    material = asset.materials[0]
    plain = replace(
        material,
        base_colour_texture=None,
        metallic_roughness_texture=None,
        normal_texture=None,
        emission_texture=None,
    )
    assert plain == Material(
        "leaf",
        (0.5, 0.25, 1.0),
        metallic=0.25,
        roughness=0.125,
        emission_w_m2=(4.0, 2.0, 0.0),
        alpha=0.75,
        alpha_cutoff=0.25,
        double_sided=True,
        normal_strength=0.5,
    )
    assert material.base_colour_texture is not None
    assert material.emission_texture is not None
    assert material.normal_texture == material.emission_texture == material.metallic_roughness_texture
    assert np.array_equal(asset.images[material.base_colour_texture.key], quadrants(alpha=True))
    assert np.array_equal(asset.images[material.emission_texture.key], quadrants())
    assert np.array_equal(asset.mesh.uvs, corners_of(asset)[..., :2])
    assert np.array_equal(asset.mesh.normals, np.tile([0, 0, 1], (2, 3, 1)))


@pytest.mark.parametrize(("mode", "cutoff"), [("OPAQUE", 0.0), ("MASK", 0.5), ("BLEND", 0.5)])
def test_alpha_modes(tmp_path, mode, cutoff):
    document = cube_gltf()
    document.material(alphaMode=mode, pbrMetallicRoughness={"baseColorFactor": [1, 1, 1, 0.5]})
    assert load(document.glb(tmp_path / "cube.glb")).materials[0].alpha_cutoff == cutoff


def test_node_transforms_multiply_and_mirrors_stay_outwards(tmp_path):
    document = cube_gltf()
    normals = np.tile(np.array([0, 0, 1], dtype="<f4"), (8, 1))
    document.attribute("NORMAL", normals)
    half = np.sqrt(0.5)
    document.json["nodes"] = [
        {"children": [1], "translation": [10, 0, 0], "scale": [2, 1, 1]},
        {"mesh": 0, "rotation": [0, 0, half, half], "scale": [1, 1, -3]},
    ]
    asset = load(document.glb(tmp_path / "cube.glb"))
    # Inner: z mirrored and stretched, then a quarter turn about z (x → y, y → -x); outer: x doubled, moved by 10.
    assert asset.mesh.bounds == pytest.approx(np.array([[8, 0, -3], [10, 1, 0]]))
    assert volume(asset) == pytest.approx(6)
    assert asset.mesh.normals == pytest.approx(np.tile([0, 0, -1], (12, 3, 1)))


def test_matrix_is_by_columns(tmp_path):
    document = cube_gltf()
    document.json["nodes"] = [{"mesh": 0, "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1]}]
    assert load(document.glb(tmp_path / "cube.glb")).mesh.bounds[0] == pytest.approx([5, 6, 7])


def test_texture_transform_is_applied(tmp_path):
    document = square_gltf()
    moved = {"offset": [0.25, 0.5], "scale": [2, 3], "rotation": np.pi / 2}
    info = {"index": document.texture(png(quadrants())), "extensions": {"KHR_texture_transform": moved}}
    document.material(pbrMetallicRoughness={"baseColorTexture": info})
    uvs = load(document.glb(tmp_path / "a.glb")).mesh.uvs
    assert uvs is not None
    # The corner (0, 0) of the square has glTF coordinates (0, 1): scaled (0, 3), turned (3, 0), moved (3.25, 0.5).
    assert uvs[0, 0] == pytest.approx([3.25, 1 - 0.5], abs=1e-6)
    # The corner (1, 0) has (1, 1): scaled (2, 3), turned (3, -2), moved (3.25, -1.5).
    assert uvs[0, 1] == pytest.approx([3.25, 1 + 1.5], abs=1e-6)


def test_vertex_colours_become_texels_with_exact_interpolation(tmp_path):
    document = Gltf()
    document.mesh(SQUARE, SQUARE_TRIANGLES)
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]], dtype="<u1")
    document.attribute("COLOR_0", np.pad(colours, ((0, 0), (0, 1)), constant_values=255), normalised=True)
    document.material(pbrMetallicRoughness={"baseColorFactor": [0.5, 1, 1, 1]})
    asset = load(document.glb(tmp_path / "a.glb"))
    material = asset.materials[0]
    assert material.base_colour == (0.5, 1.0, 1.0)
    assert material.base_colour_texture is not None
    image = asset.images[material.base_colour_texture.key]
    assert image.shape == (2, 4, 3)
    uvs = asset.mesh.uvs
    assert uvs is not None
    column, row = uvs[..., 0] * 4 - 0.5, (1 - uvs[..., 1]) * 2 - 0.5
    found = image[np.rint(row).astype(int), np.rint(column).astype(int)]
    assert np.array_equal(found, colours[SQUARE_TRIANGLES])
    assert np.abs(column - np.rint(column)).max() < 1e-6


def test_vertex_colours_beside_a_texture_tint_it_by_their_mean(tmp_path):
    document = square_gltf()
    document.attribute("COLOR_0", np.array([[1, 0, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]], dtype="<f4"))
    document.material(pbrMetallicRoughness={"baseColorTexture": {"index": document.texture(png(quadrants()))}})
    assert load(document.glb(tmp_path / "a.glb")).materials[0].base_colour == pytest.approx((2 / 3, 0, 0))


@pytest.mark.parametrize("mode", [5, 6])
def test_strips_and_fans(tmp_path, mode):
    document = Gltf()
    order = [0, 1, 3, 2] if mode == 5 else [0, 1, 2, 3]
    document.attribute("POSITION", SQUARE[order].astype("<f4"))
    document.primitive["mode"] = mode
    asset = load(document.glb(tmp_path / "a.glb"))
    corners = corners_of(asset).astype(np.float64)
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] / 2
    assert areas == pytest.approx([0.5, 0.5])


def test_data_uris_and_files_beside_it_give_the_same(tmp_path):
    document = cube_gltf()
    uri = "data:application/octet-stream;base64," + base64.b64encode(document.binary).decode()
    (tmp_path / "my data.bin").write_bytes(document.binary)
    inside = load(document.gltf(tmp_path / "inside.gltf", uri))
    beside = load(document.gltf(tmp_path / "beside.gltf", "my%20data.bin"))
    assert (
        inside.mesh.content_hash == beside.mesh.content_hash == load(document.glb(tmp_path / "c.glb")).mesh.content_hash
    )
    assert list(read_bundle("beside.gltf", tmp_path).parts) == ["my data.bin"]


def change(document: Gltf, kind: str, **entries: object) -> Gltf:
    document.json[kind][0].update(entries)
    return document


def required(name: str) -> Gltf:
    document = cube_gltf()
    document.json["extensionsRequired"] = [name]
    return document


def material(**entry: object) -> Gltf:
    document = square_gltf()
    document.texture(png(quadrants()))
    document.material(name="paint", **entry)
    return document


def with_texture(**texture: object) -> Gltf:
    document = material(pbrMetallicRoughness={"baseColorTexture": {"index": 0}})
    document.json["textures"] = [texture]
    document.json["samplers"] = [{"wrapS": 33071}]
    return document


def indexed(indices: list[int]) -> Gltf:
    document = Gltf()
    document.mesh(SQUARE, np.array(indices))
    return document


TWO_SETS = {"baseColorTexture": {"index": 0}, "metallicRoughnessTexture": {"index": 0, "texCoord": 1}}
REFUSED = [
    (
        lambda: required("KHR_draco_mesh_compression"),
        "a.glb: required glTF extensions must be ones we read, got KHR_draco",
    ),
    (lambda: indexed([0, 1, 4]), "a.glb: mesh 'thing': vertex index must be in 0…3 (counted from 0), got 4"),
    (lambda: change(cube_gltf(), "nodes", skin=0), "a.glb: mesh 'thing' must be rigid (no skin, no morph weights, no"),
    (lambda: change(cube_gltf(), "nodes", weights=[0.5]), "a.glb: mesh 'thing' must be rigid"),
    (
        lambda: change(cube_gltf(), "nodes", children=[0]),
        "a.glb: nodes must be a tree, got node 0 in two places",
    ),
    (lambda: change(cube_gltf(), "nodes", mesh=7), "a.glb: index into meshes must be in 0…0, got 7"),
    (lambda: change(cube_gltf(), "nodes", scale=[1, 1, float("nan")]), "a.glb: node 0: transform must be finite, got"),
    (lambda: change(cube_gltf(), "nodes", scale=[0, 0, 0]), "a.glb: bounding box must have a size between 0 and"),
    (lambda: change(cube_gltf(), "meshes", primitives=[]), "a.glb: mesh must have faces, got none"),
    (
        lambda: change(cube_gltf(), "accessors", count=10**12),
        "a.glb: accessor 0 must lie in its bufferView of 96 bytes",
    ),
    (lambda: change(cube_gltf(), "accessors", type="VEC2"), "a.glb: accessor 0 must be a plain VEC3, got VEC2"),
    (
        lambda: change(cube_gltf(), "accessors", sparse={}),
        "a.glb: accessor 0 must be a plain VEC3, got a sparse or empty",
    ),
    (lambda: change(cube_gltf(), "bufferViews", byteLength=10**6), "a.glb: bufferView 0 must lie in its"),
    (
        lambda: material(extensions={"KHR_materials_pbrSpecularGlossiness": {}}),
        "a.glb: material 'paint' must have pbrMetallicRoughness, got only KHR_materials_pbrSpecularGlossiness",
    ),
    (
        lambda: material(pbrMetallicRoughness=TWO_SETS),
        "a.glb: material 'paint': all textures must share one texCoord and",
    ),
    (
        lambda: material(pbrMetallicRoughness={"baseColorTexture": {"index": 0, "texCoord": 1}}),
        "a.glb: mesh 'thing' must have TEXCOORD_1 for material 'paint', got none",
    ),
    (
        lambda: with_texture(extensions={"KHR_texture_basisu": {"source": 0}}),
        "a.glb: material 'paint': textures must be PNG, JPEG or WebP images, got KHR_texture_basisu",
    ),
    (lambda: with_texture(source=3), "a.glb: index into images must be in 0…0, got 3"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_refused_by_name(tmp_path, make, message):
    path = make().glb(tmp_path / "a.glb")
    with pytest.raises(AssetError) as caught:
        load(path)
    assert str(caught.value).startswith(message)


def test_clamped_textures_only_inside_their_image(tmp_path):
    inside = with_texture(source=0, sampler=0).glb(tmp_path / "a.glb")
    assert load(inside).mesh.uvs is not None
    beyond = with_texture(source=0, sampler=0)
    beyond.attribute("TEXCOORD_0", (SQUARE[:, :2] * 2).astype("<f4"))
    with pytest.raises(AssetError, match=r"must stay in 0…1 where the texture does not repeat, got 1 beyond"):
        load(beyond.glb(tmp_path / "b.glb"))


@pytest.mark.parametrize(
    "uri", ["../a.bin", "/a.bin", "https://a/b.bin", "file:///a.bin", "..%2Fa.bin", "b\\..\\..\\a"]
)
def test_references_that_leave_are_refused(tmp_path, uri):
    path = cube_gltf().gltf(tmp_path / "a.gltf", uri)
    with pytest.raises(AssetError, match="references must stay in the asset's own folder"):
        load(path)


def test_other_files_and_versions(tmp_path):
    (tmp_path / "a.gltf").write_text(json.dumps({"asset": {"version": "1.0"}}))
    with pytest.raises(AssetError, match=r"a.gltf: glTF version must be 2.x, got 1.0"):
        load(tmp_path / "a.gltf")
    (tmp_path / "b.gltf").write_text("[" * 100000)
    with pytest.raises(
        AssetError, match=r"b.gltf: file must be a readable glTF file, got damaged data \(RecursionError"
    ):
        load(tmp_path / "b.gltf")
    with pytest.raises(AssetError, match="data URI must be base64, got 'data:text/plain'"):
        load(cube_gltf().gltf(tmp_path / "c.gltf", "data:text/plain,abc"))


def test_points_are_not_a_mesh(tmp_path):
    document = Gltf()
    document.attribute("POSITION", CUBE.astype("<f4"))
    document.primitive["mode"] = 0
    with pytest.raises(AssetError, match=r"a.glb: mesh must have faces, got none"):
        load(document.glb(tmp_path / "a.glb"))
