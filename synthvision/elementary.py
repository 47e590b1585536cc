"""Sine, exponential and their like, the same to the last bit on every processor.

NumPy's own choose their instructions by the processor they find and round the last bit accordingly, and so does the
product ``@`` of the linear algebra library. A scene that holds such a bit is another scene: things that fall differ
after a second. Here are only +, -, *, / and the square root, which IEEE 754 rounds alike everywhere, each in a pass of
its own, so that no compiler fuses two of them.

Coefficients and reductions are those of fdlibm (Sun Microsystems, 1993) and, for the arctangent, of Cephes (Moshier,
1989). Functions take arrays of any shape, or numbers, and compute in float64; errors are below 2 units in the last
place, but for ``power`` and near the zeros of sine and cosine of thousands of turns. A float32 array is answered with a
float32 array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[Any]

_BLOCK = 1 << 15
"""Elements at a time, so that all passes over them stay in the processor's cache."""

_SHORT, _NARROW = 16, 8
"""Rows and columns of a product whose inner loops are long enough when NumPy goes over rows."""

_TOGETHER = 64
"""So many numbers in 1/2 … 1 can be multiplied and stay far from the smallest number."""

_HALF_PI_HIGH, _HALF_PI_LOW = 1.57079632673412561417, 6.07710050650619224932e-11
_SINE = (
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
)
_COSINE = (
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
)
_LOG2_HIGH, _LOG2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_EXPONENTIAL = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
_EXP_GREATEST, _EXP_LEAST = 709.782712893383973096, -745.13321910194110842
_LOGARITHM = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
_ARCTANGENT_ABOVE = (
    -6.485021904942025371773e1,
    -1.228866684490136173410e2,
    -7.500855792314704667340e1,
    -1.615753718733365076637e1,
    -8.750608600031904122785e-1,
)
_ARCTANGENT_BELOW = (
    1.945506571482613964425e2,
    4.853903996359136964868e2,
    4.328810604912902668951e2,
    1.650270098316988542046e2,
    2.485846490142306297962e1,
    1.0,
)
_TAN_3_EIGHTHS_PI, _MIDDLING = 2.41421356237309504880, 0.66
_HALF_PI_REST = 6.123233995736765886130e-17
_LN2 = 6.931471805599453094172e-1


def sin(angle_rad: ArrayLike) -> Any:
    """Return the sine of angles."""
    return _in_blocks(_sine, angle_rad)


def cos(angle_rad: ArrayLike) -> Any:
    """Return the cosine of angles."""
    return _in_blocks(_cosine, angle_rad)


def tan(angle_rad: ArrayLike) -> Any:
    """Return the tangent of angles."""
    return _in_blocks(_tangent, angle_rad)


def arcsin(sine: ArrayLike) -> Any:
    """Return the angle in -pi/2 … pi/2, nan for a sine beyond ±1."""
    return _in_blocks(lambda x: _angle(x, np.sqrt((1 - x) * (1 + x))), sine)


def arccos(cosine: ArrayLike) -> Any:
    """Return the angle in 0 … pi, nan for a cosine beyond ±1."""
    return _in_blocks(lambda x: _angle(np.sqrt((1 - x) * (1 + x)), x), cosine)


def arctan(slope: ArrayLike) -> Any:
    """Return the angle in -pi/2 … pi/2."""
    return _in_blocks(lambda x: np.copysign(_arctangent(np.abs(x)), x), slope)


def arctan2(y: ArrayLike, x: ArrayLike) -> Any:
    """Return the angle of (x, y) to the x axis in -pi … pi, as NumPy does for zeros of either sign."""
    return _in_blocks(_angle, y, x)


def hypot(x: ArrayLike, y: ArrayLike) -> Any:
    """Return the length of (x, y); their squares must not overflow."""
    return np.sqrt(np.square(x) + np.square(y))


def exp(exponent: ArrayLike) -> Any:
    """Return e to the power of numbers."""
    return _in_blocks(_exponential, exponent)


def exp2(exponent: ArrayLike) -> Any:
    """Return 2 to the power of numbers."""

    def doubled(x: Values) -> Values:
        clipped = np.clip(x, -2000, 2000)
        whole = np.rint(clipped)
        return _doubled(_exponential((clipped - whole) * _LN2), whole)

    return _in_blocks(doubled, exponent)


