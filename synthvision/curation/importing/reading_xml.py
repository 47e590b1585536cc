"""XML without a document type: no entities that grow, none that name files."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

from synthvision.dataset.disk import read_whole
from synthvision.errors import DatasetError
from synthvision.limits import MAX_ANNOTATION_BYTES


def read_xml(path: Path) -> ET.Element:
    """Return the root of an XML file; raises DatasetError, also where it has a document type."""
    builder = ET.TreeBuilder()
    content = read_whole(path, MAX_ANNOTATION_BYTES)
    try:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = builder.start
        parser.EndElementHandler = builder.end
        parser.CharacterDataHandler = builder.data
        parser.buffer_text = True
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise DatasetError(f"{path}: file must be XML, got '{error}'") from error
    return builder.close()


def _refuse(name: str, *_: object) -> None:
    raise ValueError(f"a document type '{name}', which annotations do not have; leave it out")
