"""Models that Blender converts: what they refer to is found without it, and every end is one sentence."""

from __future__ import annotations

import signal
import struct
import subprocess
import time  # noqa: TID251 - nothing may take for ever
import zipfile
from importlib.metadata import PackageNotFoundError
from io import BytesIO

import pytest

from synthvision.assets.files import converted, read_asset, read_bundle
from synthvision.assets.files.bundle import Bundle
from synthvision.assets.files.fbx import collect_fbx
from synthvision.assets.files.usd import _lz4, collect_usd
from synthvision.errors import AssetError
from tests.unit.assets_files.small_files import usd_crate


def parts(folder, name):
    return list(read_bundle(name, folder).parts)


def refusal(call) -> str:
    with pytest.raises(AssetError) as caught:
        call()
    return str(caught.value)


def test_layers_of_text_are_followed(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.usda").write_text(
        '#usda 1.0\n( doc = "an @ here"\n # or @there@\n subLayers = [@./sub/b.usda:SDF_FORMAT_ARGS:x=1@] )\n'
        "'''@no@''' asset x = @@@odd @name@.png@@@ asset y = @https://example.org/z.png@ asset none = @@\n"
    )
    (tmp_path / "sub" / "b.usda").write_text("#usda 1.0\n( subLayers = [@../a.usda@] ) asset t = @../t.png@\n")
    (tmp_path / "odd @name@.png").write_bytes(b"1")
    (tmp_path / "t.png").write_bytes(b"2")
    assert parts(tmp_path, "a.usda") == ["sub/b.usda", "odd @name@.png", "a.usda", "t.png"]


@pytest.mark.parametrize(
    "written", ["/etc/hosts", "../secret.png", "sub/../../x.usd", "file:///etc/hosts", "..\\x.png"]
)
def test_references_of_usd_stay_in_the_folder(tmp_path, written):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.usda").write_text(f"#usda 1.0\ndef X ( references = @{written}@ ) {{}}\n")
    assert refusal(lambda: read_bundle("a.usda", tmp_path / "own")) == (
        f"a.usda: references must stay in the asset's own folder, got '{written}'"
    )


def test_missing_layers_and_expressions(tmp_path):
    (tmp_path / "a.usda").write_text("#usda 1.0\n( subLayers = [@b.usda@] )\n")
    assert refusal(lambda: read_bundle("a.usda", tmp_path)) == (
        "a.usda: 'b.usda' that it refers to: file must exist, got no such file; did you mean 'a.usda'?"
    )
    (tmp_path / "a.usda").write_text('#usda 1.0\n( subLayers = [@`"${X}.usda"`@] )\n')
    assert refusal(lambda: read_bundle("a.usda", tmp_path)) == (
        "a.usda: references must be plain paths, got the expression '`\"${X}.usda\"`'"
    )


def test_paths_among_the_tokens_of_a_usd_crate(tmp_path):
    (tmp_path / "a.usdc").write_bytes(usd_crate("Mesh", "points", "./tex/a.png", "b.USDC", "not.here.png", "C:/x.png"))
    (tmp_path / "tex").mkdir()
    (tmp_path / "tex" / "a.png").write_bytes(b"1")
    (tmp_path / "b.USDC").write_bytes(usd_crate("root", "tex/a.png", "some long name of a prim"))
    assert parts(tmp_path, "a.usdc") == ["tex/a.png", "b.USDC"]
    (tmp_path / "a.usdc").write_bytes(usd_crate("Mesh", "/etc/secret.usd", "and a longer name"))
    assert refusal(lambda: read_bundle("a.usdc", tmp_path)) == (
        "a.usdc: references must stay in the asset's own folder, got '/etc/secret.usd'"
    )


