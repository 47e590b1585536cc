"""Where in the image a direction is seen through a lens, as shader nodes.

Blender's own window coordinates know its own cameras only. The formulas are those of ``synthvision.scene.lenses``.
"""

from __future__ import annotations

from collections.abc import Sequence

from synthvision.render.blender.shaders.wiring import Socket, Wiring
from synthvision.scene import Camera, Lens


def lens_window(wiring: Wiring, camera: Camera, lens: Lens) -> Socket:
    """Return window coordinates of a world shader's direction: (0, 0) at the bottom left, (1, 1) at the top right."""
    x, y = _slopes(wiring)
    bend = _fisheye if lens.model == "kannala_brandt" else _brown_conrady
    x, y = bend(wiring, x, y, lens.coefficients)
    width, height = camera.width_px, camera.height_px
    return wiring.joined(
        wiring.linear(x, camera.fx / width, camera.cx / width),
        wiring.linear(y, -camera.fy / height, 1 - camera.cy / height),
    )


def _slopes(wiring: Wiring) -> tuple[Socket, Socket]:
    """Return x / z and y / z in our camera axes."""
    turn = wiring.node("ShaderNodeVectorTransform", vector_type="VECTOR", convert_from="WORLD", convert_to="CAMERA")
    wiring.connect(wiring.node("ShaderNodeTexCoord").outputs["Generated"], turn.inputs["Vector"])
    x, y, z = wiring.parts(turn.outputs["Vector"])
    return wiring.math("DIVIDE", x, z), wiring.times(wiring.math("DIVIDE", y, z), -1.0)


def _polynomial(wiring: Wiring, value: Socket, coefficients: Sequence[float]) -> Socket:
    """Return 1 + c₁ value + c₂ value² + …"""
    sum_ = wiring.times(value, 0.0)
    for coefficient in (*reversed(coefficients), None):
        sum_ = wiring.add(sum_, 1.0) if coefficient is None else wiring.times(wiring.add(sum_, coefficient), value)
    return sum_


def _square(wiring: Wiring, x: Socket, y: Socket) -> Socket:
    return wiring.linear(x, x, wiring.times(y, y))


def _fisheye(wiring: Wiring, x: Socket, y: Socket, coefficients: Sequence[float]) -> tuple[Socket, Socket]:
    slope = wiring.math("SQRT", _square(wiring, x, y))
    angle = wiring.math("ARCTANGENT", slope)
    radius = wiring.times(angle, _polynomial(wiring, wiring.times(angle, angle), coefficients))
    share = wiring.math("DIVIDE", radius, wiring.math("MAXIMUM", slope, 1e-12))
    return wiring.times(x, share), wiring.times(y, share)


def _brown_conrady(wiring: Wiring, x: Socket, y: Socket, coefficients: Sequence[float]) -> tuple[Socket, Socket]:
    k1, k2, p1, p2, k3, k4, k5, k6 = (*coefficients, *(0.0,) * (8 - len(coefficients)))
    square, skew = _square(wiring, x, y), wiring.times(x, y)
    above, below = _polynomial(wiring, square, (k1, k2, k3)), _polynomial(wiring, square, (k4, k5, k6))
    radial = wiring.math("DIVIDE", above, below)
    across = wiring.times(wiring.linear(wiring.times(x, x), 2.0, square), p2)
    down = wiring.times(wiring.linear(wiring.times(y, y), 2.0, square), p1)
    return (
        wiring.add(wiring.linear(x, radial, wiring.times(skew, 2 * p1)), across),
        wiring.add(wiring.linear(y, radial, wiring.times(skew, 2 * p2)), down),
    )
