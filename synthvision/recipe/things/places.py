"""Where things are put."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from synthvision.recipe.distributions import Number, Position, Region
from synthvision.recipe.legal import Legal, Name, NotNegative, Section, Share, Whole, form, keys_of


class OnSurface(Section):
    """Stand on the ground, or on top of an instance of another object group, without touching anything else."""

    on: Name = "ground"
    """`ground`, or the name of another group of objects or distractors"""
    within: Region | None = None
    """part of the surface, about the world's origin (ground) or the centre of the supporting instance"""
    clearance_m: NotNegative = 0.002
    """least distance to everything else"""


class InVolume(Section):
    """Float anywhere in a volume without touching anything else."""

    in_: Position = Field(alias="in")
    """the volume"""
    clearance_m: NotNegative = 0.002
    """least distance to everything else"""


class AtPoint(Section):
    """Put the object's origin exactly there; overlaps are the recipe's own wish."""

    at_m: tuple[Number, Number, Number]
    """x, y and z"""


class PoissonDisk(Section):
    """Spread over a surface with at least so much between centres (Bridson's blue noise)."""

    on: Name = "ground"
    """`ground`, or the name of another group"""
    within: Region | None = None
    """part of the surface"""
    spacing_m: Annotated[Number, Legal(0, open=True)]
    """least distance between two centres of the group"""
    clearance_m: NotNegative = 0.002
    """least distance to everything else"""


class Grid(Section):
    """In rows and columns, from the first row on; more than ``rows`` × ``columns`` instances find no place.

    On a group there is one grid on each of its instances, about its centre, that turns with it; one is filled after the
    other.
    """

    on: Name = "ground"
    """`ground`, or the name of another group"""
    columns: Annotated[Whole, Field(ge=1, le=1000)]
    """along X"""
    rows: Annotated[Whole, Field(ge=1, le=1000)] = 1
    """along Y"""
    pitch_m: tuple[Annotated[Number, Legal(0, open=True)], Annotated[Number, Legal(0, open=True)]]
    """distance between neighbours along X and Y"""
    centre_m: tuple[Number, Number] = (0.0, 0.0)
    """middle of the grid"""
    heading_deg: Number = 0.0
    """turns the grid about Z"""
    jitter_m: Annotated[Number, Legal(0)] = 0.0
    """radius of the disc in which each instance is moved"""


class Stack(Section):
    """One upon the other, in stacks of a random height."""

    on: Name = "ground"
    """`ground`, or the name of another group, on which the stacks stand"""
    within: Region | None = None
    """part of the surface"""
    height: Annotated[Number, Legal(1, whole=True)]
    """instances in each stack"""
    jitter_m: Annotated[Number, Legal(0)] = 0.0
    """radius of the disc in which each is moved against the one below"""
    jitter_deg: Annotated[Number, Legal(0)] = 0.0
    """greatest turn against the one below"""
    clearance_m: NotNegative = 0.002
    """least distance to other stacks and things"""


class Shelved(Section):
    """Side by side on the boards of shelves, in facings: the same asset several times in a row, as in a shop."""

    of: Name
    """name of the group of shelves: any things with several level boards"""
    facings: Annotated[Number, Legal(1, whole=True)] = 1.0
    """how many of one asset stand side by side before the next is drawn"""
    gap_m: Annotated[Number, Legal(0)] = 0.005
    """between neighbours"""
    deep: Annotated[Number, Legal(1, whole=True)] = 1.0
    """how many stand one behind the other"""
    fill: Share = 0.95
    """chance that a place is filled"""
    jitter_deg: Annotated[Number, Legal(0)] = 3.0
    """greatest turn away from facing the front"""
    surplus: Literal["refuse", "leave_out"] = "refuse"
    """what becomes of instances for which the boards have no room: `refuse` draws the whole scene anew, `leave_out`
    leaves them out, so that a large `count` means as many as fit"""


class Scatter(Section):
    """Strewn over a surface with a density: for thousands of small things, whose bounding balls do not overlap."""

    on: Name = "ground"
    """`ground` only"""
    within: Region | None = None
    """part of the ground"""
    density: Name | None = None
    """image file whose brightness is the density over ``within``; even by default"""
    overlap: Share = 0.0
    """by how much of their radii the bounding balls may overlap"""
    sink: Share = 0.0
    """how far each lies in the ground, as a share of its height"""


class Drop(Section):
    """Let fall and come to rest, with everything else that is dropped, by rigid-body physics."""

    into: Name = "ground"
    """`ground`, or the name of a group that stands already: fall on it, or into it"""
    within: Region | None = None
    """where over it, about its centre; by default the inner half of its extent"""
    height_m: Annotated[Number, Legal(0)] = 0.05
    """least height over what lies there, from which it falls"""


_PLACES = {
    "in": "<in>",
    "at_m": "<at_m>",
    "poisson_disk": "<poisson_disk>",
    "grid": "<grid>",
    "stack": "<stack>",
    "shelf": "<shelf>",
    "scatter": "<scatter>",
    "drop": "<drop>",
}


class InPoissonDisk(Section):
    """Evenly spread."""

    poisson_disk: PoissonDisk
    """how"""


class InGrid(Section):
    """In rows and columns."""

    grid: Grid
    """how"""


class InStacks(Section):
    """One upon the other."""

    stack: Stack
    """how"""


class OnShelf(Section):
    """On the boards of shelves."""

    shelf: Shelved
    """how"""


class Scattered(Section):
    """Strewn by the thousand."""

    scatter: Scatter
    """how"""


class Dropped(Section):
    """Settled by physics."""

    drop: Drop
    """how"""


def _place_tag(value: Any) -> str | None:
    if not isinstance(value, dict | Section):
        return None
    keys = keys_of(value)
    return next((tag for key, tag in _PLACES.items() if key in keys), "<on>")


Place = Annotated[
    Annotated[OnSurface, Tag("<on>")]
    | Annotated[InVolume, Tag("<in>")]
    | Annotated[AtPoint, Tag("<at_m>")]
    | Annotated[InPoissonDisk, Tag("<poisson_disk>")]
    | Annotated[InGrid, Tag("<grid>")]
    | Annotated[InStacks, Tag("<stack>")]
    | Annotated[OnShelf, Tag("<shelf>")]
    | Annotated[Scattered, Tag("<scatter>")]
    | Annotated[Dropped, Tag("<drop>")],
    form("place", "a mapping with one of on, in, at_m, poisson_disk, grid, stack, shelf, scatter, drop", _place_tag),
]
"""Where an object is put."""
