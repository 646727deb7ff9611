#!/usr/bin/env python3
"""Write tasks as JSON lines: to look at, or to evaluate with.

    generate.py --items 20 --text                    # what training sees
    generate.py --items 1000 --held-out --seed 2026 --task extraction > held-out.jsonl

A line has `task`, `domain`, `messages` (a list of {role, content}; role `plain` is a text prompt), `answer`, and for
extraction `schema` (JSON Schema) and `kinds` (what sort of value each field has, `absent` where the text is silent);
for classification `labels`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys

from forms import entities
from schemas import json_schema
from tasks import Item, Tasks


def line(item: Item, rng: random.Random) -> dict:
    made: dict = {
        "task": item.task,
        "messages": [{"role": role, "content": text} for role, text in item.messages],
        "answer": item.answer,
    }
    if item.record:
        record = item.record
        made |= {
            "domain": record.domain,
            "shown": item.shown,
            "schema": json_schema(record.title, record.fields, rng, record.largest),
            "kinds": record.kinds,
        }
    if item.labels:
        made["labels"] = item.labels
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-out", action="store_true", help="sentence forms, schemas and names that training never sees")
    parser.add_argument("--task", choices=["extraction", "question", "classification", "listing", "continuation", "conversation", "tool", "attributes", "copy"])
    parser.add_argument("--text", action="store_true", help="plain text in place of JSON lines")
    given = parser.parse_args()
    tasks = Tasks(entities(), given.seed, given.held_out)
    for _ in range(given.items):
        item = getattr(tasks, given.task)() if given.task else tasks.item()
        if given.text:
            print("".join(text for text, _ in item.segments()), end="\n\n")
        else:
            json.dump(line(item, tasks.rng), sys.stdout, ensure_ascii=False)
            print()


if __name__ == "__main__":
    main()