def log(value: ArrayLike) -> Any:
    """Return the natural logarithm: -inf for 0, nan below."""
    return _in_blocks(_logarithm, value)


def log2(value: ArrayLike) -> Any:
    """Return the logarithm to the base 2: -inf for 0, nan below."""
    return _in_blocks(lambda x: _logarithm(x) / _LN2, value)


def geometric_mean(values: ArrayLike) -> float:
    """Return the geometric mean of positive numbers, with one logarithm for ``_TOGETHER`` of them."""
    mantissas, doublings = np.frexp(np.asarray(values, np.float64).reshape(-1))
    products = np.multiply.reduceat(mantissas, np.arange(0, len(mantissas), _TOGETHER))
    return float(exp((log(products).sum() + doublings.sum(dtype=np.int64) * _LN2) / len(mantissas)))


def tanh(value: ArrayLike) -> Any:
    """Return the hyperbolic tangent, to 2e-16."""

    def tangent(x: Values) -> Values:
        shrunk = _exponential(-2 * np.abs(x))
        return np.copysign((1 - shrunk) / (1 + shrunk), x)

    return _in_blocks(tangent, value)


def power(base: ArrayLike, exponent: ArrayLike) -> Any:
    """Return ``base ** exponent``: for whole numbers a product of so many, for others by way of logarithms.

    Those want bases of 0 and more, and are wrong by up to |exponent log(base)| 4e-16 of themselves.
    """
    if isinstance(exponent, int) and exponent > 0:
        return np.multiply.reduce([np.asarray(base)] * exponent)
    return _in_blocks(_power, base, exponent)


def matmul(left: ArrayLike, right: ArrayLike) -> Any:
    """Return ``left @ right``, of vectors, matrices and stacks of them, summed in order of the inner index."""
    first, second = np.asarray(left), np.asarray(right)
    rows = first[None] if first.ndim == 1 else first
    columns = second[:, None] if second.ndim == 1 else second
    product = _product(rows, columns)
    if first.ndim == 1:
        product = product[..., 0, :]
    return product[..., 0] if second.ndim == 1 else product


def _product(rows: Values, columns: Values) -> Values:
    """Return the product (…, R, C) of (…, R, K) and (…, K, C): of tall and narrow ones column by column, for speed."""
    height, width = rows.shape[-2], columns.shape[-1]
    if height <= _SHORT or width > _NARROW:
        short: Values = rows[..., 0, None] * columns[..., 0, None, :]
        for k in range(1, rows.shape[-1]):
            short += rows[..., k, None] * columns[..., k, None, :]
        return short
    shape = (*np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2]), height, width)
    product = np.empty(shape, np.result_type(rows, columns))
    for column in range(width):
        total = rows[..., 0] * columns[..., 0, column, None]
        for k in range(1, rows.shape[-1]):
            total += rows[..., k] * columns[..., k, column, None]
        product[..., column] = total
    return product


def _in_blocks(function: Callable[..., Values], *operands: ArrayLike) -> Any:
    """Return a function of float64 arrays of one dimension, evaluated on operands that broadcast together."""
    arrays = [np.asarray(operand) for operand in operands]
    single = np.result_type(*operands) == np.float32
    if len(arrays) > 1:
        arrays = list(np.broadcast_arrays(*arrays))
    result = np.empty(arrays[0].size, np.float32 if single else np.float64)
    flat = [array.reshape(-1) for array in arrays]
    for start in range(0, len(result), _BLOCK):
        some = slice(start, start + _BLOCK)
        result[some] = function(*(array[some].astype(np.float64) for array in flat))
    return result.reshape(arrays[0].shape) if arrays[0].ndim else result[0]


def _sine(angle: Values) -> Values:
    quarter, near, rest = _reduced(angle)
    return _wave(quarter, near, rest)


def _cosine(angle: Values) -> Values:
    quarter, near, rest = _reduced(angle)
    return _wave(quarter + 1, near, rest)


def _tangent(angle: Values) -> Values:
    quarter, near, rest = _reduced(angle)
    return _wave(quarter, near, rest) / _wave(quarter + 1, near, rest)


