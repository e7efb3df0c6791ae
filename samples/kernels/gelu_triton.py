"""GELU as a Triton kernel, called with PyTorch's tensors, with its backward pass.

actcli audit gelu_triton.py:gelu@torch+cuda gelu --dtype bfloat16
"""

import torch
import triton
import triton.language as tl

BLOCK = 1024


@triton.jit
def forward_kernel(x_pointer, y_pointer, count, block: tl.constexpr):
    place = tl.program_id(0) * block + tl.arange(0, block)
    inside = place < count
    x = tl.load(x_pointer + place, mask=inside).to(tl.float32)
    y = 0.5 * x * (1 + tl.math.erf(x * 0.7071067811865476))
    tl.store(y_pointer + place, y, mask=inside)


@triton.jit
def backward_kernel(x_pointer, g_pointer, dx_pointer, count, block: tl.constexpr):
    place = tl.program_id(0) * block + tl.arange(0, block)
    inside = place < count
    x = tl.load(x_pointer + place, mask=inside).to(tl.float32)
    g = tl.load(g_pointer + place, mask=inside).to(tl.float32)
    share = 0.5 * (1 + tl.math.erf(x * 0.7071067811865476))
    density = 0.3989422804014327 * tl.exp(-0.5 * x * x)
    tl.store(dx_pointer + place, g * (share + x * density), mask=inside)


def launch(kernel, *tensors):
    count = tensors[0].numel()
    kernel[(triton.cdiv(count, BLOCK),)](*tensors, count, block=BLOCK)


class Gelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        y = torch.empty_like(x)
        launch(forward_kernel, x, y)
        return y

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        dx = torch.empty_like(x)
        launch(backward_kernel, x, g.contiguous(), dx)
        return dx


def gelu(x):
    return Gelu.apply(x.contiguous())
