#!/usr/bin/env python3
"""Texts and their tokens, as JSON lines, for tests/nano: tokens.py TOKENIZER.json [--items N] [--seed N]

Half of the texts are tasks' and half are random characters of all planes. That each is its tokens' text again is checked.
"""

from __future__ import annotations

import argparse
import json
import random

from tokenizers import Tokenizer

from forms import entities
from tasks import Tasks


def character(rng: random.Random) -> str:
    while True:
        code = rng.choice([rng.randrange(0x20, 0x7F), rng.randrange(0xA0, 0x800), rng.randrange(0x800, 0x10000), rng.randrange(0x10000, 0x110000), 10, 32])
        if not 0xD800 <= code < 0xE000:
            return chr(code)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokenizer")
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--seed", type=int, default=3)
    given = parser.parse_args()
    tokenizer = Tokenizer.from_file(given.tokenizer)
    rng, tasks = random.Random(given.seed), Tasks(entities(), given.seed, held_out=True)
    for number in range(given.items):
        if number % 2:
            text = tasks.extraction().messages[-1][1]
        else:
            text = "".join(character(rng) for _ in range(rng.randint(1, 40)))
        ids = tokenizer.encode(text).ids
        assert tokenizer.decode(ids, skip_special_tokens=False) == text, repr(text)
        print(json.dumps({"text": text, "tokens": ids}, ensure_ascii=False))


if __name__ == "__main__":
    main()
