"""The instances of one group in one frame, before they have a place: how many, of which assets, how large."""

from __future__ import annotations

from dataclasses import dataclass

from synthvision.assets import AssetStore
from synthvision.assets.types import Asset, AssetSource
from synthvision.errors import FrameError
from synthvision.recipe.things import OnShelf, Rotation, Things
from synthvision.sampling.bodies import Body
from synthvision.sampling.draws import Draws
from synthvision.sampling.shapes import Shape, ShapeStore
from synthvision.sampling.sources import Sources


@dataclass(frozen=True, eq=False)
class Look:
    """An asset that was drawn; instances may share one. ``name`` and ``draws`` are for what else is drawn once for it.

    ``label`` is the catalog name or file.
    """

    name: str
    draws: Draws
    label: str
    source: AssetSource
    asset: Asset
    shape: Shape


@dataclass(frozen=True, eq=False)
class Thing:
    """An instance that has been drawn but has no place yet. ``name`` is ``<group>/<index>``."""

    name: str
    draws: Draws
    look: Look
    scale: float
    rotation: Rotation | None


@dataclass(frozen=True, eq=False)
class Placed:
    """A thing that has its place."""

    thing: Thing
    body: Body


class Looks:
    """Where things are drawn from: the sources of assets, and what is kept of them between frames."""

    def __init__(self, sources: Sources, store: AssetStore, shapes: ShapeStore) -> None:
        self.sources = sources
        self.store = store
        self.shapes = shapes

    def look(self, group: Things, index: int, name: str, draws: Draws) -> Look:
        """Draw an asset; ``index`` is the group's place in the recipe, ``name`` the address."""
        label, source = self.sources.asset(group, index, name, draws)
        asset = self.store.asset(source)
        return Look(name, draws, label, source, asset, self.shapes.shape(asset.mesh))


class Group:
    """One group in one frame.

    Attributes:
        name: unique among the groups.
        index: its place in the recipe.
        declared: its section of the recipe.
        draws: of the frame.
        count: how many instances it has; none where its condition does not hold.
    """

    def __init__(self, name: str, index: int, declared: Things, draws: Draws, looks: Looks) -> None:
        self.name = name
        self.index = index
        self.declared = declared
        self.draws = draws
        self.count = draws.count(declared.count, f"{name}/count") if draws.holds(declared.when, f"{name}/when") else 0
        self._source = looks
        self._shared: dict[str, Look] = {}
        self._drawn: dict[tuple[int, int], Thing] = {}

    @property
    def who(self) -> str:
        """What the group is called in messages, whatever the frame."""
        return f"objects '{self.name}'"

    @property
    def where(self) -> str:
        """What messages about the group begin with."""
        return f"frame {self.draws.frame_index}: {self.who}"

    def refusal(self, what: str) -> str:
        """Return what a draw that finds no place for the group counts as: the group, the form of its place, and why."""
        fields = type(self.declared.place).model_fields
        form = next(field.alias or name for name, field in fields.items())
        return f"{self.who} (place.{form}: {what})"

    @property
    def largest_m(self) -> float:
        """The radius of the ball around its largest instance; 0 without instances."""
        things = (self.thing(number) for number in range(self.count))
        return max((thing.look.shape.ball[1] * thing.scale for thing in things), default=0.0)

    def thing(self, number: int, facing: int = 0) -> Thing:
        """Return the instance with this number; on shelves all of one ``facing`` have the same look.

        Raises:
            FrameError: if a size is not above 0.
            AssetError: if its asset cannot be used.
        """
        key = number, facing
        if key not in self._drawn:
            self._drawn[key] = self._thing(number, facing)
        return self._drawn[key]

    def _thing(self, number: int, facing: int) -> Thing:
        name = f"{self.name}/{number}"
        draws = self.draws.within(name, index=number, count=self.count)
        look = self._look(number, facing, name, draws)
        scale = draws.positive(self.declared.scale, f"{name}/scale")
        if self.declared.size_m is not None:
            scale *= draws.positive(self.declared.size_m, f"{name}/size_m") / _longest_side(look, name)
        return Thing(name, draws, look, scale, self.declared.rotation)

    def _look(self, number: int, facing: int, name: str, draws: Draws) -> Look:
        on_shelf = isinstance(self.declared.place, OnShelf)
        if self.declared.looks is None and not on_shelf:
            return self._source.look(self.declared, self.index, name, draws)
        turn, kind = (facing, "facing") if on_shelf else (number, "look")
        if self.declared.looks is not None:
            turn, kind = turn % self.declared.looks, "look"
        shared = f"{self.name}/{kind}/{turn}"
        if shared not in self._shared:
            of_look = self.draws.within(shared, index=turn, count=self.declared.looks or self.count)
            self._shared[shared] = self._source.look(self.declared, self.index, shared, of_look)
        return self._shared[shared]


def _longest_side(look: Look, name: str) -> float:
    longest = float((look.shape.bounds[1] - look.shape.bounds[0]).max())
    if longest == 0:
        raise FrameError(f"{name}: size_m must be of an asset with an extent, got '{look.label}', a point")
    return longest