def _reduced(angle: Values) -> tuple[Values, Values, Values]:
    """Return quarter turns, and what is left within ±pi/4, as a number and what that was rounded off by."""
    quarter = np.rint(angle * (2 / np.pi))
    high = angle - quarter * _HALF_PI_HIGH
    low = quarter * _HALF_PI_LOW
    near = high - low
    return quarter, near, (high - near) - low


def _wave(quarter: Values, near: Values, rest: Values) -> Values:
    """Return the sine of quarter turns and what is left, after ``__kernel_sin`` and ``__kernel_cos`` of fdlibm."""
    square = near * near
    cube = square * near
    sine = near - ((square * (0.5 * rest - cube * _polynomial(square, _SINE[1:])) - rest) - cube * _SINE[0])
    half = 0.5 * square
    one = 1.0 - half
    cosine = one + (((1.0 - one) - half) + (square * square * _polynomial(square, _COSINE) - near * rest))
    side = quarter - 4.0 * np.floor(quarter * 0.25)
    value: Values = np.where((side == 1) | (side == 3), cosine, sine)  # noqa: PLR2004 - sides of a square
    return np.where(side >= 2, -value, value)  # noqa: PLR2004


def _exponential(exponent: Values) -> Values:
    """After ``e_exp`` of fdlibm."""
    clipped = np.clip(exponent, _EXP_LEAST - 1, _EXP_GREATEST + 1)
    doublings = np.rint(clipped * (1 / _LN2))
    high = clipped - doublings * _LOG2_HIGH
    low = doublings * _LOG2_LOW
    near = high - low
    square = near * near
    bend = near - square * _polynomial(square, _EXPONENTIAL)
    return _doubled(1.0 - ((low - near * bend / (2.0 - bend)) - high), doublings)


def _doubled(value: Values, times: Values) -> Values:
    """Return ``value * 2 ** times`` for whole numbers; nan for nan."""
    doubled: Values = np.ldexp(value, np.nan_to_num(times).astype(np.int32))
    return doubled


def _logarithm(value: Values) -> Values:
    """After ``e_log`` of fdlibm."""
    mantissa, doublings = np.frexp(np.where((value > 0) & (value < np.inf), value, 1.0))
    below = mantissa < np.sqrt(0.5)
    doublings = (doublings - below).astype(np.float64)
    above = np.where(below, 2 * mantissa, mantissa) - 1.0
    share = above / (2.0 + above)
    square = share * share
    half = 0.5 * above * above
    bend = share * (half + square * _polynomial(square, _LOGARITHM)) + doublings * _LOG2_LOW
    finite = doublings * _LOG2_HIGH - ((half - bend) - above)
    beyond = np.where(value == 0, -np.inf, np.where(value == np.inf, np.inf, np.nan))
    return np.where((value > 0) & (value < np.inf), finite, beyond)


def _power(base: Values, exponent: Values) -> Values:
    with np.errstate(invalid="ignore"):  # 0 to the power of 0 is 1
        product = _logarithm(base) * exponent
    return np.where(exponent == 0, 1.0, _exponential(product))


def _angle(y: Values, x: Values) -> Values:
    """Return the angle of (x, y)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        acute = _arctangent(np.abs(y) / np.abs(x))
    acute = np.where(y == 0, 0.0, acute)
    return np.copysign(np.where(np.signbit(x), np.pi - (acute - 2 * _HALF_PI_REST), acute), y)


def _arctangent(slope: Values) -> Values:
    """Return the angle of slopes of 0 and more, after ``atan`` of Cephes."""
    steep, middling = slope > _TAN_3_EIGHTHS_PI, slope > _MIDDLING
    with np.errstate(invalid="ignore"):
        above = np.where(steep, -1.0, np.where(middling, slope - 1.0, slope))
        below = np.where(steep, slope, np.where(middling, slope + 1.0, 1.0))
    near = above / below
    square = near * near
    bend = square * _polynomial(square, _ARCTANGENT_ABOVE) / _polynomial(square, _ARCTANGENT_BELOW)
    quarters = np.where(steep, 2.0, np.where(middling, 1.0, 0.0))
    angle: Values = quarters * (np.pi / 4) + ((near * bend + near) + quarters * (_HALF_PI_REST / 2))
    return angle


def _polynomial(x: Values, coefficients: tuple[float, ...]) -> Values:
    """Return the polynomial of those coefficients, the constant one first."""
    value = x * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        value += coefficient
        value *= x
    value += coefficients[0]
    return value
