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
    "smoke": dict(width=64, layers=2, heads=4, feed_forward=160),
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

    def forward(self, x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
        batch, length, width = x.shape
        parts = self.query_key_value(self.attention_norm(x)).view(batch, length, 3, self.heads, -1)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(rotate(q, turns), rotate(k, turns), v, is_causal=True)
        x = x + self.output(mixed.transpose(1, 2).reshape(batch, length, width))
        gate, up = self.gate_up(self.feed_forward_norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)


def rotate(x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary positions over neighbouring pairs, llama.cpp's `norm` order. `turns`: cosines and sines, (length, pairs)."""
    first, second = x.unflatten(-1, (-1, 2)).unbind(-1)
    cos, sin = turns
    return torch.stack([first * cos - second * sin, first * sin + second * cos], dim=-1).flatten(-2).type_as(x)


class Llama(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocab, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        frequencies = shape.rope_base ** (-torch.arange(0, shape.head_size, 2).float() / shape.head_size)
        angles = torch.outer(torch.arange(shape.context).float(), frequencies)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=EMBEDDING if "embedding" in name else parameter.shape[1] ** -0.5)
            if name.endswith(("output.weight", "down.weight")):
                nn.init.zeros_(parameter)
        with torch.no_grad():
            begin_by_copying(self)

    def forward(self, tokens: Tensor) -> Tensor:
        """Hidden states after the last norm, (batch, length, width)."""
        turns = self.cos[: tokens.shape[1]], self.sin[: tokens.shape[1]]
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, turns)
        return self.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        return hidden @ self.embedding.weight.T


EMBEDDING = 0.05  # standard deviation at the beginning


def begin_by_copying(model: Llama) -> None:
    """Weights with which the first two layers already say again what followed the last time.

    Most of an answer is copied from the text, and that a network from noise learns late and all at once: heads that look at
    the token before, and heads that use what those found (Olsson and others, "In-context Learning and Induction Heads",
    2022). Here both are there from the first step, and training starts from them. All other outputs start from zero.
    """
    shape = model.shape
    size, width = shape.head_size, shape.width
    before = min(2, (width - 1) // (2 * size))  # heads of the first layer that look at the token before
    copying = min(2 * before, shape.heads)
    # One dimension is the same for every token: what a head can look at without regard to what is there.
    model.embedding.weight[:, 0] = 5 * EMBEDDING
    mixed = torch.zeros(width, width)
    mixed[1:, 1:] = nn.init.orthogonal_(torch.empty(width - 1, width - 1))
    read, written = mixed[1 : 1 + before * size], mixed[1 + before * size : 1 + 2 * before * size]

    frequencies = shape.rope_base ** (-torch.arange(0, size, 2).float() / size)
    q, k, v = model.blocks[0].query_key_value.weight.view(3, width, width)
    for head in range(before):
        rows = slice(head * size, (head + 1) * size)
        strength = 1.6 * (frequencies > 0.05)
        q[rows], k[rows] = 0, 0
        q[rows, 0] = torch.stack([strength, torch.zeros_like(strength)], dim=-1).flatten()
        # A query one place further on, turned back by one place, is this key.
        k[rows, 0] = torch.stack([strength * frequencies.cos(), strength * frequencies.sin()], dim=-1).flatten()
        v[rows] = read[rows]
        model.blocks[0].output.weight[:, rows] = 2 * EMBEDDING * written[rows].T

    # Only the slow turns compare tokens that are far from each other.
    slow = int((frequencies < 0.008).sum()) * 2
    q, k, v = model.blocks[1].query_key_value.weight.view(3, width, width)
    everything = nn.init.orthogonal_(torch.empty(width, width))
    for head in range(copying):
        rows = slice(head * size, (head + 1) * size)
        turning = slice((head + 1) * size - slow, (head + 1) * size)
        start = head * before * size // copying
        q[rows], k[rows] = 0, 0
        q[turning], k[turning] = 1.7 * read[start : start + slow], 1.7 * written[start : start + slow]
        v[rows] = everything[rows]
        model.blocks[1].output.weight[:, rows] = 4 * EMBEDDING * everything[rows].T
