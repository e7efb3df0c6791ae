"""Bad formulas: one line that marks the place and names the remedy, exit status 2."""

from __future__ import annotations

import pytest

from tests.conftest import Call

#: What is typed, and what the line must say.
BAD = [
    # products without their sign
    ("2x", "2*x"),
    ("-3x", "-3*x"),
    ("2x + 1", "2*x"),
    ("2(x)", "write 2*(...)"),
    ("1.5e3x", "1.5e3*x"),
    ("3 sin(x)", "write 3*sin"),
    ("x 2", "a sign is missing before '2'; a product is a*b"),
    ("pi x", "a sign is missing before 'x'; a product is a*b"),
    ("x sin(x)", "a product is a*b"),
    ("x(2)", "write x*(...) for a product"),
    ("(x+1)(x-1)", "write a*(b) for a product"),
    ("beta(x):beta=2", "unknown function 'beta'"),
    # names
    ("sigmod(x)", "unknown function 'sigmod'; did you mean sigmoid"),
    ("tanhh(x)*2", "did you mean tanh"),
    ("np.nonsense(x)", "unknown function 'np.nonsense'"),
    ("__import__('os')", "unknown function '__import__'"),
    ("sin x", "parentheses follow a function: sin(x)"),
    ("sin*x", "sin is a function; write sin(x)"),
    ("relu*x", "relu is a function; write relu(x)"),
    ("exp^x", "exp is a function; write exp(x)"),
    ("x.real", "attributes are not read"),
    ("x.__class__", "attributes are not read"),
    ("(x + 1).real", "is not the name of a function"),
    ("nan*x", "nan is not a number to compute with"),
    ("True*x", "'True' is not a number"),
    # parameters
    ("x*beta", "beta has no value; give it one: 'x*beta:beta=VALUE'"),
    ("a*x+b", "'a*x+b:a=VALUE,b=VALUE'"),
    ("x*sqt", "or is it sqrt"),
    ("x*bta:beta=2", "has no parameter 'beta'; it has: bta"),
    ("x+1:a=1", "has no parameter 'a'; it has: none"),
    ("x*beta:2", "needs its name: write beta=2"),
    ("x*beta:beta=one", "neither a number nor a formula of constants as 1/6 or pi"),
    ("x*beta:beta=x", "neither a number nor a formula of constants"),
    ("x*beta:beta=1,beta=2", "parameter 'beta' is given twice"),
    ("x*beta:beta=1e999", "not in float64, whose largest number is 1.8e308"),
    ("x*beta:beta=nan", "not a number that a parameter can have"),
    ("x*beta:beta=inf-inf", "not a number that a parameter can have"),
    # functions of the catalogue
    ("elu(x, 2)", "give parameters by name: elu(x, alpha=2)"),
    ("elu(x, beta=2)", "unknown parameter of elu 'beta'; known: alpha"),
    ("elu(x, alpha=2, alpha=3)", "alpha= is given twice"),
    ("elu() + x", "elu takes one argument, not 0; write elu(x)"),
    ("tanh_shrink(x, 2)", "it has no parameters"),
    ("gelu(x, approximate=foo)", "approximate is one of 'none', 'tanh'"),
    ("softmax(x)", "softmax works on whole vectors"),
    ("x*softmax(2*x)", "softmax works on whole vectors"),
    # arguments
    ("sin() + x", "sin takes 1 argument (x), not 0"),
    ("log(x, 2)", "log takes 1 argument (x), not 2"),
    ("max(x)", "max takes 2 arguments or more"),
    ("where(x > 0, 1)", "where takes 3 arguments (condition, x, y), not 2"),
    ("max(*x)", "'*' and '**' before an argument have no meaning here"),
    ("sin(y=x)", "sin takes x, not y="),
    # conditions and numbers
    ("x*(x > 0)", "x*(x > 0) is where(x > 0, x, 0)"),
    ("x > 0", "is a condition, not a number"),
    ("where(x, 1, 2)", "compare it, as in x > 0"),
    ("x if x else 0", "'x' is a number where a condition is needed"),
    ("x if x > 0", "a choice has both sides: a if condition else b"),
    ("if x > 0 then x else 0", "a if condition else b"),
    ("not x", "a number where a condition is needed"),
    ("x is 1", "compare with <, <=, >, >=, == or !="),
    # parentheses, and what is missing
    ("((x)", "a parenthesis is never closed"),
    ("x)", "a parenthesis is never opened"),
    ("x +", "character 4: something is missing at the end"),
    ("x**", "something is missing at the end"),
    ("x + * 2", "character 5: '*' cannot stand here"),
    (" ", "an empty formula"),
    # numbers
    ("1e999*x", "1e999 is beyond float64, whose largest number is 1.8e308"),
    ("9" * 400 + "*x", "beyond float64"),
    ("1j*x", "'1j' is not a number"),
    ("0x10*x", "write the number in decimal digits"),
    ("1_000*x", "write the number without '_'"),
    ("007*x", "write the number without zeros before it"),
    ("2+3", "has no x; a constant needs a name: 'c(x) = 2+3'"),
    ("pi", "'c(x) = pi'"),
    # other signs
    ("x!", "character 2: '!' has no meaning here; a factorial is not available"),
    ("x = 1", "before '=' write a name with x and parameters"),
    ("1 + x = y", "before '=' write a name"),
    ("x := 2", "':=' has no meaning here"),
    ("lambda x: x*2", "a formula is what the lambda returns: 'x*2'"),
    ("max(x, lambda: 1)", "needs its name"),
    ("'x'", "is not a number"),
    ("x + 'a'", "\"'a'\" is not a number"),
    ("tanh'(x)", "a derivative is asked for with --show dy"),
    ("x''", "a derivative is asked for with --show dy"),
    ("x % 2", "a % b is a - b*floor(a/b)"),
    ("x // 2", "a // b is floor(a/b)"),
    ("x @ x", "a product is a*b"),
    ("x << 2", "a*2**b"),
    ("~x", "'~' has no meaning here"),
    ("|x|", "write |x| as abs(x)"),
    ("√x", "write a root as sqrt(x)"),
    ("[x]", "a formula has one result, not a list"),
    ("x[0]", "a formula has no indices"),
    ("(x, 1)", "a formula has one result"),
    ("{x}", "is not part of a formula"),
    ("x # y", "'#' does not begin a comment here"),
    ("$x", "'$x' cannot stand here"),
    ("await x", "is not part of a formula"),
    # definitions
    ("f(x) = f(x) + 1", "f is used in its own definition; a formula cannot call itself"),
    ("f(x) = ", "an empty formula"),
    ("f(x) = y", "y is not a parameter of f; write f(x, y=VALUE) = ..."),
    ("f(y) = y", "before '=' write a name with x and parameters"),
    ("f(x, a) = a*x", "a has no value"),
    ("f(x, a=1, a=2) = a*x", "parameter a is given twice"),
    ("f(x, sin=1) = x", "a parameter cannot be called sin"),
    ("f(x, 2) = x", "'2' is not a name for a parameter"),
    ("sin(x) = x", "sin has a meaning of its own; take another name"),
    ("relu(x) = x", "the catalogue has relu under the name relu; take another name"),
    ("f(x) = x = 2", "to compare, write '=='"),
    # sizes
    ("x" * 10_001 + "+x", "at most 10000 characters"),
    ("(" * 4000 + "x" + ")" * 4000, "nested"),
    ("x" + "-" * 300 + "x", "nested more than 200 levels deep"),
    ("max(" + ",".join("x" * 1000) + ")", "1000 parts are too many"),
    ("<".join("x" * 1000), "999 parts are too many"),
]