def test_damaged_crates_are_refused(tmp_path):
    whole = usd_crate("Mesh", "points", "./tex/a.png", "another name")
    for step in range(0, len(whole), 3):
        (tmp_path / "a.usdc").write_bytes(whole[:step] + b"\xff\xff" + whole[step + 2 :])
        try:
            read_bundle("a.usdc", tmp_path)
        except AssetError as error:
            assert str(error).startswith("a.usdc: ")  # noqa: PT017 - some damage does not matter here


def test_packages_are_closed(tmp_path):
    def package(path, kind=zipfile.ZIP_STORED, layer="#usda 1.0\n( subLayers = [@b.usda@] )\n"):
        with zipfile.ZipFile(path, "w", kind) as file:
            file.writestr("a.usda", layer)
            file.writestr("b.usda", "#usda 1.0\n")

    package(tmp_path / "a.usdz")
    assert parts(tmp_path, "a.usdz") == []
    package(tmp_path / "a.usdz", layer="#usda 1.0\n( subLayers = [@../../x.usda@] )\n")
    assert refusal(lambda: read_bundle("a.usdz", tmp_path)).endswith("own folder, got '../../x.usda'")
    package(tmp_path / "a.usdz", zipfile.ZIP_DEFLATED)
    assert refusal(lambda: read_bundle("a.usdz", tmp_path)) == (
        "a.usdz: a .usdz must be stored without compression, got 'a.usda' packed"
    )


OPENINGS = {"one line": '"', "one line, the other quote": "'", "lines": '"""', "lines, the other quote": "'''"}


@pytest.mark.parametrize("kind", OPENINGS)
@pytest.mark.parametrize("end", ["", "\\"])
def test_strings_without_end_are_read_once(kind, end):
    """Each of 200,000 quotes could open a string that goes to the end: to try them all would take hours."""
    text = "#usda 1.0\n" + OPENINGS[kind] + f"\\{OPENINGS[kind]}" * 200_000 + "@hidden.usda@" + end
    before = time.process_time()
    assert read_bundle_of(text.encode()) == []
    assert time.process_time() - before < 20


def read_bundle_of(data: bytes) -> list[str]:
    found: list[str] = []
    collect_usd(data, lambda name: (found.append(name), b"#usda 1.0")[1], "a.usda")
    return found


def test_comments_open_no_string():
    text = "#usda 1.0\n# it's\n// it's @no@\n/* it's \n @no@ */ ( subLayers = [@b.usda@] ) /* it's"
    assert read_bundle_of(text.encode()) == ["b.usda"]


def test_counts_and_sizes_of_references_are_bounded():
    many = "".join(f"@{number}.png@" for number in range(300))
    assert refusal(lambda: read_bundle_of(many.encode())) == "a.usda: file must refer to at most 256 files, got more"
    names = b"".join(b"RelativeFilenameS\x05\0\0\0%05d" % number for number in range(5000))
    assert refusal(lambda: collect_fbx(names, lambda _: b"", "a.fbx")) == (
        "a.fbx: file must refer to at most 4096 pictures, got 5000"
    )
    text = b"\0".join(b"%05d" % number for number in range(100))
    for form, section in ((b"\0\x03\0", text), (b"\0\x08\0", struct.pack("<Q", len(text)) + text)):
        head = struct.pack("<8s3s5xqq", b"PXR-USDC", form, 32, 0) + struct.pack("<Q16sqq", 1, b"TOKENS", 72, 0)
        data = head + struct.pack("<QQ", 9, 2**40) + section
        assert refusal(lambda data=data: read_bundle_of(data)) == (
            "a.usda: names in the file must have at most 16777216 bytes, got 1099511627776"
        )
    with pytest.raises(ValueError, match=r"^15 bytes more than the 4 there are to be$"):
        _lz4(b"\xf0\0" + b"x" * 15, 4)


