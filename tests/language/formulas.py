"""Formulas by what is hard about them; behind `@` stand inputs where they are hardest."""

from __future__ import annotations

SMOOTH = """
x
-x
+x
x + 1
x - 1
2*x - 3
x*x
x**2
x**3
x^4 - 3*x^2 + 1 @ 0.618033988749895 -1.618033988749895
x**7
x**64
x**100
x**-1 + x
0.1*x
x/3
x/7 + 1/3
exp(x)
exp(-x)
exp(x/2)
exp2(x) @ 0.5 -1074 1023
expm1(x)
exp(-x*x)
sin(x) @ 3.141592653589793 6.283185307179586
cos(x) @ 1.5707963267948966 4.71238898038469
tan(x) @ 1.5707963267948966
sinh(x)
cosh(x)
tanh(x)
atan(x)
asinh(x)
erf(x)
erfc(x)
normal_cdf(x)
normal_pdf(x)
sin(pi*x) @ 0.5 1 2 3 1e10
cos(pi*x/2) @ 1 2 3
x*cos(x)
e**x
2**x @ 0.5 1 2 3
pi*x + e
x*sin(1/3)
atan(1/(1 + x*x))
1/(1 + exp(-x))
x/(1 + exp(-x))
x/(1 + abs(x))
x/sqrt(1 + x*x)
exp(x)/(1 + exp(x))**2
log(1 + exp(x)) @ -40 40
log1p(exp(x))
x*tanh(log(1 + exp(x))) @ -1.1924312186
0.5*x*(1 + erf(x/sqrt(2))) @ -0.7517915637
0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))
exp(-x**2/2)*cos(5*x)
sin(x)**2 + x
cos(x)*exp(-abs(x))
(x**3 - x)/(x**2 + 1) @ 1 -1
x*exp(-x)
np.exp(-np.abs(x))
math.tanh(x) + torch.sin(x)
tf.math.log1p(jnp.exp(x))
"""

ROOTS_AND_LOGARITHMS = """
sqrt(x)
sqrt(x) + 1
sqrt(x*x + 1)
x*sqrt(x)
cbrt(x) @ 8 27 -8
cbrt(x)**2
x**0.5
x**1.5 @ 4 2.25
x**(1/3) @ 8 -8 27
x**2.5
x**-0.5
x**0.75 @ 16 81
log(x)
log2(x) @ 8 0.125
log10(x) @ 10 1000 1e22
log1p(x) @ -0.5 -1
log(1 + x*x)
x*log(x)
x**2*log(x)
log(abs(x))
log(-x)
asin(x) @ 0.5 -0.5
acos(x) @ 0.5 -0.5
acosh(x) @ 1.5
atanh(x) @ 0.5
erfinv(x) @ 0.5 0.999
sqrt(1 - x*x)
sqrt(x - 1)
1/sqrt(x)
sqrt(abs(x))
x**x @ 2 0.5
(-x)**x @ -2 -3
x**pi
sqrt(4*x)
log(x)/log(2) @ 8
exp(sqrt(x))
"""

POLES = """
1/x
1/x**2
1/(x - 1)
1/(1 - x)
1/(x*x - 4) @ 2 -2
x/(x - 3) @ 3
-1/x
1/x + 1/x**3
1/sin(x)
cos(x)/sin(x)
exp(1/x)
exp(-1/x)
exp(-1/x**2)
atan(1/x)
tanh(1/x)
1/(exp(x) - 1)
1/(1 + 1/x)
x**-3
0/x
2**(1/x)
1/exp(x)
log(x)/x
1/log(x)
"""

REMOVABLE = """
(1 - cos(x))/x**2
sin(x)/x
tanh(x)/x
(x**2 - 1)/(x - 1)
x/x
x**2/x
x**3/x**2
(exp(x) - 1)/x
log(1 + x)/x
x/(exp(x) - 1)
x/tanh(x)
sin(pi*x)/(pi*x) @ 1 2
(x - sin(x))/x**3
(exp(x) - 1 - x)/x**2
(tan(x) - x)/x**3
(x - 2)*(x + 5)/(x*x - 4) @ 2 -2
1/x - cos(x)/x
sin(x)**2/x**2
expm1(x)/x + 1
(cos(x) - exp(-x*x/2))/x**4
x*(1/x)
exp((1 - cos(x))/x)
1/(x/sin(x))
sinh(x)/x
(sqrt(1 + x) - 1)/x
asin(x)/x
(2**x - 1)/x
(x**3 - 8)/(x - 2) @ 2
sin(x)/(x*cos(x))
"""

CANCELLING = """
sqrt(x*x + 1) - x
sqrt(x*x + 1) - abs(x)
log(exp(x) + exp(-x))
log(exp(x) + exp(-x)) - abs(x)
x - x**3/6 + x**5/120 - sin(x)
x - sin(x)
1 - cos(x)
exp(x) - 1
exp(x) - 1 - x
log(1 + x)
1 - sigmoid(-x)
1 - tanh(x)
1 - tanh(x)**2
1 - erf(x)
1 + erf(x)
erf(x) + erfc(x) - 1
tan(x) - x
(x + 1)**3 - x**3 - 3*x**2 - 3*x
(x + 1e8) - 1e8
(1e16 + x) - 1e16
sqrt(x + 1) - sqrt(x)
1/(1 + x) - 1/(2 + x)
atan(x) - pi/2
log(x + 1) - log(x)
exp(log(x)) - x + 1
tanh(x) - x + x**3/3
sinh(x) - exp(x)/2
x*x - (x - 1)*(x + 1)
sin(x + pi)
cos(x + pi/2)
"""

