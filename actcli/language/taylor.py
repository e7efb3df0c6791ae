"""Taylor coefficients of the elementary functions at a ball, in ball arithmetic (arb).

Each function takes a ball a and a count and returns that many coefficients f(a), f'(a), f''(a)/2,
... as balls. They are not finite outside the domain, at a pole or where this precision does not
decide, which `actcli.language.balls` tells apart. The precision is that of flint's context.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
from flint import arb, arb_series

#: The exponential of a larger argument is enclosed by powers of two: flint would need as many bits
#: as the integer part of the argument has, only to show that the result is tiny.
FAR = 2**24
#: Arguments beyond 2^BEYOND only get a bound on the exponential; if its exponent has more than
#: HOPELESS bits, the bound includes 0.
BEYOND = 2**13
HOPELESS = 2**14

Balls = list[Any]


def exponential(a: Any) -> Any:
    """e^a of any size, with its sign known; an interval between powers of 2 if |a| is huge."""
    if not abs(a) > FAR or not a.is_finite():
        return a.exp()
    if abs(a) > arb((1, BEYOND)):  # log2 of the result has too many digits to be computed
        return _tiny(a) if a < 0 else arb.pos_inf()
    # 2^k with k below and above a / ln 2; the ratio is known to more bits than k has
    bits = flint.ctx.prec
    mantissa, exponent = abs(a).upper().man_exp()
    flint.ctx.prec = max(bits, int(mantissa).bit_length() + int(exponent) + 100)
    try:
        turns = a / arb(2).log()
        low, high = turns.lower().floor(), turns.upper().ceil()
        low, high = int(low.unique_fmpz()), int(high.unique_fmpz())
    except (TypeError, ValueError):  # the ball is too wide
        return a.exp()
    finally:
        flint.ctx.prec = bits
    if high - low > 1:
        return a.exp()
    precise = a.exp()
    if precise.is_finite() and precise > 0:
        return precise
    return arb((1, low)).union(arb((1, high)))


def _tiny(a: Any) -> Any:
    """e^a for a below -2^BEYOND, above 0 as long as its exponent is not too long."""
    most = arb((1, -(1 << BEYOND)))
    bits = int(a.abs_upper().man_exp()[1]) + flint.ctx.prec + 2
    if bits > HOPELESS:
        return arb(0).union(most)
    return arb((1, -(1 << bits))).union(most)


def _padded(series: Any, count: int) -> Balls:
    return [series[k] for k in range(count)]


def _integrated(first: Any, derivative: Any, count: int) -> Balls:
    """The coefficients of an integral with a known first one."""
    return [first, *(derivative[k] / (k + 1) for k in range(count - 1))]


def exp(a: Any, count: int, rate: Any = 1) -> Balls:
    found = [exponential(a * rate)]
    for k in range(1, count):
        found.append(found[-1] * rate / k)
    return found


def exp2(a: Any, count: int) -> Balls:
    found = exp(a, count, arb(2).log())
    if a.is_exact() and a.is_integer() and abs(a) < FAR:
        found[0] = arb((1, int(a.unique_fmpz())))
    return found


def expm1(a: Any, count: int) -> Balls:
    found = exp(a, count)
    found[0] = a.expm1() if abs(a) < 1 else found[0] - 1
    return found


def log(a: Any, count: int) -> Balls:
    found = [a.log()]
    if count == 1:
        return found
    ratio = 1 / a
    power = ratio
    for k in range(1, count):
        found.append(power / k)
        power = -power * ratio
    return found


def _scaled(coefficients: Balls, factor: Any) -> Balls:
    return [c * factor for c in coefficients]


def log2(a: Any, count: int) -> Balls:
    found = _scaled(log(a, count), 1 / arb(2).log())
    if a.is_exact() and a > 0:
        mantissa, exponent = a.man_exp()
        if mantissa == 1:
            found[0] = arb(exponent)
    return found


def log10(a: Any, count: int) -> Balls:
    found = _scaled(log(a, count), 1 / arb(10).log())
    if a.is_exact() and a.is_integer() and 0 < a < 10**30:
        text = str(int(a.unique_fmpz()))
        if text == "1" + "0" * (len(text) - 1):
            found[0] = arb(len(text) - 1)
    return found


def log1p(a: Any, count: int) -> Balls:
    found = log(1 + a, count) if count > 1 else [a]
    found[0] = a.log1p()
    return found


def logistic(a: Any, count: int) -> Balls:
    """1/(1 + e^-a), computed as e^a/(1 + e^a) below 0."""
    if not a < 0:
        return _padded(1 / (1 + arb_series([-a, -1], count).exp()), count)
    e = arb_series([a, 1], count).exp()
    return _padded(e / (1 + e), count)


def softplus(a: Any, count: int) -> Balls:
    """ln(1 + e^a), computed as a + ln(1 + e^-a) above 0."""
    if not a > 0:
        return _softened(arb_series([a, 1], count), count)
    found = _softened(arb_series([-a, -1], count), count)
    return [c + (a, 1)[k] if k < 2 else c for k, c in enumerate(found)]


def _softened(u: Any, count: int) -> Balls:
    e = u.exp()
    return [e[0].log1p(), *_padded((e + 1).log(), count)[1:]]


def binomial(value: Any, power: Any, a: Any, count: int) -> Balls:
    """Coefficients of a**power from its value, by the binomial series."""
    found = [value]
    for k in range(count - 1):
        found.append(found[-1] * (power - k) / ((k + 1) * a))
    return found


def sqrt(a: Any, count: int) -> Balls:
    return binomial(a.sqrt(), arb(1) / 2, a, count)


def cbrt(a: Any, count: int) -> Balls:
    value = -((-a).root(3)) if a < 0 else a.root(3)
    if a.is_exact() and a.is_integer() and abs(a) < 2**3000:
        nearest = value.mid()
        whole = (nearest + arb(0.5)).floor()
        if whole.is_exact() and whole**3 == a:
            value = whole
    return binomial(value, arb(1) / 3, a, count)


def _cycled(first: Any, second: Any, sign: int, count: int) -> Balls:
    """Coefficients of a function whose derivative is `second`, and whose second is sign * first."""
    found, factorial = [], 1
    cycle = (first, second, sign * first, sign * second)
    for k in range(count):
        factorial *= k or 1
        found.append(cycle[k % 4] / factorial if k > 1 else cycle[k % 4])
    return found


def sin(a: Any, count: int) -> Balls:
    if count == 1:
        return [a.sin()]
    s, c = a.sin_cos()
    return _cycled(s, c, -1, count)


def cos(a: Any, count: int) -> Balls:
    if count == 1:
        return [a.cos()]
    s, c = a.sin_cos()
    return _cycled(c, -s, -1, count)


def _tangent(t: Any, s: Any, sign: int, count: int) -> Balls:
    """Coefficients from t' = s and s' = 2 sign t s."""
    values, slopes = [t], [s]
    for k in range(count - 1):
        values.append(slopes[k] / (k + 1))
        if k < count - 2:
            product = sum((values[i] * slopes[k - i] for i in range(k + 1)), arb(0))
            slopes.append(product * (2 * sign) / (k + 1))
    return values


def tan(a: Any, count: int) -> Balls:
    t = a.tan()
    return _tangent(t, 1 + t * t, 1, count)


def tanh(a: Any, count: int) -> Balls:
    if abs(a) > 8:  # as its distance from the asymptote
        sign = 1 if a > 0 else -1
        e = exponential(-2 * abs(a))
        q = 1 / (1 + e)
        return _tangent(sign * (1 - 2 * e * q), 4 * e * q * q, -1, count)
    t = a.tanh()
    return _tangent(t, 1 - t * t if count > 1 else t, -1, count)


def one_plus_tanh(a: Any, count: int) -> Balls:
    """1 + tanh a = 2/(1 + e^-2a), without cancellation."""
    found = tanh(a, count)
    found[0] = 2 / (1 + exponential(-2 * a))
    return found


def sinh(a: Any, count: int) -> Balls:
    return _cycled(*_hyperbolic(a), 1, count)


def cosh(a: Any, count: int) -> Balls:
    s, c = _hyperbolic(a)
    return _cycled(c, s, 1, count)


def _hyperbolic(a: Any) -> tuple[Any, Any]:
    if abs(a) > FAR:
        e = exponential(abs(a)) / 2
        rest = exponential(-abs(a)) / 2
        s = e - rest
        return (s if a > 0 else -s), e + rest
    s, c = a.sinh_cosh()
    return s, c


def _inverse(name: str, slope: Callable[[Any], Any]) -> Callable[[Any, int], Balls]:
    """A function of flint's that is the integral of its slope."""

    def coefficients(a: Any, count: int) -> Balls:
        value = getattr(a, name)()
        if count == 1:
            return [value]
        return _integrated(value, slope(arb_series([a, 1], count)), count)

    return coefficients


