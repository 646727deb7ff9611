"""The network: llama's architecture, as llama.cpp evaluates it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    """Sizes in elements; the output matrix is the embedding."""

    vocab: int
    width: int
    layers: int
    heads: int
    feed_forward: int
    context: int = 2048
    rope_base: float = 10_000.0
    epsilon: float = 1e-5

    @property
    def head_size(self) -> int:
        return self.width // self.heads


PRESETS = {
    "smoke": dict(width=64, layers=2, heads=2, feed_forward=160),
    "small": dict(width=160, layers=5, heads=5, feed_forward=448),
    "base": dict(width=256, layers=8, heads=8, feed_forward=704),
}


class Block(nn.Module):
    """Query, key and value are one matrix, and so are gate and up."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, hidden = shape.width, shape.feed_forward
        self.heads = shape.heads
        self.attention_norm = nn.RMSNorm(width, eps=shape.epsilon)
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.feed_forward_norm = nn.RMSNorm(width, eps=shape.epsilon)
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor, turns: Tensor) -> Tensor:
        batch, length, width = x.shape
        parts = self.query_key_value(self.attention_norm(x)).view(batch, length, 3, self.heads, -1)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(rotate(q, turns), rotate(k, turns), v, is_causal=True)
        x = x + self.output(mixed.transpose(1, 2).reshape(batch, length, width))
        gate, up = self.gate_up(self.feed_forward_norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)


def rotate(x: Tensor, turns: Tensor) -> Tensor:
    """Rotary positions over neighbouring pairs, llama.cpp's `norm` order."""
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * turns).flatten(-2).type_as(x)


class Llama(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocab, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        frequencies = shape.rope_base ** (-torch.arange(0, shape.head_size, 2).float() / shape.head_size)
        angles = torch.outer(torch.arange(shape.context).float(), frequencies)
        self.register_buffer("turns", torch.polar(torch.ones_like(angles), angles), persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                spread = 0.02 if "embedding" in name else parameter.shape[1] ** -0.5
                if name.endswith(("output.weight", "down.weight")):
                    spread /= (2 * shape.layers) ** 0.5
                nn.init.normal_(parameter, std=spread)

    def forward(self, tokens: Tensor) -> Tensor:
        """Hidden states after the last norm, (batch, length, width)."""
        turns = self.turns[: tokens.shape[1]]
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, turns)
        return self.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        return hidden @ self.embedding.weight.T
