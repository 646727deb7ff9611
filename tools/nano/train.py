#!/usr/bin/env python3
"""Train the model on freshly drawn tasks.

    train.py FOLDER --minutes 100                 # a GPU if there is one, else the CPU
    train.py FOLDER --minutes 2 --preset smoke    # to try it
    train.py FOLDER --minutes 100 --resume        # goes on where the folder's last run stood before its decay

FOLDER gets tokenizer.json (made if it is not there), model.pt, stable.pt (before the decay of the learning rate, what
--resume goes on from) and log.jsonl. The rate warms up, stays, and falls to nothing over the last part of the time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

import tokenizer as tokenizers_
from forms import entities
from model import PRESETS, Llama, Shape
from muon import Muon
from tasks import Item, Tasks

LONGEST = 640  # tokens; longer items are left out
SHORT = 208  # what is left out in the beginning
POOL = 768  # items sorted by length, so that a batch pads little


def encode(tokenizer: Tokenizer, item: Item) -> tuple[list[int], list[float]]:
    """Tokens and the weight of each as something to be predicted."""
    segments = item.segments()
    encoded = tokenizer.encode("".join(text for text, _ in segments))
    ends, weights_of = [], []
    at = 0
    for text, weight in segments:
        at += len(text)
        ends.append(at)
        weights_of.append(weight)
    weights, segment = [], 0
    for start, end in encoded.offsets:
        # A token that reaches over an edge belongs to where it ends.
        while end > ends[segment]:
            segment += 1
        weights.append(weights_of[segment])
    return encoded.ids, weights


Batch = tuple[torch.Tensor, torch.Tensor]


def batches(tasks: Tasks, tokenizer: Tokenizer, size: int, easy: float, longest: int) -> list[Batch]:
    """Some batches of about `size` tokens, padding included."""
    items = []
    while len(items) < POOL:
        ids, weights = encode(tokenizer, tasks.item(easy))
        if len(ids) <= longest:
            items.append((ids, weights))
    items.sort(key=lambda item: len(item[0]))
    made, begin = [], 0
    while begin < len(items):
        end = begin + 1
        while end < len(items) and (end + 1 - begin) * len(items[end][0]) <= size:
            end += 1
        group = items[begin:end]
        length = len(group[-1][0])
        ids = torch.zeros(len(group), length, dtype=torch.long)
        weights = torch.zeros(len(group), length)
        for row, (tokens, weight) in enumerate(group):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            weights[row, : len(tokens)] = torch.tensor(weight)
        made.append((ids, weights))
        begin = end
    tasks.rng.shuffle(made)
    return made


class Stream(IterableDataset):
    """Batches without end. Over the first `easy` batches the share of easy tasks falls from a half to its place; in the
    first `short` items are short."""

    def __init__(self, tokenizer: str, seed: int, size: int, easy: int, short: int, done: int) -> None:
        self.tokenizer, self.seed, self.size, self.done = tokenizer, seed, size, done
        self.easy, self.short = easy, short

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        seed = self.seed * 1000 + (worker.id if worker else 0) + self.done
        share = worker.num_workers if worker else 1
        tasks = Tasks(entities(), seed)
        tokenizer = Tokenizer.from_str(self.tokenizer)
        count = self.done
        while True:
            easy = max(0.12, 0.5 * (1 - count / max(1, self.easy)))
            made = batches(tasks, tokenizer, self.size, easy, SHORT if count < self.short else LONGEST)
            count += len(made) * share
            yield from made


def loss_of(model: Llama, ids: torch.Tensor, weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Weighted mean loss, and for each place that counts whether the best token is the right one."""
    hidden = model(ids[:, :-1])
    counts = weights[:, 1:] > 0
    logits = model.logits(hidden[counts])
    targets, weight = ids[:, 1:][counts], weights[:, 1:][counts]
    losses = F.cross_entropy(logits.float(), targets, reduction="none")
    return (losses * weight).sum() / weight.sum(), logits.argmax(-1) == targets, counts


@torch.no_grad()
def score(model: Llama, held_out: list[Batch], device: str) -> dict[str, float]:
    """Teacher-forced: share of tokens right, and of items with every token right."""
    right = total = whole = items = 0.0
    loss = 0.0
    for ids, weights in held_out:
        ids, weights = ids.to(device), weights.to(device)
        value, hits, counts = loss_of(model, ids, weights * (weights >= 1))
        grid = torch.ones_like(counts)
        grid[counts] = hits
        right += hits.sum().item()
        total += hits.numel()
        whole += grid.all(1).sum().item()
        items += len(ids)
        loss += value.item() / len(held_out)
    return {"held_out_loss": round(loss, 4), "tokens_right": round(right / total, 4), "items_right": round(whole / items, 4)}


