#!/usr/bin/env python3
"""Train the tokenizer: a byte-level BPE with llama.cpp's `qwen2` pre-tokenizer.

    tokenizer.py OUT.json [--items N] [--vocab N] [--seed N]

Merges never cross a blank, so a word is the same tokens wherever it stands and is copied token by token; only
the commonest small words get a token of their own together with the blank before them. Digits stand alone.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from forms import entities
from tasks import END, START, STOP, Tasks

SPECIAL = [STOP, START, END]
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SMALL_WORDS = """a an the is was are be been has have had can will would does do did not no in on at of to from for with by as
    about after before and or but if that this these it its he she they we you i his her their my your our who which what
    there here all any one per than then so up out into over under text answer json string integer null list""".split()


def with_pre_tokenizer(tokenizer: Tokenizer, apart: bool) -> Tokenizer:
    steps = [pre_tokenizers.Split(Regex(QWEN2), "isolated")]
    if apart:
        # A mark before a word, a blank or a quote, is no part of it.
        steps.append(pre_tokenizers.Split(Regex(r" |[^\p{L}](?=\p{L})"), "isolated"))
    steps.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train(items: int, vocab: int, seed: int) -> Tokenizer:
    tasks = Tasks(entities(), seed)
    texts = []
    for _ in range(items):
        whole = "".join(text for text, _ in tasks.item().segments())
        for special in SPECIAL:
            whole = whole.replace(special, "\n")
        texts.append(whole)
    trainer = trainers.BpeTrainer(
        vocab_size=vocab - len(SMALL_WORDS),
        special_tokens=SPECIAL,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer = with_pre_tokenizer(Tokenizer(models.BPE()), apart=True)
    tokenizer.train_from_iterator(texts, trainer)

    model = json.loads(tokenizer.to_str())["model"]
    merges = [tuple(merge) for merge in model["merges"]]
    ids: dict[str, int] = model["vocab"]
    for word in SMALL_WORDS:
        if word in ids:
            merges.append(("Ġ", word))
            ids["Ġ" + word] = len(ids)
    return assemble(ids, merges)


def assemble(ids: dict[str, int], merges: list[tuple[str, str]]) -> Tokenizer:
    tokenizer = with_pre_tokenizer(Tokenizer(models.BPE(vocab=ids, merges=merges)), apart=False)
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in SPECIAL])
    return tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--items", type=int, default=40_000, help="items to learn merges from (default: %(default)s)")
    parser.add_argument("--vocab", type=int, default=3072, help="tokens in all (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    train(given.items, given.vocab, given.seed).save(str(given.out))


if __name__ == "__main__":
    main()
