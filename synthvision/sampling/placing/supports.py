"""Where things stand: the ground, or what stands already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from synthvision.errors import PlacementError
from synthvision.recipe.distributions import Disc, DiscExtent, Region
from synthvision.recipe.names import GROUND
from synthvision.sampling.bodies import Body, shifted
from synthvision.sampling.draws import Draws
from synthvision.sampling.groups import Group
from synthvision.sampling.placing.around import Around
from synthvision.sampling.shapes import Points
from synthvision.sampling.surfaces import base_points, resting_height
from synthvision.scene.poses import transform_points

DEFAULT_WITHIN = Disc(disc=DiscExtent(radius_m=0.5))
"""Where things stand on the ground when the recipe does not say where."""


@dataclass(frozen=True, eq=False)
class Spot:
    """A point of the plane, and the body that is stood on there; None for the ground."""

    x: float
    y: float
    support: Body | None


@dataclass(frozen=True, eq=False)
class Stander:
    """A body about to stand somewhere; its rotation is drawn, its place is not."""

    body: Body

    @cached_property
    def base(self) -> Points:
        """(K, 3): the points that it stands on."""
        return base_points(transform_points(self.body.pose, self.body.shape.hull_points))

    def at(self, spot: Spot) -> Body | None:
        """Return it standing there; None unless its whole base has something flat under it."""
        height = 0.0
        if spot.support is not None:
            found = resting_height(spot.support, self.base[:, :2] + (spot.x, spot.y))
            if found is None:
                return None
            height = found
        return shifted(self.body, (spot.x, spot.y, height - float(self.body.bounds[0, 2])))


def supports(group: Group, on: str, key: str, around: Around) -> Sequence[Body]:
    """Return the bodies that a group stands on, none of them for the ground; ``key`` names the key of the recipe.

    Raises:
        PlacementError: if there is none.
    """
    if on == GROUND:
        return ()
    bodies = around.standing.of_group(on)
    if not bodies and group.count > 0:
        raise PlacementError(
            f"{group.where}: place.{key} must be a group with an instance in the frame, got '{on}', which has none;"
            f" give '{on}' a count of at least 1",
            group.refusal(f"no '{on}' in the frame"),
        )
    return bodies


def draw_spot(within: Region | None, on: Sequence[Body], draws: Draws, name: str) -> Spot:
    """Draw where to stand: in a region of the ground, or of a body that is drawn, too."""
    if not on:
        return Spot(*draws.on_plane(within or DEFAULT_WITHIN, name), None)
    support = on[draws.pick([1.0] * len(on), f"{name}/support")]
    return Spot(*_over(support, within, draws, name), support)


def _over(support: Body, within: Region | None, draws: Draws, name: str) -> tuple[float, float]:
    """Draw a point over a support: in a region about its middle that turns with it, or anywhere over its box."""
    if within is not None:
        return from_middle(support, *draws.on_plane(within, name))
    low, high = support.bounds.tolist()
    middle_x, middle_y = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
    x, y = ((high[axis] - low[axis]) * (draws.uniform(f"{name}/{part}") - 0.5) for axis, part in enumerate("xy"))
    return middle_x + x, middle_y + y


def from_middle(support: Body, x: float, y: float) -> tuple[float, float]:
    """Return a point of the plane that is given from the middle of a body's box, in axes that turn with the body."""
    low, high = support.bounds.tolist()
    middle_x, middle_y = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
    angle = heading(support)
    cosine, sine = math.cos(angle), math.sin(angle)
    return middle_x + cosine * x - sine * y, middle_y + sine * x + cosine * y


def heading(body: Body) -> float:
    """Return how far a body is turned about the vertical, radians."""
    return math.atan2(body.pose[1, 0], body.pose[0, 0])
