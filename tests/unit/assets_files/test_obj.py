"""Wavefront OBJ and MTL."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthvision.assets.files.mtl import is_normal_map, parse_mtl
from synthvision.errors import AssetError
from tests.unit.assets_files.small_files import CUBE, cube_obj, load, png, quadrants, volume

TEXTURED = """mtllib square.mtl
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
vt 0 0
vt 1 0
vt 1 1
vt 0 1
usemtl painted
f 1/1 2/2 3/3 4/4
"""


def textured_square(folder: Path, mtl: str, **images: bytes) -> Path:
    (folder / "square.obj").write_text(TEXTURED)
    (folder / "square.mtl").write_text(mtl)
    for name, data in images.items():
        (folder / f"{name}.png").write_bytes(data)
    return folder / "square.obj"


def test_quads_become_triangles_and_keep_vertices(tmp_path):
    asset = load(cube_obj(tmp_path / "cube.obj"))
    assert np.array_equal(asset.mesh.vertices, CUBE.astype(np.float32))
    assert asset.mesh.triangles.shape == (12, 3)
    assert asset.mesh.triangles.dtype == np.int32
    assert asset.mesh.uvs is None
    assert volume(asset) == pytest.approx(1)


def test_unit_and_up_axis(tmp_path):
    path = tmp_path / "tetra.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 0 2 0\nv 0 0 3\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 3 1 4\n")
    for up, size in (("z", (1, 2, 3)), ("y", (1, 3, 2)), ("x", (2, 3, 1))):
        asset = load(path, unit_m=0.01, up=up)
        assert np.ptp(asset.mesh.bounds, axis=0) == pytest.approx(np.array(size) * 0.01)
        assert volume(asset) == pytest.approx(1e-6)
    assert load(path, up="y").mesh.bounds[0] == pytest.approx([0, -3, 0])
    assert load(path, up="x").mesh.bounds == pytest.approx(np.array([[0, 0, 0], [2, 3, 1]]))


def test_negative_indices_count_back_from_their_line(tmp_path):
    path = tmp_path / "strip.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf -3 -2 -1\nv 1 1 0\nf -3 -1 -2\n")
    asset = load(path)
    assert asset.mesh.triangles.tolist() == [[0, 1, 2], [1, 3, 2]]


def test_concave_polygon_is_not_covered_twice(tmp_path):
    # An arrowhead whose fan from the first corner would fold over; its area by the shoelace formula is 1.
    path = tmp_path / "arrow.obj"
    path.write_text("v 1 0 0\nv 2 2 0\nv 1 1 0\nv 0 2 0\nf 2 3 4 1\n")
    corners = load(path).mesh.vertices[load(path).mesh.triangles].astype(np.float64)
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] / 2
    assert areas.min() > 0
    assert areas.sum() == pytest.approx(1)


def test_large_concave_polygon_is_clipped_in_its_own_plane(tmp_path):
    # A comb of five teeth standing in the x-z plane, seen from -y.
    outline = [(0, 0), (9, 0)] + [(9 - k, 1 if k % 2 else 3) for k in range(10)]
    path = tmp_path / "comb.obj"
    path.write_text("".join(f"v {x} 0 {z}\n" for x, z in outline) + "f " + " ".join(map(str, range(1, 13))) + "\n")
    mesh = load(path).mesh
    corners = mesh.vertices[mesh.triangles].astype(np.float64)
    areas = -np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 1] / 2
    x, z = np.array(outline, dtype=np.float64).T
    assert areas.min() > 0
    assert areas.sum() == pytest.approx(abs((x * np.roll(z, -1) - z * np.roll(x, -1)).sum()) / 2)


def test_texture_and_coordinates_survive_with_v_up(tmp_path):
    mtl = "newmtl painted\nKd 0.1 0.2 0.3\nNs 250\nmap_Kd -clamp off -s 1 1 1 my picture.png\n"
    asset = load(textured_square(tmp_path, mtl, **{"my picture": png(quadrants())}))
    material = asset.materials[0]
    assert (material.name, material.base_colour, material.roughness) == ("painted", (1.0, 1.0, 1.0), 0.5)
    assert material.alpha_cutoff == 0
    assert material.base_colour_texture is not None
    assert np.array_equal(asset.images[material.base_colour_texture.key], quadrants())
    corner = asset.mesh.vertices[asset.mesh.triangles][..., :2]
    assert np.array_equal(asset.mesh.uvs, corner)


def test_plain_mtl_values(tmp_path):
    asset = load(textured_square(tmp_path, "newmtl painted\n\tKd 0.1 0.2 0.3\nNs 40\nd 0.75\nKe 0 2 0\nPm 1\n"))
    material = asset.materials[0]
    assert material.base_colour == (0.1, 0.2, 0.3)
    assert material.roughness == pytest.approx(0.8)
    assert (material.alpha, material.alpha_cutoff) == (0.75, 0.5)
    assert (material.emission_w_m2, material.metallic) == ((0.0, 2.0, 0.0), 1.0)


def test_alpha_map_joins_the_colour_map(tmp_path):
    mask = np.zeros((4, 4), dtype=np.uint8)
    mask[:2, :2] = 255
    mtl = "newmtl painted\nmap_Kd colour.png\nmap_d mask.png\n"
    asset = load(textured_square(tmp_path, mtl, colour=png(quadrants()), mask=png(mask)))
    material = asset.materials[0]
    assert material.alpha_cutoff == 0.5
    assert material.base_colour_texture is not None
    assert np.array_equal(asset.images[material.base_colour_texture.key], quadrants(alpha=True))


def test_roughness_and_metallic_maps_are_joined(tmp_path):
    rough, metal = np.full((2, 2), 30, dtype=np.uint8), np.full((2, 2), 200, dtype=np.uint8)
    mtl = "newmtl painted\nmap_Pr rough.png\nmap_Pm metal.png\n"
    asset = load(textured_square(tmp_path, mtl, rough=png(rough), metal=png(metal)))
    texture = asset.materials[0].metallic_roughness_texture
    assert texture is not None
    assert asset.images[texture.key][0, 0].tolist() == [255, 30, 200]
    assert (asset.materials[0].roughness, asset.materials[0].metallic) == (1.0, 1.0)


def test_bump_is_used_only_if_it_is_a_normal_map(tmp_path):
    flat = np.tile(np.array([128, 128, 255], dtype=np.uint8), (4, 4, 1))
    mtl = "newmtl painted\nmap_Bump -bm 0.5 bump.png\n"
    normal = load(textured_square(tmp_path, mtl, bump=png(flat))).materials[0]
    assert normal.normal_texture is not None
    assert normal.normal_strength == 0.5
    height = load(textured_square(tmp_path, mtl, bump=png(np.full((4, 4), 90, dtype=np.uint8)))).materials[0]
    assert height.normal_texture is None
    assert is_normal_map(flat)


def test_vertex_colours_of_scanners(tmp_path):
    path = tmp_path / "scan.obj"
    path.write_text("v 0 0 0 255 0 0\nv 1 0 0 0 255 0\nv 0 1 0 0 0 255\nf 1 2 3\n")
    asset = load(path)
    texture = asset.materials[0].base_colour_texture
    assert texture is not None
    assert asset.images[texture.key].tolist() == [[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [0, 255, 255]]]


def test_materials_become_slots_in_order(tmp_path):
    (tmp_path / "two.mtl").write_text("newmtl b\nKd 0 0 1\nnewmtl a\nKd 1 0 0\n")
    path = tmp_path / "two.obj"
    path.write_text(
        "mtllib two.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nusemtl a\nf 1 2 3\nusemtl b\nf 1 3 4\nusemtl a\nf 3 2 1\n"
    )
    asset = load(path)
    assert [material.name for material in asset.materials] == ["a", "b"]
    assert asset.mesh.slots.tolist() == [0, 0, 1]
    assert asset.mesh.slots.dtype == np.int16


def test_given_normals_are_kept_and_missing_ones_made(tmp_path):
    path = tmp_path / "half.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvn 0 3 4\nvn 0 0 0\nf 1//1 2//1 3//1\nf 1//2 3 4//1\n")
    normals = load(path).mesh.normals
    assert normals is not None
    assert normals[0] == pytest.approx(np.tile([0, 0.6, 0.8], (3, 1)))
    assert normals[1] == pytest.approx(np.array([[0, 0, 1], [0, 0, 1], [0, 0.6, 0.8]]))


REFUSED = [
    ("f 1 2 9", "half.obj: face's vertex index must be in 0…2 (counted from 0), got 8"),
    ("f 1 2 0", "half.obj: face's vertex index must be in 0…2 (counted from 0), got -1"),
    ("f 1 2 -4", "half.obj: face index must be at most as far back as the list is long, got -4"),
    ("f 1/7 2/1 3/1", "half.obj: face's texture index must be in 0…0 (counted from 0), got 6"),
    ("f 1//1 2//1 3//1", "half.obj: face's normal index must be in 0…-1 (counted from 0), got 0"),
    ("f 1 2 x3", "half.obj: face corner must be whole numbers and slashes, got 'x3'"),
    ("f 1/1/1/1 2 3", "half.obj: face corner must be v, v/vt, v//vn or v/vt/vn, got more slashes"),
    ("f /1 2 3", "half.obj: face corner must start with a vertex index, got one that does not"),
    ("v 1 2", "half.obj: vertices must be 3 numbers per line, got"),
    ("v 1 nan 2\nf 1 2 3", "half.obj: vertices must be finite, got nan at index 3"),
    ("v 1 2 -inf\nf 1 2 3", "half.obj: vertices must be finite, got -inf at index 3"),
    ("l 1 2", "half.obj: mesh must have faces, got none"),
    ("f 1 2", "half.obj: mesh must have faces, got none"),
    ("f 1 1 2", "half.obj: mesh must have triangles with an area, got only degenerate ones"),
    (
        "mtllib gone.mtl",
        "half.obj: 'gone.mtl' that it refers to: file must exist, got no such file; did you mean 'gome.mtl'?",
    ),
    ("mtllib ../gone.mtl", "half.obj: references must stay in the asset's own folder, got '../gone.mtl'"),
    ("mtllib /etc/passwd", "half.obj: references must stay in the asset's own folder, got '/etc/passwd'"),
    ("mtllib C:\\a.mtl", "half.obj: references must stay in the asset's own folder, got 'C:\\a.mtl'"),
    ("mtllib http://a/b.mtl", "half.obj: references must stay in the asset's own folder, got 'http://a/b.mtl'"),
    (
        "mtllib gome.mtl\nusemtl goid\nf 1 2 3",
        "half.obj: usemtl must name a material of the MTL, got 'goid'; did you mean 'gold'?",
    ),
    (
        "mtllib gome.mtl\nusemtl gold\nf 1/1 2/1 3/1",
        "half.obj: 'gold.png' that it refers to: file must exist, got no such file",
    ),
]


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_refused_by_name(tmp_path, line, message):
    (tmp_path / "gome.mtl").write_text("newmtl gold\nmap_Kd gold.png\n")
    (tmp_path / "half.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\n" + line + "\n")
    with pytest.raises(AssetError) as caught:
        load(tmp_path / "half.obj")
    assert str(caught.value).startswith(message)


def test_missing_texture_of_an_unused_material_does_not_matter(tmp_path):
    asset = load(textured_square(tmp_path, "newmtl painted\nKd 1 0 0\nnewmtl other\nmap_Kd gone.png\n"))
    assert asset.materials[0].base_colour == (1.0, 0.0, 0.0)


def test_symbolic_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.png").write_bytes(png(quadrants()))
    (tmp_path / "inside" / "link.png").symlink_to(tmp_path / "secret.png")
    path = textured_square(tmp_path / "inside", "newmtl painted\nmap_Kd link.png\n")
    with pytest.raises(AssetError, match=r"references must stay in the asset's own folder, got 'link\.png'"):
        load(path)


def test_texture_without_coordinates_is_refused(tmp_path):
    path = textured_square(tmp_path, "newmtl painted\nmap_Kd a.png\n", a=png(quadrants()))
    path.write_text(TEXTURED.replace("1/1 2/2 3/3 4/4", "1 2 3 4"))
    with pytest.raises(
        AssetError, match="faces of material 'painted' must have texture coordinates, got a texture and"
    ):
        load(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Kd red", "a.mtl: kd of material 'm' must be 3 numbers, got 'red'"),
        ("Ns nan", "a.mtl: ns of material 'm' must be 1 numbers, got 'nan'"),
        ("map_Kd -s 2 2 x.png", "map_kd of material 'm' must have no option that changes its texels, got -s 2 2"),
        ("map_Kd -clamp on x.png", "must have no option that changes its texels, got -clamp on"),
        ("map_Kd -o 0 0", "a.mtl: map_kd of material 'm' must name a file, got nothing"),
    ],
)
def test_mtl_faults_are_named(line, message):
    with pytest.raises(AssetError) as caught:
        parse_mtl(f"newmtl m\n{line}\n".encode(), "a.mtl")
    assert message in str(caught.value)


def test_same_bytes_same_hash(tmp_path):
    path = cube_obj(tmp_path / "cube.obj")
    assert load(path).mesh.content_hash == load(path).mesh.content_hash
