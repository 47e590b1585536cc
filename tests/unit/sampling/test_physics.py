from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import trimesh

from synthvision.errors import PlacementError
from synthvision.sampling.bodies import Body, shifted
from synthvision.sampling.physics import settling, simulation
from synthvision.sampling.physics.settling import settle, still_m
from synthvision.sampling.physics.simulation import GRAVITY_M_S2, Simulation, mass_of
from synthvision.sampling.physics.types import Falling, Standing
from synthvision.sampling.shapes import Shape
from synthvision.scene.poses import Pose, identity, multiply, rotation_x, rotation_y, scaling, translation
from tests.unit.sampling.falling import afloat, overlaps, size_m, tolerance_m
from tests.unit.sampling.worlds import SOLIDS, group, mesh_of, sampler

SHAPES = {name: Shape(mesh_of(SOLIDS[name]({}))) for name in SOLIDS if name != "plane"}


def tray() -> Shape:
    """An open tray of 0.4 by 0.3 by 0.1 m, of five boards; the floor is 0.01 thick."""
    boards = [
        trimesh.creation.box((0.398, 0.298, 0.01)).apply_translation((0, 0, 0.005)),
        *(trimesh.creation.box((0.01, 0.296, 0.096)).apply_translation((x, 0, 0.052)) for x in (-0.195, 0.195)),
        *(trimesh.creation.box((0.4, 0.01, 0.098)).apply_translation((0, y, 0.051)) for y in (-0.145, 0.145)),
    ]
    return Shape(mesh_of(trimesh.util.concatenate(boards)))


TRAY = Standing(Body(tray(), identity()))


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def body(name: str, *place: Pose) -> Body:
    pose = identity()
    for part in place:
        pose = multiply(pose, part)
    return Body(SHAPES[name], pose)