def held_out_batches(tokenizer: Tokenizer, count: int, size: int) -> list[Batch]:
    tasks = Tasks(entities(), 99, held_out=True)
    items = sorted((encode(tokenizer, tasks.extraction()) for _ in range(count)), key=lambda item: len(item[0]))
    made = []
    for begin in range(0, count, 32):
        group = items[begin : begin + 32]
        length = len(group[-1][0])
        ids, weights = torch.zeros(len(group), length, dtype=torch.long), torch.zeros(len(group), length)
        for row, (tokens, weight) in enumerate(group):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            weights[row, : len(tokens)] = torch.tensor(weight)
        made.append((ids, weights))
    return made


def optimizers(model: Llama, rate: float) -> list[torch.optim.Optimizer]:
    parts = {"query_key_value": 3, "gate_up": 2}
    matrices = [
        (p, parts.get(name.split(".")[-2], 1))
        for name, p in model.named_parameters()
        if p.dim() == 2 and "embedding" not in name
    ]
    others = [p for name, p in model.named_parameters() if p.dim() != 2 or "embedding" in name]
    return [
        Muon(matrices, rate),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=100, help="time to train (default: %(default)s)")
    parser.add_argument("--preset", choices=PRESETS, default="small")
    parser.add_argument("--batch", type=int, default=6144, help="tokens a step, padding included (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=4e-3, help="the highest learning rate (default: %(default)s)")
    parser.add_argument("--decay", type=float, default=0.35, help="share of the time in which the rate falls (default: %(default)s)")
    parser.add_argument("--easy-batches", type=int, default=300, help="batches with more of the easy tasks (default: %(default)s)")
    parser.add_argument("--short-batches", type=int, default=3000, help=f"batches of items of at most {SHORT} tokens (default: %(default)s)")
    parser.add_argument("--compile", action="store_true", help="faster by a fifth on a CPU; takes a C++ compiler")
    parser.add_argument("--workers", type=int, default=0, help="processes that draw tasks (default: none, as a CPU wants)")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    given = parser.parse_args()

    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    given.folder.mkdir(parents=True, exist_ok=True)
    words = given.folder / "tokenizer.json"
    if not words.exists():
        tokenizers_.train(40_000, 3072, given.seed).save(str(words))
    tokenizer = Tokenizer.from_file(str(words))

    shape = Shape(vocab=-(-tokenizer.get_vocab_size() // 32) * 32, **PRESETS[given.preset])
    model = Llama(shape).to(device)
    step, tokens, state = 0, 0, None
    if given.resume:
        state = torch.load(given.folder / "stable.pt", map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        step, tokens = state["step"], state["tokens"]
    if given.compile:
        for block in model.blocks:
            block.compile(dynamic=True)
    steppers = optimizers(model, given.rate)
    if state:
        for stepper, saved in zip(steppers, state["optimizers"]):
            stepper.load_state_dict(saved)
    stream = Stream(tokenizer.to_str(), given.seed, given.batch, given.easy_batches, given.short_batches, step)
    loader = iter(DataLoader(stream, batch_size=None, num_workers=given.workers))
    held_out = held_out_batches(tokenizer, 192, given.batch)
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{parameters:,} parameters, {asdict(shape)}, {device}", flush=True)

    def save(name: str) -> None:
        state = {"model": model.state_dict(), "shape": asdict(shape), "step": step, "tokens": tokens, "optimizers": [o.state_dict() for o in steppers]}
        torch.save(state, given.folder / f"{name}.part")
        (given.folder / f"{name}.part").rename(given.folder / name)

    begin = last = time.time()
    smooth, stable_saved, first = None, False, step
    with (given.folder / "log.jsonl").open("a") as log:
        while (share := (time.time() - begin) / 60 / given.minutes) < 1:
            warm = min(1.0, (step - first + 1) / 100)
            fall = min(1.0, (1 - share) / given.decay) if given.decay else 1.0
            if fall < 1 and not stable_saved:
                save("stable.pt")
                stable_saved = True
            for stepper in steppers:
                for group in stepper.param_groups:
                    group["lr"] = given.rate * warm * fall
            ids, weights = (part.to(device, non_blocking=True) for part in next(loader))
            with torch.autocast("cuda", torch.bfloat16, enabled=device == "cuda"):
                loss, _, _ = loss_of(model, ids, weights)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for stepper in steppers:
                stepper.step()
                stepper.zero_grad(set_to_none=True)
            step += 1
            tokens += ids.numel()
            if step % 20 == 0:
                value = loss.item()
                smooth = value if smooth is None else 0.9 * smooth + 0.1 * value
            if step % 200 == 0:
                now = time.time()
                line = {"step": step, "tokens": tokens, "minutes": round((now - begin) / 60, 1), "loss": round(smooth, 4), "seconds_a_step": round((now - last) / 200, 3)}
                line |= score(model, held_out, device)
                print(json.dumps(line), flush=True)
                log.write(json.dumps(line) + "\n")
                log.flush()
                save("model.pt" if stable_saved else "stable.pt")
                last = time.time()
    save("model.pt")


if __name__ == "__main__":
    main()