asin = _inverse("asin", lambda h: (1 - h * h).rsqrt())
acos = _inverse("acos", lambda h: -(1 - h * h).rsqrt())
atan = _inverse("atan", lambda h: 1 / (1 + h * h))
asinh = _inverse("asinh", lambda h: (1 + h * h).rsqrt())
acosh = _inverse("acosh", lambda h: (h * h - 1).rsqrt())
atanh = _inverse("atanh", lambda h: 1 / (1 - h * h))


def _bell(a: Any, count: int, scale: Any, power: int = 2) -> Balls:
    """scale * exp(-power (a + h)^2/2) as a series in h, for a of any size."""
    found = [exponential(-a * a * power / 2) * scale]
    # g' = -power (a + h) g
    for k in range(count - 1):
        before = found[k - 1] if k else arb(0)
        found.append(-power * (a * found[k] + before) / (k + 1))
    return found


def _two_over_sqrt_pi() -> Any:
    return 2 / arb.pi().sqrt()


def _tail(a: Any) -> Any:
    """erfc a for a > 0, certainly positive however large a is.

    e^-aa / (a + sqrt(aa + 2)) < sqrt(pi)/2 erfc a <= e^-aa / (a + sqrt(aa + 4/pi)) (DLMF 7.8.2).
    """
    if not a > 2**11:
        return a.erfc()
    square = a * a
    factor = _two_over_sqrt_pi() * exponential(-square)
    low = factor / (a + (square + 2).sqrt())
    high = factor / (a + (square + 4 / arb.pi()).sqrt())
    precise = a.erfc()
    if precise > 0 and precise.rel_accuracy_bits() > 8:
        return precise
    return low.union(high)


