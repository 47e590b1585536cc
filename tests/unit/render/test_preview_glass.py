"""The preview shows glass as a light tint, since it looks through nothing but holes."""

from dataclasses import replace

import numpy as np

from synthvision.scene import Light
from tests.unit.render.scenes import CENTRE, MATTE, rendered, store, wall_scene

SUN = Light("l", "sun", 3.0, (1.0, 1.0, 1.0), direction=(0.0, 1.0, 0.0))


def test_glass_is_paler_in_the_same_hue():
    shop = store()
    dull = rendered(shop, wall_scene(shop, SUN))[CENTRE]
    half, whole = (
        rendered(shop, wall_scene(shop, SUN, material=replace(MATTE, transmission=share)))[CENTRE]
        for share in (0.5, 1.0)
    )
    assert (dull < half).all()
    assert (half < whole).all()
    assert (np.diff(whole) < 0).all()  # red before green before blue, as in the wall's colour
    np.testing.assert_allclose(whole / dull, (0.94 / 0.8, 0.82 / 0.4, 0.76 / 0.2), rtol=0.1)
