"""Muon: momentum, made orthogonal, for the matrices of a network.

K. Jordan and others, "Muon: An optimizer for hidden layers in neural networks" (2024). In float32 and with matrices of
one shape together, which on a CPU is many times faster than torch.optim.Muon's bfloat16.
"""

from __future__ import annotations

import torch
from torch import Tensor

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
STEPS = 5


def orthogonal(x: Tensor) -> Tensor:
    """The nearest (semi-)orthogonal matrices, roughly, by Newton and Schulz's iteration. (n, rows, columns)"""
    a, b, c = COEFFICIENTS
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(STEPS):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """`parts` says of how many matrices, one below the other, a parameter is made."""

    def __init__(self, matrices: list[tuple[Tensor, int]], lr: float, momentum: float = 0.95, weight_decay: float = 0.02) -> None:
        self.parts = [parts for _, parts in matrices]
        super().__init__([matrix for matrix, _ in matrices], dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            by_shape: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = {}
            for matrix, parts in zip(group["params"], self.parts):
                state = self.state[matrix]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(matrix)
                state["momentum"].lerp_(matrix.grad, 1 - group["momentum"])
                update = matrix.grad.lerp(state["momentum"], group["momentum"])
                for target, part in zip(matrix.chunk(parts), update.chunk(parts)):
                    by_shape.setdefault(tuple(part.shape), []).append((target, part))
            for (rows, columns), pairs in by_shape.items():
                updates = orthogonal(torch.stack([part for _, part in pairs]).float())
                # Scaled to the size of Adam's updates, so that one rate serves both.
                rate = group["lr"] * 0.2 * max(rows, columns) ** 0.5
                for (target, _), update in zip(pairs, updates):
                    target.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-rate)