def package_of(*entries: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for number, entry in enumerate(entries):
            file.writestr(f"{number}.usdz", entry)
    return stream.getvalue()


def test_packages_are_not_read_again_and_again():
    deep = b"#usda 1.0"
    for _ in range(5):
        deep = package_of(deep)
    assert refusal(lambda: read_bundle_of(deep)) == "a.usda: packages must lie at most 4 in one another, got more"
    whole = package_of(b"#usda 1.0\n" * 100)
    at = whole.index(b"PK\1\2")
    entry, end = whole[at : whole.index(b"PK\5\6")], bytearray(whole[whole.index(b"PK\5\6") :])
    struct.pack_into("<HHI", end, 8, 50, 50, 50 * len(entry))
    assert refusal(lambda: read_bundle_of(whole[:at] + entry * 50 + bytes(end))) == (
        f"a.usda: files in a .usdz must lie side by side, got 50000 bytes in {at + 50 * len(entry) + len(end)}"
    )


def test_pictures_of_fbx_are_looked_for_beside_it(tmp_path):
    names = (b"tex\\a.png", b"..\\..\\elsewhere\\b.png", b"C:\\gone.png", b"/etc/hosts")
    file = BytesIO(b"Kaydara FBX Binary  \x00\x1a\x00")
    file.seek(0, 2)
    for name in names:
        file.write(b"\x10RelativeFilenameS" + struct.pack("<I", len(name)) + name)
    (tmp_path / "a.fbx").write_bytes(file.getvalue())
    (tmp_path / "tex").mkdir()
    (tmp_path / "tex" / "a.png").write_bytes(b"1")
    (tmp_path / "b.png").write_bytes(b"2")
    assert parts(tmp_path, "a.fbx") == ["b.png", "tex/a.png"]
    (tmp_path / "a.fbx").write_text('; FBX 7.4.0\nRelativeFilename: "b.png"\n')
    assert parts(tmp_path, "a.fbx") == ["b.png"]


def test_without_blender_the_remedy_is_told(tmp_path, monkeypatch):
    def none_there(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(converted, "version", none_there)
    (tmp_path / "a.blend").write_bytes(b"BLENDER")
    assert refusal(lambda: read_bundle("a.blend", tmp_path)) == (
        "a.blend: Blender's module must be installed to read .blend files, got none;"
        " pip install 'synthvision[blender]' on Python 3.11, or export it there as .glb"
    )


ENDS = {
    -signal.SIGSEGV: "one on which it ended by SIGSEGV",
    -signal.SIGXCPU: "one that takes longer than it may",
    1: "damaged data (RuntimeError: no)",
    0: "damaged data (RuntimeError: no)",
}


@pytest.mark.parametrize("status", ENDS)
def test_a_process_that_dies_is_one_sentence(tmp_path, monkeypatch, status):
    def died(words, **options):
        options["stdout"].write(b"RuntimeError:   no\n")
        return subprocess.CompletedProcess(words, status)

    monkeypatch.setattr(converted, "version", lambda _: "5.0.1")
    monkeypatch.setattr(converted.subprocess, "run", died)
    assert refusal(lambda: read_asset(Bundle("a.fbx", b"x", {}))) == (
        f"a.fbx: file must be one that Blender reads, got {ENDS[status]};"
        " open it in Blender and export it there as .glb"
    )


def test_a_process_that_takes_too_long(monkeypatch):
    def waits(words, **options):
        assert set(options["env"]) <= {
            "PATH",
            "LANG",
            "PYTHONPATH",
            "HOME",
            "TMPDIR",
            "XDG_CACHE_HOME",
            "LD_LIBRARY_PATH",
        }
        raise subprocess.TimeoutExpired(words, options["timeout"])

    monkeypatch.setattr(converted, "version", lambda _: "5.0.1")
    monkeypatch.setattr(converted.subprocess, "run", waits)
    assert refusal(lambda: read_asset(Bundle("a.fbx", b"x", {}))) == (
        "a.fbx: conversion must take at most 1200 s, got more; make it simpler,"
        " or open it in Blender and export it there as .glb"
    )