def erfc(a: Any, count: int) -> Balls:
    value = _tail(a) if a > 0 else 2 - _tail(-a) if a < 0 else a.erfc()
    if count == 1:
        return [value]
    return _integrated(value, _bell(a, count - 1, -_two_over_sqrt_pi()), count)


def erf(a: Any, count: int) -> Balls:
    if a > 1:
        value = 1 - _tail(a)
    elif a < -1:
        value = _tail(-a) - 1
    else:
        value = a.erf()
    if count == 1:
        return [value]
    return _integrated(value, _bell(a, count - 1, _two_over_sqrt_pi()), count)


def one_plus_erf(a: Any, count: int) -> Balls:
    """1 + erf a = erfc(-a), without cancellation."""
    found = erf(a, count)
    found[0] = erfc(-a, 1)[0]
    return found


def normal_cdf(a: Any, count: int) -> Balls:
    """Phi(a) = erfc(-a/sqrt 2)/2."""
    value = erfc(-a / arb(2).sqrt(), 1)[0] / 2
    if count == 1:
        return [value]
    return _integrated(value, normal_pdf(a, count - 1), count)


def normal_pdf(a: Any, count: int) -> Balls:
    return _bell(a, count, 1 / (2 * arb.pi()).sqrt(), power=1)


def erfinv(a: Any, count: int) -> Balls:
    y = a.erfinv()
    if count == 1:
        return [y]
    # y' = sqrt(pi)/2 e^(y y), a series built coefficient by coefficient
    found, half = [y], arb.pi().sqrt() / 2
    for k in range(count - 1):
        series = arb_series([*found, 0], k + 1)
        found.append((series * series).exp()[k] * half / (k + 1))
    return found


def erfinv_of_floats(values: Any) -> Any:
    """erfinv of an array of float64 numbers, to nearly full precision."""
    import numpy as np

    found = np.array([float(arb(float(value)).erfinv()) for value in np.ravel(values)])
    found = np.where(np.abs(np.ravel(values)) == 1, np.ravel(values) * np.inf, found)
    found = np.where(np.ravel(values) == 0, np.ravel(values), found)
    return found.reshape(np.shape(values))
