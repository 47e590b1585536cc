"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        name: of the thing.
        state: ``good``, ``poor`` (works, but a run may suffer) or ``bad`` (a render cannot work).
        value: what is there.
        cure: what to do about it; empty if it is good.
    """

    name: str
    state: str
    value: str
    cure: str = ""