def test_the_table_is_long() -> None:
    assert len({text for text, _ in BAD}) >= 60


@pytest.mark.parametrize(("text", "message"), BAD, ids=[text[:40] for text, _ in BAD])
def test_a_bad_formula_is_one_line(call: Call, text: str, message: str) -> None:
    status, out, err = call("eval", text, "1")
    assert (status, out) == (2, "")
    assert err.startswith("actcli: error: ")
    assert err.count("\n") == 1
    assert len(err) < 500
    assert message in err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (("eval", "x.npy"), "the function comes before the input, but 'x.npy' is in its place"),
        (("eval", "data.csv", "1"), "for example: sigmoid data.csv"),
        (("eval", "1", "2"), "the function comes before the numbers"),
    ],
)
def test_a_file_in_place_of_the_function(call: Call, line: tuple[str, ...], message: str) -> None:
    status, out, err = call(*line)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x-x", "0*x"),
        ("x-1", "x + -1"),
        ("x²", "x**2"),
        ("2*x³ − x", "2*x^3 - x"),
        ("π*x", "pi*x"),
        ("where(x ≥ 1, x, 1 × 2 ÷ 4)", "where(x >= 1, x, 0.5)"),
        ("max(-∞, x)", "x"),
        ("log", "log(x)"),
        ("np.sqrt", "sqrt(x)"),
        ("torch.abs", "abs(x)"),
        ("e*x:e=2", "2*x"),
        ("elu(x,alpha=1/3)", "elu:alpha=0.3333333333333333"),
        ("x\n+ 1", "x + 1"),
        ("x\t+ 1", "x + 1"),
        (" x + 1 ", "x + 1"),
        ("(((x)))", "x"),
    ],
)
def test_other_spellings(call: Call, text: str, same: str) -> None:
    found, wanted = (
        call("eval", word, "0.5", "--dtype", "float32", "--format", "hex") for word in (text, same)
    )
    assert found.err == wanted.err == ""
    assert found.out == wanted.out
