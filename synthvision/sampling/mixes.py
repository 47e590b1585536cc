"""How the light of a path trace is mixed anew for each frame of a view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from synthvision.errors import FrameError
from synthvision.recipe.relighting import Relight
from synthvision.sampling.draws import Draws
from synthvision.scene import Light, Mix, Scene
from synthvision.scene.mixing import light_groups


def mix_draws(draws: Draws, scene_index: int, mix: int, mixes: int) -> Draws:
    """Return the draws of one mix of a scene: the same in all its views, and spread evenly over mixes and scenes."""
    return replace(draws, frame_index=scene_index * mixes + mix)


def draw_mix(declared: Relight, lights: Sequence[Light], first_frame: int, draws: Draws) -> Mix:
    """Draw the gains of one mix; ``draws`` are those of ``mix_draws``. A group's gain has its first light's name."""
    groups = light_groups(len(lights))
    first_lights = [lights[groups.index(group)] for group in sorted(set(groups))]
    return Mix(
        first_frame,
        tuple(draws.not_negative(declared.light_gain, f"lights/{light.name}/gain") for light in first_lights),
        draws.not_negative(declared.world_gain, "world/gain"),
        draws.not_negative(declared.emission_gain, "lights/emission_gain"),
    )


def mixed(declared: Relight, frames: Sequence[Scene], draws: Draws) -> tuple[Scene, ...]:
    """Return the frames of one scene, view by view, with their mixes.

    Raises:
        FrameError: frames of one view are not seen by the same camera.
    """
    made = []
    for place, frame in enumerate(frames):
        first = frames[place - place % declared.count]
        if frame.camera != first.camera:
            raise FrameError(
                f"frame {frame.frame_index}: randomizers must leave all mixes of a view one camera, got another than "
                f"in frame {first.frame_index}"
            )
        own = mix_draws(draws, frame.scene_index, place % declared.count, declared.count)
        made.append(replace(frame, mix=draw_mix(declared, frame.lights, first.frame_index, own)))
    return tuple(made)
