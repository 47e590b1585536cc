"""The doctor, shown machines that lack this and that."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from synthvision.doctor import as_text, examine
from synthvision.doctor.blender_probe import DEBIAN_PACKAGES, MARK, BlenderReport, cure, is_there, read_answer
from tests.unit.doctor.machines import MACHINE, finding
from tests.unit.doctor.machines import ON_CPU as HEALTHY

NO_LIBSM = BlenderReport(
    missing=("libSM.so.6", "libICE.so.6"),
    error="libSM.so.6: cannot open shared object file: No such file or directory",
)


def test_healthy_machine() -> None:
    examination = examine(MACHINE)
    assert examination.healthy
    assert {finding.state for finding in examination.findings} == {"good"}
    assert finding(examination, "Blender (bpy)") == ("good", "5.0.1", "")
    assert finding(examination, "devices") == ("good", "cpu (a chip)", "")
    assert finding(examination, "cores") == ("good", "4", "")


def test_missing_libraries_are_named_with_one_line_that_installs_them() -> None:
    examination = examine(replace(MACHINE, blender=lambda: NO_LIBSM))
    assert not examination.healthy
    assert finding(examination, "system libraries") == (
        "bad",
        "missing libSM.so.6, libICE.so.6",
        "apt-get install libice6 libsm6",
    )
    assert finding(examination, "Blender (bpy)")[2] == "apt-get install libice6 libsm6"


@pytest.mark.parametrize("library", sorted(set(DEBIAN_PACKAGES) - {"libEGL.so.1"}))
def test_library_without_which_blender_cannot_be_imported(library: str) -> None:
    report = BlenderReport(missing=(library,), error=f"{library}: cannot open shared object file: No such file")
    examination = examine(replace(MACHINE, blender=lambda: report))
    assert not examination.healthy
    cure_ = f"apt-get install {DEBIAN_PACKAGES[library]}"
    assert finding(examination, "system libraries") == ("bad", f"missing {library}", cure_)


def test_library_that_only_some_renders_need_is_no_obstacle() -> None:
    examination = examine(replace(MACHINE, blender=lambda: replace(HEALTHY, missing=("libEGL.so.1",))))
    assert examination.healthy
    assert finding(examination, "system libraries") == ("poor", "missing libEGL.so.1", "apt-get install libegl1")


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (BlenderReport(error="No module named 'bpy'"), "pip install 'synthvision[blender]' on Python 3.11"),
        (
            BlenderReport(error="libfoo.so.3: cannot open shared object file: No such file or directory"),
            "install the system's package that has libfoo.so.3",
        ),
        (
            BlenderReport(error="it ended with status -11: Segmentation fault"),
            "pip install --force-reinstall 'synthvision[blender]'",
        ),
    ],
)
def test_cure(report: BlenderReport, text: str) -> None:
    assert cure(report) == text


def test_poor_findings_do_not_make_a_machine_unhealthy() -> None:
    poor = replace(
        MACHINE,
        python=(3, 13),
        memory_bytes=lambda: 1_000_000_000,
        free_bytes=lambda _: 10_000_000,
        ram_disk=Path("/none"),
    )
    examination = examine(poor)
    assert examination.healthy
    assert [f.name for f in examination.findings if f.state == "poor"] == ["Python", "memory", "disk"]
    assert finding(examination, "RAM disk") == ("good", "none; only torch's loader and Ray on Linux use one", "")


def test_old_python_cannot_work() -> None:
    examination = examine(replace(MACHINE, python=(3, 10)))
    assert not examination.healthy
    assert finding(examination, "Python")[2] == "install Python 3.11"


def test_probe_that_crashes_is_a_finding() -> None:
    report = read_answer(-11, "", "something\nFatal Python error: Segmentation fault")
    assert report.error == "it ended with status -11: Fatal Python error: Segmentation fault"


def test_answer_of_the_probe_is_found_among_what_blender_prints() -> None:
    answer = json.dumps({"version": "5.0.1", "devices": ["cpu (a chip)"], "missing": [], "error": ""})
    assert read_answer(0, f"Read prefs\n{MARK}{answer}\nBlender quit\n", "") == HEALTHY


def test_libraries_are_looked_for_by_the_dynamic_linker() -> None:
    assert is_there("libc.so.6")
    assert not is_there("libSM.so.666")
    assert {"libGL.so.1", "libSM.so.6", "libxkbcommon.so.0"} <= set(DEBIAN_PACKAGES)


def test_json_says_the_same_as_text() -> None:
    examination = examine(replace(MACHINE, blender=lambda: NO_LIBSM))
    data = json.loads(as_text(examination, as_json=True))
    assert data["healthy"] is False
    assert {"name": "cores", "state": "good", "value": "4", "cure": ""} in data["findings"]
    text = as_text(examination)
    assert "-> apt-get install libice6 libsm6" in text
    assert text.endswith("This machine cannot render yet: see 'bad' above.")