EXACTLY_ZERO = """
x - x
0*x
-0*x
x*0 - 0
(x + 1)**2 - x**2 - 2*x - 1
log(exp(x)) - x
exp(x) - exp(x)
sin(x)**2 + cos(x)**2 - 1
x*1 - x
sqrt(x*x) - abs(x)
x/3*3 - x
0.1*x*10 - x
exp(2*x) - exp(x)**2
tanh(x) - sinh(x)/cosh(x)
(x - 1)*(x + 1) - x*x + 1
abs(-x) - abs(x)
max(x, -x) - abs(x)
"""

LARGE = """
sin(1e300*x)
cos(1e10*x)
sin(x**3)
sin(exp(x)) @ 10 20
x*1e300
1e-300*x
1e300*x*1e-300
exp(x*x)
exp(exp(x)) @ 5 6
exp(-exp(x))
x**10*1e-200
sqrt(x)*sqrt(x)*1e10
(x*1e200)*(x*1e200)
1e308*x/1e308
tanh(1e10*x)
atan(1e100*x)
exp(100*x)/exp(99*x)
log(exp(exp(x)))
"""

PIECES = """
abs(x)
abs(x - 1)
abs(x)*x
sign(x)
sign(x)*x
max(x, 0)
min(x, 0)
max(x, 1)
max(x, -x)
min(max(x, -1), 1)
max(x, x**2)
max(1, x, 3)
clip(x, -1, 1)
clip(x, min=0)
clip(x, max=6)
clip(x + 3, 0, 6)*x/6 @ 3 -3
floor(x)
ceil(x)
round(x) @ 0.5 1.5 2.5 -0.5
x - floor(x)
floor(x/3)*x
where(x > 0, x, 0)
where(x >= 0, x, 0.1*x)
where(x < 0, exp(x) - 1, x)
where(x == 1, 5, x*x)
where(x != 1, x, 7)
where(0 < x < 2, x**2, -x)
where(x > -1 and x < 1, x, sign(x))
where(not x > 0, sin(x), x)
where(x < -1 or x > 1, x, x**3)
x if x > 0 else 0.25*x
x if x > 1 else (x*x if x > 0 else 0)
where(sin(x) > 0, sin(x), 0)
where(x > 0, log(x), -1)
where(x <= 0, 1, 1/x)
where(abs(x) < 0.5, 0, x - 0.5*sign(x))
abs(abs(x) - 1)
max(sin(x), cos(x))
abs(x**2 - 2) @ 1.4142135623730951
max(x, 0)**2
sqrt(max(x, 0))
where(x > 1, x, where(x > -1, (x + 1)**2/4, 0))
np.where(x > 0, x, np.expm1(x))
torch.clamp(x, min=-2, max=2)
jnp.maximum(x, 0.01*x)
tf.clip_by_value(x, 0, 1)
"""

CATALOGUE = """
relu(x)
elu(x, alpha=2)*0.5
x*sigmoid(1.3*x) + 0.1*x
gelu(x) - x*normal_cdf(x)
jax.nn.gelu(x) - gelu(x)
silu(x) - x/2
swish(x, beta=2) + x
sigmoid(relu(x))
relu(1 - x)
relu(x)**2
relu(x) - relu(-x) - x
softplus(x) - relu(x)
mish(tanh(x))
hard_tanh(2*x) @ 0.5 -0.5
leaky_relu(x - 1, alpha=0.1)
F.leaky_relu(x)
selu(x)/1.05
sigmoid(x)*tanh(x)
softsign(sinh(x))
hard_sigmoid(x)*x @ 3 -3
log_sigmoid(x) + softplus(-x)
1 - 2*sigmoid(-x)
where(x > 0, gelu(x), elu(x))
snake(x, alpha=2) - x
sine(x, omega=pi)
hard_sigmoid(x, slope=1/6)
"""

PARAMETERS = """
x*sigmoid(beta*x):beta=1.5
a*x + b:a=1/3,b=pi
x**n:n=3
x**n:n=1/2
where(x > t, x, v):t=1,v=-2
max(x, a*x):a=0.01
swoosh(x, a=0.08) = log(1+exp(x-1)) - a*x
f(x, a=2, b=1/7) = a*x + b
scaled(x, a=2) = a*x:a=1/3
c(x) = 2
third(x) = 1/3
exp(-x**2/(2*s**2)):s=sqrt(2)
log(1 + exp(b*x))/b:b=max(2,3)
e*x:e=2
nothing(x) = 0
"""

GROUPS = {
    "smooth": SMOOTH,
    "roots": ROOTS_AND_LOGARITHMS,
    "poles": POLES,
    "removable": REMOVABLE,
    "cancelling": CANCELLING,
    "zero": EXACTLY_ZERO,
    "large": LARGE,
    "pieces": PIECES,
    "catalogue": CATALOGUE,
    "parameters": PARAMETERS,
}


def lines() -> list[tuple[str, list[float]]]:
    """Every formula, with the inputs that are its own."""
    found = []
    for group in GROUPS.values():
        for line in group.strip().splitlines():
            text, _, inputs = line.partition(" @ ")
            found.append((text, [float(word) for word in inputs.split()]))
    return found
