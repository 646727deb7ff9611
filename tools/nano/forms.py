"""Sentence forms and the facts they state, read from the files in domains/.

A line `(a|b) c {v}` stands for the forms `a c {v}` and `b c {v}`. Every form belongs to one split for good, by a hash
of its text: what the evaluation is written in, training never sees.
"""

from __future__ import annotations

import itertools
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

HELD_OUT_SHARE = 8  # one form, and one schema, of so many is held out


def is_held_out(text: str) -> bool:
    """Whether a form or a schema is kept for the evaluation."""
    return zlib.crc32(text.encode()) % HELD_OUT_SHARE == 0


def expand(line: str) -> list[str]:
    """All forms that a line stands for."""
    parts = re.split(r"\(([^()]*)\)", line)
    choices = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
    return [re.sub(r"  +", " ", "".join(form)).strip().replace(" .", ".") for form in itertools.product(*choices)]


class Forms:
    """Forms of one sort, apart by split."""

    def __init__(self) -> None:
        self.all: dict[bool, list[str]] = {False: [], True: []}

    def add(self, key: str, line: str) -> None:
        for form in expand(line):
            self.all[is_held_out(f"{key}:{form}")].append(form)

    def of(self, held_out: bool) -> list[str]:
        return self.all[held_out]


@dataclass
class Part:
    """A field of an item or of a variant."""

    key: str
    kind: str
    args: list[str]
    names: list[str]


@dataclass
class Variant:
    tag: str
    parts: list[Part]
    forms: Forms = field(default_factory=Forms)


@dataclass
class Fact:
    key: str
    kind: str
    args: list[str]
    names: list[str]
    group: str | None
    labels: list[str] = field(default_factory=list)
    forms: dict[str, Forms] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    def of(self, sort: str, held_out: bool) -> list[str]:
        return self.forms[sort].of(held_out) if sort in self.forms else []


@dataclass
class Entity:
    name: str
    domain: str
    subject: str = ""
    nouns: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    fillers: Forms = field(default_factory=Forms)


def read(path: Path) -> Entity:
    """Reads one file of domains/."""
    entity = Entity("", path.stem)
    fact: Fact | None = None
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if raw.startswith("    "):
            fact.variants[-1].forms.add(f"{entity.name}.{fact.key}.{fact.variants[-1].tag}", line)
        elif word == "entity":
            entity.name = rest
        elif word == "subject":
            entity.subject = rest
        elif word == "nouns":
            entity.nouns = rest.split("|")
        elif word == "filler":
            entity.fillers.add(f"{entity.name}.filler", rest)
        elif word == "fact":
            head, _, names = rest.partition(" : ")
            key, kind, *args = head.split()
            group = args[args.index("group") + 1] if "group" in args else None
            args = args[: args.index("group")] if group else args
            fact = Fact(key, kind, args, names.split("|"), group)
            entity.facts.append(fact)
        elif word == "label":
            fact.labels = rest.split("|")
        elif word == "tag":
            fact.tags = rest.split("|")
        elif word == "field":
            head, _, names = rest.partition(" : ")
            key, kind, *args = head.split()
            fact.parts.append(Part(key, kind, args, names.split("|")))
        elif word == "variant":
            tag, _, parts = rest.partition(" ")
            fact.variants.append(Variant(tag, variant_parts(parts)))
        else:
            fact.forms.setdefault(word, Forms()).add(f"{entity.name}.{fact.key}.{word}", rest)
    for fact in entity.facts:
        keep_one(fact)
    return entity


def keep_one(fact: Fact) -> None:
    """Sees to it that each fact can be stated in a held-out form, where it has forms enough."""
    every = [*fact.forms.values(), *(variant.forms for variant in fact.variants)]
    if any(forms.of(True) for forms in every):
        return
    most = max(every, key=lambda forms: len(forms.of(False)))
    if len(most.of(False)) > 2:
        form = min(most.of(False), key=lambda form: zlib.crc32(form.encode()))
        most.of(False).remove(form)
        most.of(True).append(form)


def variant_parts(text: str) -> list[Part]:
    """`since:int:1970:2024:since|start year`: key, kind, arguments, names."""
    if not text:
        return []
    key, kind, *rest = text.split(":")
    return [Part(key, kind, rest[:-1], rest[-1].split("|"))]


def entities() -> list[Entity]:
    return [read(path) for path in sorted((Path(__file__).parent / "domains").glob("*.txt"))]
