"""What a place depends on besides the thing itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.recipe.things import Ground
from synthvision.sampling.bodies import Body
from synthvision.sampling.placing.arrangement import Arrangement
from synthvision.scene import Camera


@dataclass(frozen=True, eq=False)
class Around:
    """The surroundings of what is placed next.

    Attributes:
        standing: what stands already.
        ground: the plane, if there is one.
        image: finds an image file of the recipe: (H, W, 3 or 4) uint8.
        cameras: those that are placed already, the first first; things stay clear of them.
    """

    standing: Arrangement
    ground: Ground | None
    image: Callable[[str], NDArray[np.uint8]]
    cameras: Sequence[Camera] = ()

    def is_free(
        self, body: Body, clearance_m: float, support: Body | None = None, close: Collection[Body] = ()
    ) -> bool:
        """Say whether a body would be clear of all others and of the cameras, and would only stand on its support.

        Those ``close`` to it may come nearer than the clearance, but not touch it.
        """
        return self.standing.is_free(body, clearance_m, support, close) and not self.is_in_face(body)

    def is_in_face(self, body: Body) -> bool:
        """Say whether a camera is inside a body or nearer to it than it can see."""
        return any(_is_in_face(body, camera) for camera in self.cameras)


def _is_in_face(body: Body, camera: Camera) -> bool:
    eye = np.array([row[3] for row in camera.camera_to_world[:3]])
    if ((eye < body.bounds[0] - camera.clip_m) | (eye > body.bounds[1] + camera.clip_m)).any():
        return False
    return body.contains(eye) or body.distance(eye) <= camera.clip_m
