"""Numbers that come from data or follow the frames."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from synthvision.recipe.legal import Name, NotNegative, Real, Section

MOST_DATA = 10_000
"""Values or bins of measured data; more are better told as a histogram."""


class EmpiricalData(Section):
    """Measured data: values, or a histogram, written out or read from a file when the recipe is loaded.

    Exactly one of ``values``, ``counts`` (with ``edges``) and ``file``. A CSV file has a header; ``column`` names the
    column of values, or with ``counts_column`` the column of left edges of a histogram whose last row has the right
    end. A JSON file holds a list of numbers, or a mapping with ``values``, or one with ``edges`` and ``counts``.
    """

    values: Annotated[list[Real], Field(min_length=1, max_length=MOST_DATA)] | None = None
    """each is as likely as the others"""
    edges: Annotated[list[Real], Field(min_length=2, max_length=MOST_DATA + 1)] | None = None
    """ends of the bins of a histogram, ascending"""
    counts: Annotated[list[NotNegative], Field(min_length=1, max_length=MOST_DATA)] | None = None
    """how many are in each bin; within a bin all values are equally likely"""
    file: Name | None = None
    """CSV or JSON file, relative to the recipe's folder"""
    column: Name | None = None
    """column of a CSV file"""
    counts_column: Name | None = None
    """column of counts of a CSV file"""

    @model_validator(mode="after")
    def _one_kind(self) -> EmpiricalData:
        given = [name for name in ("values", "counts", "file") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"must have exactly one of values, counts and file, got {' and '.join(given) or 'none'}")
        if (self.counts is None) != (self.edges is None):
            raise ValueError("must have edges if and only if it has counts, got one without the other")
        if self.file is None and (self.column, self.counts_column) != (None, None):
            raise ValueError("must have a file to have a column, got none")
        return self

    @model_validator(mode="after")
    def _histogram(self) -> EmpiricalData:
        if self.counts is None or self.edges is None:
            return self
        if len(self.edges) != len(self.counts) + 1:
            raise ValueError(f"must have one edge more than counts ({len(self.counts)}), got {len(self.edges)}")
        if any(low >= high for low, high in pairwise(self.edges)):
            raise ValueError("must have edges that ascend, got edges that do not")
        if sum(self.counts) <= 0:
            raise ValueError("must have counts that sum to more than 0, got 0")
        return self


class Empirical(Section):
    """As in measured data: a value of a list, or a histogram's bin and a place in it."""

    empirical: EmpiricalData
    """the data"""


class Sequence(Section):
    """One value after the other, frame by frame, from the start again after the last."""

    sequence: Annotated[list[Real], Field(min_length=1)]
    """the values"""


class SchedulePoints(Section):
    """A line through points, level before the first and after the last."""

    frames: Annotated[list[Annotated[int, Field(strict=True, ge=0)]], Field(min_length=1)]
    """frame indices, ascending"""
    values: Annotated[list[Real], Field(min_length=1)]
    """the value in each of these frames"""

    @model_validator(mode="after")
    def _match(self) -> SchedulePoints:
        if len(self.frames) != len(self.values):
            raise ValueError(f"must have as many values as frames ({len(self.frames)}), got {len(self.values)}")
        if any(low >= high for low, high in pairwise(self.frames)):
            raise ValueError("must have frames that ascend, got frames that do not")
        return self


class Schedule(Section):
    """A value that changes along the frames, linear between the points given.

    Where a whole number is asked for, it is rounded.
    """

    schedule: SchedulePoints
    """the points"""
