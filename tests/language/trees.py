"""Random formulas from the grammar, for hypothesis to build and to shrink."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = """
exp expm1 log log1p sqrt cbrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc
normal_cdf normal_pdf exp2 log2 log10 abs sign floor ceil round
"""
UNARY = NAMES.split()
CATALOGUE = (
    "relu({})",
    "sigmoid({})",
    "elu({}, alpha=2)",
    "silu({}, beta=0.5)",
    "gelu({})",
    "softplus({})",
    "hard_tanh({})",
    "mish({})",
    "leaky_relu({}, alpha=1/3)",
)
LEAVES = ("x", "x", "x", "x", "1", "2", "3", "0.5", "0.1", "1/3", "pi", "e", "10", "1e-3")


def _extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(("+", "-", "*", "/"))
    relations = st.sampled_from(("<", "<=", ">", ">=", "==", "!="))
    conditions = st.builds("{} {} {}".format, inner, relations, inner)
    joined = st.one_of(
        conditions,
        st.builds("{} and {}".format, conditions, conditions),
        st.builds("not ({})".format, conditions),
        st.builds("({}) or {}".format, conditions, conditions),
    )
    return st.one_of(
        st.builds("({} {} {})".format, inner, signs, inner),
        st.builds("({} {} {})".format, inner, signs, inner),
        st.builds("{}({})".format, st.sampled_from(UNARY), inner),
        st.builds("({})**{}".format, inner, st.sampled_from(("2", "3", "-1", "0.5", "(1/3)", "4"))),
        st.builds("(-{})".format, inner),
        st.builds(str.format, st.sampled_from(CATALOGUE), inner),
        st.builds("{}({}, {})".format, st.sampled_from(("max", "min")), inner, inner),
        st.builds("clip({}, -1, {})".format, inner, st.sampled_from(("1", "2", "inf"))),
        st.builds("where({}, {}, {})".format, joined, inner, inner),
        st.builds("({} if {} else {})".format, inner, joined, inner),
    )


#: Formulas of some depth, each with an x.
formulas = st.recursive(st.sampled_from(LEAVES), _extended, max_leaves=7).filter(
    lambda text: "x" in text.replace("exp", "").replace("max", "")
)
