"""Mathematical constants to 106 bits, each as the sum of two float64."""

from __future__ import annotations

from actcli.arithmetic.numbers import Ratio, Real

#: pi
PI = Real(3.141592653589793, 1.2246467991473532e-16, "pi")
#: ln 2
LN_2 = Real(0.6931471805599453, 2.3190468138462996e-17)
#: 1/sqrt(2)
SQRT_HALF = Real(0.7071067811865476, -4.833646656726457e-17)
#: sqrt(2/pi), the inner scale of the tanh form of gelu
SQRT_2_OVER_PI = Real(0.7978845608028654, -4.98465440455546e-17)
#: 2/sqrt(pi), the derivative of erf at 0
TWO_OVER_SQRT_PI = Real(1.1283791670955126, 1.533545961316588e-17)
#: 1/sqrt(2 pi), the normal density at 0
ONE_OVER_SQRT_TWO_PI = Real(0.3989422804014327, -2.49232720227773e-17)
#: 0.044715, the cubic coefficient of the tanh form of gelu
CUBIC = Ratio(44715, 1000000)
