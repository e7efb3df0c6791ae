"""Kernels of one's own, for numpy and PyTorch; the backward pass of `clipped` is wrong."""

import numpy as np

try:
    import torch
except ImportError:  # the functions of numpy do without
    torch = None


def sigmoid(x):
    """As one writes it first: exp(-x) overflows, and 1 + exp(-x) loses digits."""
    with np.errstate(over="ignore"):
        return (1 / (1 + np.exp(-x))).astype(x.dtype)


def stable_sigmoid(x):
    """With exp of negative numbers alone, in float32, rounded once."""
    wide = x.astype(np.float32)
    small = np.exp(-np.abs(wide))
    return (np.where(wide < 0, small, 1) / (1 + small)).astype(x.dtype)


def sigmoid_slope(x):
    """The derivative, for --derivative."""
    y = stable_sigmoid(x.astype(np.float32))
    return (y * (1 - y)).astype(x.dtype)


def elu(x, alpha=1.0):
    """A parameter is passed by its name: actcli audit kernel.py:elu elu:alpha=1.5."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))).astype(x.dtype)


if torch is not None:

    class Clipped(torch.autograd.Function):
        """min(max(x, 0), 6), whose backward pass forgets the upper end."""

        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(0, 6)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * (x > 0).to(g.dtype)

    def clipped(x):
        return Clipped.apply(x)