def heap(count: int = 14) -> list[Falling]:
    """Boxes, cans, rings and cups of half their size, turned, in layers over the tray."""
    names = ("box", "can", "ring", "cup")
    return [
        Falling(
            f"{names[number % 4]}/{number}",
            body(
                names[number % 4],
                translation(-0.1 + 0.1 * (number % 3), -0.05 + 0.1 * (number // 3 % 2), 0.16 + 0.08 * (number // 6)),
                rotation_x(0.7 * number),
                rotation_y(1.3 * number),
                scaling(0.5),
            ),
        )
        for number in range(count)
    ]


def settled(
    falling: Sequence[Falling], standing: Sequence[Standing] = (), *, has_ground: bool = True
) -> tuple[Body, ...]:
    poses = settle(falling, standing, has_ground=has_ground, where="frame 0")
    return tuple(Body(one.body.shape, pose) for one, pose in zip(falling, poses, strict=True))


@pytest.fixture(scope="module")
def lying() -> tuple[Body, ...]:
    return settled(heap(), [TRAY])


def test_things_lie_in_the_tray_touch_and_are_not_in_each_other(lying: tuple[Body, ...]) -> None:
    bodies = [*lying, TRAY.body]
    assert overlaps(bodies) == []
    assert [number for number in afloat(bodies) if number < len(lying)] == []
    for one in lying:
        middle = one.bounds.mean(axis=0)
        assert (np.abs(middle[:2]) < (0.2, 0.15)).all()
        assert one.bounds[0, 2] > 0.01 - tolerance_m(one)


def test_the_measures_of_these_tests_see_overlaps_and_floating(lying: tuple[Body, ...]) -> None:
    ring = body("ring")
    assert overlaps([ring, body("box", translation(0.06, 0, -0.01))])
    assert not overlaps([ring, body("ball", scaling(0.5))]), "a ball in the hole of a ring is not in the ring"
    assert overlaps([body("box", translation(0, 0, -0.002))]) == [(0, -1, pytest.approx(0.002))]
    assert afloat([ring, body("box", translation(0, 0, 0.033))]) == [1]
    assert overlaps([shifted(lying[0], (0, 0, -0.004)), *lying[1:], TRAY.body])


def test_what_has_settled_stays_for_another_second(lying: tuple[Body, ...]) -> None:
    falling = [Falling(one.name, now) for one, now in zip(heap(), lying, strict=True)]
    simulation = Simulation(falling, [TRAY], has_ground=True)
    before = simulation.places()
    simulation.step(1.0, 0.0)
    moved = settling._moved(before, simulation.places(), simulation)
    assert (moved < [tolerance_m(one) for one in lying]).all()


def test_the_same_start_has_the_same_end_to_the_last_bit(lying: tuple[Body, ...]) -> None:
    again = settled(heap(), [TRAY])
    assert [one.pose.tobytes() for one in again] == [one.pose.tobytes() for one in lying]


def test_size_and_scale_are_kept_and_nothing_is_mirrored(lying: tuple[Body, ...]) -> None:
    for one in lying:
        assert one.scale == pytest.approx(0.5)
        assert np.linalg.det(one.pose[:3, :3]) == pytest.approx(0.125)


@pytest.mark.parametrize("scale", [1e-4, 0.1, 30.0])
def test_things_of_any_size_come_to_rest_on_the_ground(scale: float) -> None:
    start = body("box", translation(0, 0, 0.1 * scale), rotation_x(0.4), rotation_y(0.2), scaling(scale))
    (one,) = settled([Falling("box/0", start)])
    assert one.bounds[0, 2] == pytest.approx(0, abs=0.01 * size_m(one))
    # It lies on one of its sides: 0.1 by 0.08 by 0.06.
    assert min(abs(np.ptp(one.bounds[:, 2]) / scale - side) for side in (0.1, 0.08, 0.06)) < 1e-3


def test_nothing_falls_where_nothing_is() -> None:
    assert settle([], [TRAY], has_ground=True, where="frame 0") == ()


def slope(friction: float) -> tuple[Falling, Standing]:
    """A box on a board that is tilted by 20°: it stays if its friction is above tan 20° = 0.364."""
    tilt = rotation_y(math.radians(20))
    board = Standing(body("table", tilt), friction=0.0)
    on_it = multiply(tilt, translation(0, 0, 0.301))
    return Falling("box/0", Body(SHAPES["box"], on_it), friction=friction), board


def test_friction_decides_whether_a_thing_slides() -> None:
    for friction, stays in ((0.28, False), (0.45, True)):
        falling, board = slope(friction)
        (end,) = settled([falling], [board])
        moved = float(np.linalg.norm(end.pose[:3, 3] - falling.body.pose[:3, 3]))
        assert (moved < 0.01) is stays, f"friction {friction} moved it by {moved} m"


def test_the_greater_friction_of_two_bodies_counts() -> None:
    falling, board = slope(0.0)
    (end,) = settled([falling], [Standing(board.body, friction=0.5)])
    assert np.linalg.norm(end.pose[:3, 3] - falling.body.pose[:3, 3]) < 0.01


def test_a_heavy_ball_parts_two_boxes_and_a_light_one_rests_on_them() -> None:
    boxes = [Falling(f"box/{side}", body("box", translation(side * 0.085, 0, 0.0)), mass_kg=0.2) for side in (-1, 1)]
    heights = []
    for mass_kg in (0.01, 20.0):
        ball = Falling("ball/0", body("ball", translation(0, 0, 0.07)), mass_kg=mass_kg)
        heights.append(float(settled([*boxes, ball])[2].bounds[0, 2]))
    assert heights[0] > 0.03
    assert heights[1] == pytest.approx(0, abs=1e-3)


def test_mass_is_density_times_the_volume_of_the_mesh_not_of_its_hull() -> None:
    ring = SOLIDS["ring"]({})
    falling = Falling("ring/0", body("ring", scaling(2.0)), density_kg_m3=7800.0)
    assert mass_of(falling) == pytest.approx(7800 * 8 * ring.volume, rel=1e-5)
    assert ring.volume < 0.6 * ring.convex_hull.volume
    assert mass_of(Falling("ring/0", body("ring"), mass_kg=3.0)) == 3.0


def test_solids_agree_with_closed_forms_and_trimesh() -> None:
    box = SHAPES["box"].solid
    assert box.volume_m3 == pytest.approx(0.1 * 0.08 * 0.06)
    assert box.centre == pytest.approx([0, 0, 0.03], abs=1e-9)
    squares = np.array([0.1, 0.08, 0.06]) ** 2
    assert np.diag(box.inertia) == pytest.approx(box.volume_m3 / 12 * (squares.sum() - squares), rel=1e-5)
    cup = SOLIDS["cup"]({})
    assert SHAPES["cup"].solid.centre == pytest.approx(cup.center_mass, abs=1e-6)
    assert SHAPES["cup"].solid.inertia == pytest.approx(cup.moment_inertia, rel=1e-4, abs=1e-12)
    inside_out = SOLIDS["cup"]({})
    inside_out.invert()
    assert Shape(mesh_of(inside_out)).solid.volume_m3 == pytest.approx(cup.volume, rel=1e-5)
    sheet = Shape(mesh_of(SOLIDS["plane"]({"size_m": 1.0}))).solid
    assert 0 < sheet.volume_m3 < 0.01, "a sheet is a little thick, so that it has a mass"


@pytest.mark.parametrize("damping", [0.0, 5.0, 20.0])
@pytest.mark.parametrize("scale", [0.1, 1.25])
def test_damping_slows_a_fall_as_the_closed_form_says(damping: float, scale: float) -> None:
    ball = Falling("ball/0", body("ball", translation(0, 0, 1.0), scaling(scale)), damping=damping)
    simulation = Simulation([ball], [], has_ground=True)
    # A ball of 8 cm is simulated as one of 10 cm, which takes longer for everything.
    seconds = 0.2
    simulation.step(seconds * math.sqrt(0.1 / size_m(ball.body)), 0.0)
    fallen = 1.0 - simulation.places()[0, 2]
    free = GRAVITY_M_S2 * seconds**2 / 2
    slowed = GRAVITY_M_S2 * (seconds - (1 - math.exp(-damping * seconds)) / damping) / damping if damping else free
    assert fallen == pytest.approx(slowed, rel=0.02)


def test_what_starts_in_each_other_is_parted_and_not_thrown() -> None:
    pair = [Falling(f"box/{number}", body("box", translation(0.03 * number, 0, 0.001))) for number in range(2)]
    ends = settled(pair)
    assert overlaps(ends) == []
    for one, end in zip(pair, ends, strict=True):
        assert np.linalg.norm(end.pose[:2, 3] - one.body.pose[:2, 3]) < 0.2


def test_thin_things_do_not_pass_through_thin_boards() -> None:
    card = Shape(mesh_of(trimesh.creation.box((0.09, 0.06, 0.0004))))
    board = Standing(Body(Shape(mesh_of(trimesh.creation.box((0.4, 0.4, 0.001)))), translation(0, 0, 0.5)))
    (end,) = settled([Falling("card/0", Body(card, multiply(translation(0, 0, 0.8), rotation_x(1.2))))], [board])
    assert end.bounds[0, 2] == pytest.approx(0.5005, abs=1e-3)


def test_what_falls_past_everything_is_named() -> None:
    falling = [
        Falling("can/0", body("can", translation(0, 0, 0.2))),
        Falling("can/1", body("can", translation(3, 0, 0))),
    ]
    with pytest.raises(PlacementError) as caught:
        settled(falling, [TRAY], has_ground=False)
    assert str(caught.value) == (
        "frame 0: 'can/1' must come to rest on something, got out of the world falling; add a ground, or let it fall"
        " over what it shall lie in"
    )


def test_what_never_rests_is_named_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("FALL_S", 0.4), ("CALM_S", 0.4), ("CALMINGS", 1)):
        monkeypatch.setattr(settling, name, value)
    # A slope without friction and without end, as far as 0.8 s go.
    board = Standing(body("table", translation(0, 0, -20), rotation_y(0.3), scaling(60)), friction=0.0)
    falling = Falling("box/0", body("box", translation(0, 0, 0.2)), friction=0.0)
    with pytest.raises(PlacementError) as caught:
        settled([falling], [board], has_ground=False)
    text = str(caught.value)
    assert text.startswith("frame 0: dropped things must come to rest within ")
    assert text.endswith(", got 'box/0', which still moves; drop fewer, or give them more friction or damping")
    assert caught.value.refusal == "objects 'box' (place.drop: not at rest in time)"


def test_still_is_a_millimetre_but_more_for_large_and_less_for_small_things() -> None:
    assert still_m(np.array([0.01, 0.05, 1.0])) == pytest.approx([0.0003, 0.001, 0.01])


def dropped(count: int = 6) -> list[dict[str, object]]:
    return [
        group(asset="table", name="base", category="base", place={"at_m": [0, 0, 0]}),
        group(asset=["box", "can"], count=count, scale=0.5, place={"drop": {"into": "base"}}),
    ]


def test_frames_do_not_depend_on_the_order_or_on_the_process() -> None:
    drawing = sampler(objects=dropped(3))
    forwards = {frame: drawing.draw(frame).instances for frame in (0, 1)}
    other = sampler(objects=dropped(3))
    assert {frame: other.draw(frame).instances for frame in (1, 0)} == forwards
    script = (
        "from tests.unit.sampling.test_physics import dropped\nfrom tests.unit.sampling.worlds import sampler\n"
        "print(repr([one.object_to_world for one in sampler(objects=dropped(3)).draw(1).instances]))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.stdout.strip() == repr([one.object_to_world for one in forwards[1]])


def test_dropped_things_lie_on_what_they_fell_on() -> None:
    scene = sampler(objects=dropped()).draw(0)
    things = [one for one in scene.instances if one.category == "thing"]
    assert len(things) == 6
    assert any(one.object_to_world[2][3] > 0.29 for one in things)


def test_more_contacts_than_memory_is_refused_and_leaves_no_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(simulation, "_MEMORY", 2**18)
    with pytest.raises(PlacementError, match=r"^frame 3: dropped things must touch in no more places than there is"):
        settle(heap(40), [TRAY], has_ground=False, where="frame 3")
    assert not list(tmp_path.iterdir())
