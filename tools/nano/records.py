"""Records: a schema, a text that states its values, and the answer."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from forms import Entity, Fact, is_held_out
from schemas import Field, signature
from values import Number, Value, Values
from words import WORDS

STYLES = ["snake", "snake", "snake", "camel", "camel", "pascal", "kebab", "plain"]
PRONOUNS = {"person": ["He", "She", "They"], "company": ["It", "The company", "The firm"]}


def cased(words: str, style: str) -> str:
    parts = words.lower().split()
    if style == "camel":
        return parts[0] + "".join(part.capitalize() for part in parts[1:])
    if style == "pascal":
        return "".join(part.capitalize() for part in parts)
    return {"snake": "_", "kebab": "-", "plain": "_"}[style].join(parts)


def with_article(text: str) -> str:
    return f"{'an' if text[:1].lower() in 'aeio' else 'a'} {text}"


def joined(parts: list[str], last: str = " and ") -> str:
    return last.join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


@dataclass
class Stated:
    """A fact with its value, or without one where the text is silent."""

    fact: Fact
    value: Value | None
    variant: int = 0
    inner: dict[str, Value] | None = None
    items: list[dict[str, Value]] | None = None


@dataclass
class Record:
    entity: Entity
    title: str
    fields: list[Field]
    text: str
    answer: dict
    largest: dict[str, int]
    stated: list[Stated]
    domain: str
    kinds: dict[str, str]
    names: dict[str, Fact]


class Recorder:
    """Makes records of one split."""

    def __init__(self, entities: list[Entity], rng: random.Random, held_out: bool = False) -> None:
        self.entities = entities
        self.rng = rng
        self.held_out = held_out
        self.values = Values(rng, held_out)

    def forms(self, fact: Fact, sort: str) -> list[str]:
        return fact.of(sort, self.held_out)

    def sayable(self, fact: Fact, value: Value | None = None) -> bool:
        """Whether a text of sentences can state the fact in this split."""
        if fact.kind == "union":
            return any(variant.forms.of(self.held_out) for variant in fact.variants)
        if fact.kind == "bool":
            return all(any(self.forms(fact, sort) for sort in pair) for pair in (("true", "trues"), ("false", "falses")))
        if fact.kind == "enum" and not any(fact.of(sort, True) or fact.of(sort, False) for sort in ("pred", "full")):
            return all(self.forms(fact, label) for label in fact.args[0].split("|"))
        return any(self.forms(fact, sort) for sort in ("pred", "full"))

    def draw(self, fact: Fact) -> Stated:
        rng, values = self.rng, self.values
        if fact.kind == "bool":
            truth = rng.random() < 0.5
            return Stated(fact, Value("yes" if truth else "no", truth))
        if fact.kind == "list":
            count = rng.randint(int(fact.args[1]), int(fact.args[2]))
            texts: list[str] = []
            while len(texts) < count:
                text = values.string(fact.args[0])
                if text not in texts and " and " not in text:
                    texts.append(text)
            return Stated(fact, Value(joined(texts, rng.choice([" and ", " and ", ", ", ", and "])), texts))
        if fact.kind == "objects":
            items = []
            names: set[str] = set()
            for _ in range(rng.choice([1, 1, 2, 2, 2, 3])):
                item = {part.key: values.of(part.kind, part.args) for part in fact.parts}
                if item["name"].text not in names:
                    names.add(item["name"].text)
                    items.append(item)
            return Stated(fact, Value("", None), items=items)
        if fact.kind == "union":
            usable = [i for i, variant in enumerate(fact.variants) if variant.forms.of(self.held_out)]
            index = rng.choice(usable)
            variant = fact.variants[index]
            inner = {part.key: values.of(part.kind, part.args, plain=True) for part in variant.parts}
            return Stated(fact, Value("", None), variant=index, inner=inner)
        kind = fact.kind if fact.kind != "date" else "date"
        return Stated(fact, values.of(kind, fact.args))

    def record(self, simple: bool = False) -> Record:
        """Draws a record whose schema belongs to the split."""
        while True:
            record = self.attempt(simple)
            if record and is_held_out(signature(record.fields)) == self.held_out:
                return record

    def attempt(self, simple: bool) -> Record | None:
        rng = self.rng
        entity = rng.choice(self.entities)
        in_lines = rng.random() < 0.2
        usable = [f for f in entity.facts if in_lines or self.sayable(f) or self.forms(f, "lead")]
        if in_lines:
            usable = [f for f in usable if f.kind not in ("union", "objects") and f.labels]
        count = min(len(usable), rng.randint(1, 3) if simple else rng.choice([2, 3, 3, 4, 4, 5, 5, 6, 7]))
        names = {f.key: f for f in usable}
        keys = rng.sample(sorted(names), count)
        # What a text is about is nearly always asked for, and the parts of a group come together.
        first = entity.facts[0].key
        if first in names and first not in keys and rng.random() < 0.7:
            keys[0] = first
        if {"ingredients", "amounts"} <= set(keys):
            keys.remove("ingredients")
        absent = {k for k in keys if k != first and names[k].kind != "objects" and rng.random() < 0.12}
        extra = [k for k in names if k not in keys and k not in ("ingredients", "amounts", "items")]
        extra = rng.sample(extra, min(len(extra), rng.choice([0, 0, 0, 1, 1, 2])))
        stated = {k: self.draw(names[k]) for k in [*keys, *extra] if k not in absent}

        schema = self.schema_of(keys, names, stated, first)
        if schema is None:
            return None
        fields, answer, kinds, largest = schema
        text = self.lines(entity, stated) if in_lines else self.sentences(entity, stated, names)
        if text is None:
            return None
        title = cased(rng.choice(entity.nouns), "pascal")
        return Record(entity, title, fields, text, answer, largest, list(stated.values()), entity.domain, kinds, names)

    def another(self, record: Record) -> tuple[str, list[Field], dict, dict[str, int]] | None:
        """Another schema for the same text, with its answer: a title, fields, the answer, the largest numbers."""
        rng, names = self.rng, record.names
        stated = {s.fact.key: s for s in record.stated}
        keys = rng.sample(sorted(stated), rng.randint(1, min(5, len(stated))))
        silent = [k for k in names if k not in stated and names[k].kind != "objects"]
        if silent and rng.random() < 0.3:
            keys.insert(rng.randint(0, len(keys)), rng.choice(silent))
        schema = self.schema_of(keys, names, stated, record.entity.facts[0].key)
        if schema is None or is_held_out(signature(schema[0])) != self.held_out:
            return None
        fields, answer, _, largest = schema
        return cased(rng.choice(record.entity.nouns), "pascal"), fields, answer, largest

    def schema_of(
        self, keys: list[str], names: dict[str, Fact], stated: dict[str, Stated], first: str
    ) -> tuple[list[Field], dict, dict[str, str], dict[str, int]] | None:
        """Fields for facts, what answers, the kinds of the fields by name, and the largest numbers; nothing where names collide."""
        rng = self.rng
        style = rng.choice(STYLES)
        fields: list[Field] = []
        answer: dict = {}
        kinds: dict[str, str] = {}
        largest: dict[str, int] = {}
        taken: set[str] = set()
        groups: dict[str, tuple[Field, dict]] = {}
        nest = rng.random() < 0.5
        for key in keys:
            fact, said = names[key], stated.get(key)
            options = fact.names[:2] if rng.random() < 0.5 else fact.names
            name = cased(rng.choice(options), style)
            if name in taken:
                return None
            optional = key not in stated or (key != first and rng.random() < 0.3)
            made, value = self.field(fact, said, name, optional, style, largest)
            members, target = fields, answer
            grouped = [k for k in keys if names[k].group == fact.group]
            if fact.group and nest and len(grouped) > 1:
                group_name = cased(fact.group, style)
                if group_name in taken and group_name not in groups:
                    return None
                if group_name not in groups:
                    groups[group_name] = (Field(group_name, "object", title=fact.group.capitalize()), {})
                    fields.append(groups[group_name][0])
                    answer[group_name] = groups[group_name][1]
                members, target = groups[group_name][0].fields, groups[group_name][1]
                taken.add(group_name)
            taken.add(name)
            members.append(made)
            target[name] = value
            kinds[name] = "absent" if value is None else made.kind
        if len({f.name for f in fields}) < len(fields):
            return None
        return fields, answer, kinds, largest

    def field(self, fact: Fact, said: Stated | None, name: str, optional: bool, style: str, largest: dict[str, int]) -> tuple[Field, object]:
        """A field of a schema and the value that answers."""
        rng = self.rng
        kind = {"int": "integer", "float": "number", "money": "number", "bool": "boolean"}.get(fact.kind, fact.kind)
        value = said.value.json if said else None
        if kind == "list":
            return Field(name, kind), value or []
        if kind == "enum":
            return Field(name, kind, optional, labels=fact.args[0].split("|"), title=cased(name.replace("_", " ").replace("-", " "), "pascal")), value
        if kind == "objects":
            names = {part.key: cased(rng.choice(part.names), style) for part in fact.parts}
            if len(set(names.values())) < len(names):
                names = {part.key: part.key for part in fact.parts}
            parts = [Field(names[p.key], {"int": "integer", "float": "number"}.get(p.kind, p.kind), labels=p.args[0].split("|") if p.kind == "enum" else [], title="Unit") for p in fact.parts]
            for p in fact.parts:
                largest[names[p.key]] = 1000
            items = [{names[key]: v.json for key, v in item.items()} for item in said.items] if said else []
            return Field(name, kind, fields=parts, title=rng.choice(["Item", "Line", "Entry", "Row"])), items
        if kind == "union":
            tag = rng.choice(fact.tags)
            variants, answer = [], None
            shown = [i for i in range(len(fact.variants)) if (said and i == said.variant) or rng.random() < 0.75]
            if len(shown) < 2:
                shown = list(range(len(fact.variants)))
            for i in shown:
                variant = fact.variants[i]
                parts = [Field(cased(rng.choice(p.names), style), {"int": "integer", "digits": "integer"}.get(p.kind, p.kind)) for p in variant.parts]
                for p in parts:
                    largest[p.name] = 10000
                variants.append((variant.tag, parts))
                if said and i == said.variant:
                    answer = {tag: variant.tag, **{f.name: said.inner[p.key].json for f, p in zip(parts, variant.parts)}}
            return Field(name, kind, optional or answer is None, tag=tag, variants=variants, title=cased(fact.key, "pascal")), answer
        if kind == "integer" and value is not None:
            largest[name] = int(value)
        return Field(name, kind, optional), value

    # Texts

    def lines(self, entity: Entity, stated: dict[str, Stated]) -> str:
        """`Label: value` lines, or the same in one line."""
        rng = self.rng
        mark = rng.choice([": ", ": ", ": ", " = ", " - "])
        parts = [rng.choice(s.fact.labels) + mark + s.value.text for s in stated.values()]
        rng.shuffle(parts)
        style = rng.randrange(5)
        if style < 3:
            return "\n".join(parts)
        if style == 3:
            return "\n".join("- " + part for part in parts)
        return "; ".join(parts) + "."

    def filled(self, form: str, said: Stated, subject: str) -> str:
        text = said.value.text
        form = form.replace("{S}", subject)
        if text in ("1", "one"):
            form = re.sub(r"\{v\} (?!less|plus|across|gross)(\w{3,}?)s\b", r"{v} \1", form.replace("{v} people", "{v} person"))
        form = form.replace("{a_v}", with_article(text)).replace("{q_v}", self.rng.choice([text, f'"{text}"', f"'{text}'"]))
        return form.replace("{v}", text)

    def item_text(self, fact: Fact, item: dict[str, Value]) -> str | None:
        rng = self.rng
        one = str(item["quantity"].json) == "1" if "quantity" in item else False
        forms = self.forms(fact, "one" if one else "item")
        if not forms:
            return None
        form = rng.choice(forms)
        for key, value in item.items():
            form = form.replace("{" + key + "}", value.text)
        return form

    def state(self, said: Stated) -> bool:
        """Gives a list of objects its text; false if the split has no form for it."""
        if said.items is None:
            return True
        for item in said.items:
            if "quantity" in item and str(item["quantity"].json) == "1":
                item["name"] = Value(item["name"].text, item["name"].json)
        texts = [self.item_text(said.fact, item) for item in said.items]
        if None in texts:
            return False
        said.value.text = joined(texts)
        return True

    def sentences(self, entity: Entity, stated: dict[str, Stated], names: dict[str, Fact]) -> str | None:
        rng = self.rng
        if not all(self.state(said) for said in stated.values()):
            return None
        name = stated.get(entity.facts[0].key)
        rest = dict(stated)
        subject, pronouns = self.subject(entity, name)
        sentences: list[str] = []
        mentioned = False

        lead = next((s for s in stated.values() if self.forms(s.fact, "lead") and s.fact.kind != "objects"), None)
        if lead and rng.random() < 0.6 or (lead and not any(self.forms(lead.fact, sort) for sort in ("pred", "full"))):
            sentences.append(self.led(entity, lead, rest))
            if not sentences[-1]:
                return None
        elif entity.subject in ("person", "company", "dish", "product", "placename", "gadget") and name is not None and rng.random() < 0.65:
            sentence = self.opening(subject, rest, name)
            if sentence:
                sentences.append(sentence)
                rest.pop(name.fact.key, None)
                mentioned = True
        order = list(rest.values())
        rng.shuffle(order)
        if name is not None and name.fact.key in rest and not mentioned:
            order.remove(name)
            order.insert(0, name)
        while order:
            said = order.pop(0)
            who = rng.choice(pronouns) if mentioned or name is None else subject
            if said is name and entity.subject in ("person", "company", "dish", "product", "placename", "gadget"):
                # The name is stated by being the subject of what comes next, where the split has no sentence for it.
                full = self.forms(said.fact, "full")
                if full:
                    sentences.append(self.filled(rng.choice(full), said, subject))
                    mentioned = True
                    continue
                if not order:
                    return None
                continue
            sentence = self.sentence(said, who, order, subject, mentioned)
            if sentence is None:
                return None
            if subject in sentence:
                mentioned = True
            sentences.append(sentence)
        if name is not None and entity.subject in ("person", "company", "dish", "product", "placename", "gadget") and not any(name.value.text in s for s in sentences):
            return None
        fillers = entity.fillers.of(self.held_out)
        if fillers and rng.random() < 0.25:
            sentences.insert(rng.randint(1, len(sentences)) if sentences else 0, rng.choice(fillers))
        return rng.choice([" ", " ", " ", " ", " ", "\n"]).join(sentences)

    def subject(self, entity: Entity, name: Stated | None) -> tuple[str, list[str]]:
        rng = self.rng
        if entity.subject.startswith("the:"):
            noun = rng.choice(entity.subject[4:].split("|"))
            return f"The {noun}", ["It", f"The {noun}"]
        text = name.value.text if name else ""
        pronoun = rng.choice(PRONOUNS[entity.name]) if entity.name in PRONOUNS else "It"
        if pronoun == "They":
            pronoun = text.split()[0] if text else "She"
        return text or pronoun, [pronoun, pronoun, text or pronoun]

    def take(self, rest: dict[str, Stated], sort: str, most: int, chance: float) -> list[tuple[Stated, str]]:
        """Facts that have a form of the sort, taken out of `rest`."""
        rng = self.rng
        having = [s for s in rest.values() if self.forms(s.fact, sort)]
        rng.shuffle(having)
        taken = []
        for said in having[:most]:
            if rng.random() < chance:
                del rest[said.fact.key]
                taken.append((said, rng.choice(self.forms(said.fact, sort))))
        return taken

    def opening(self, subject: str, rest: dict[str, Stated], name: Stated) -> str | None:
        """`Ada Byron, 36, of London, is a mathematician at Babbage Ltd.`"""
        rng = self.rng
        inner = {k: s for k, s in rest.items() if s is not name}
        before = set(inner)
        nouns = self.take(inner, "noun", 1, 0.8)
        tails = self.take(inner, "tail", 2, 0.6) if nouns else []
        apps = [a for a in self.take(inner, "app", 2, 0.7)]
        text = subject
        if apps:
            text += ", " + ", ".join(self.filled(form, said, subject) for said, form in apps) + ","
        if nouns:
            text += f" {rng.choice(['is', 'is', 'was'])} " + self.filled(nouns[0][1], nouns[0][0], subject)
            text += "".join(" " + self.filled(form, said, subject) for said, form in tails)
        else:
            predicates = self.take(inner, "pred", 2, 0.8)
            if not predicates:
                return None
            text += " " + rng.choice([" and ", ", ", " and "]).join(self.filled(form, said, subject) for said, form in predicates)
        for key in before - set(inner):
            del rest[key]
        return text + "."

    def led(self, entity: Entity, lead: Stated, rest: dict[str, Stated]) -> str | None:
        """`Ada Byron orders two pens at 0.40 each, by express, paid in cash.`"""
        rng = self.rng
        form = rng.choice(self.forms(lead.fact, "lead"))
        del rest[lead.fact.key]
        text = self.filled(form, lead, "")
        if "{product_phrase}" in text:
            product = rest.pop("product", None)
            what = product.value.text if product else rng.choice(["the screen", "the app", "the login", "everything"])
            text = text.replace("{product_phrase}", f"{what} {rng.choice(['crashes', 'does not start', 'is too slow', 'freezes', 'shows an error', 'keeps crashing', 'stopped working'])}")
        items = next((s for s in rest.values() if s.fact.kind == "objects"), None)
        if items:
            del rest[items.fact.key]
            text += " " + items.value.text
        elif entity.name == "order":
            return None
        tails = self.take(rest, "tail", 3, 0.8)
        comma = ", " if entity.name == "order" else " "
        text += "".join(comma + self.filled(form, said, "") for said, form in tails)
        union = next((s for s in rest.values() if s.fact.kind == "union" and entity.name == "order"), None)
        if union and rng.random() < 0.6:
            forms = [f[3:] for f in union.fact.variants[union.variant].forms.of(self.held_out) if f.startswith("is ")]
            if forms:
                del rest[union.fact.key]
                text += ", " + self.inner(rng.choice(forms), union)
        return text + "."

    def inner(self, form: str, said: Stated) -> str:
        for key, value in (said.inner or {}).items():
            form = form.replace("{" + key + "}", value.text)
        return form

    def predicates(self, said: Stated) -> list[str]:
        """What can be said after a subject."""
        fact = said.fact
        if fact.kind == "union":
            return [self.inner(f, said) for f in fact.variants[said.variant].forms.of(self.held_out)]
        if fact.kind == "bool":
            return self.forms(fact, "true" if said.value.json else "false")
        return [self.filled(f, said, "") for f in self.forms(fact, "pred")]

    def sentence(self, said: Stated, who: str, order: list[Stated], subject: str, mentioned: bool) -> str | None:
        rng, fact = self.rng, said.fact
        whole: list[str] = []
        if fact.kind == "bool":
            whole = self.forms(fact, "trues" if said.value.json else "falses")
        elif fact.kind == "enum":
            whole = self.forms(fact, str(said.value.json))
        if fact.kind != "union" and not (fact.kind == "bool"):
            full = self.forms(fact, "full")
            # A sentence of its own may name the subject; one that does not must not be the first.
            whole = whole + [f for f in full if mentioned or "{S}" in f or not who or who in ("It",) or who.startswith("The ")]
        predicates = self.predicates(said)
        if predicates and (not whole or rng.random() < 0.6):
            text = f"{who} {rng.choice(predicates)}"
            if order and rng.random() < 0.25:
                more = self.predicates(order[0])
                if more:
                    text += rng.choice([" and ", ", and ", " and "]) + rng.choice(more)
                    order.pop(0)
            return text + "."
        if not whole:
            return None
        subject_here = who if rng.random() < 0.6 else subject
        if subject_here in ("He", "She", "It"):
            form = rng.choice(whole)
            if "{S}" in form:
                form = form.replace("{S}'s", {"He": "His", "She": "Her", "It": "Its"}[subject_here]) if form.startswith("{S}") else form.replace("{S}'s", {"He": "his", "She": "her", "It": "its"}[subject_here])
                form = form.replace("{S}", subject_here if form.startswith("{S}") else subject_here.lower())
            return self.filled(form, said, subject_here)
        return self.filled(rng.choice(whole), said, subject_here)
