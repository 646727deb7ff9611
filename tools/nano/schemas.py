"""Schemas: fields in order, how a prompt shows them, and the JSON that answers."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

from values import Number


@dataclass
class Field:
    """A field of an object. `kind` is string, integer, number, boolean, date, enum, list, objects, object or union."""

    name: str
    kind: str
    optional: bool = False
    labels: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    tag: str = ""
    variants: list[tuple[str, list[Field]]] = field(default_factory=list)
    title: str = ""


def signature(fields: list[Field]) -> str:
    """What makes two schemas the same: names, kinds and their order."""
    return ",".join(
        f"{f.name}:{f.kind}" + (f"({signature(f.fields)})" if f.fields else "")
        + "".join(f"<{tag}:{signature(parts)}>" for tag, parts in f.variants)
        for f in fields
    )


def dumps(value: object) -> str:
    """Compact JSON; numbers as they are written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{dumps(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


INTEGERS = {"uint8": 255, "uint16": 65535, "uint32": None, "int32": None, "uint": None, "uint64": None, "int64": None}


def json_schema(title: str, fields: list[Field], rng: random.Random, largest: dict[str, int]) -> dict:
    """The schema as schemars writes it for a Rust struct: enums and unions in `$defs`, options with null."""
    definitions: dict[str, dict] = {}

    def scalar(f: Field) -> dict:
        if f.kind == "string":
            return {"type": "string"}
        if f.kind == "date":
            return {"type": "string", "format": "date"}
        if f.kind == "boolean":
            return {"type": "boolean"}
        if f.kind == "number":
            return {"type": "number", "format": "double"}
        format = rng.choice([k for k, top in INTEGERS.items() if top is None or top >= largest.get(f.name, 0)])
        schema = {"type": "integer", "format": format}
        if format.startswith("u"):
            schema["minimum"] = 0
            if INTEGERS[format]:
                schema["maximum"] = INTEGERS[format]
        return schema

    def place(f: Field) -> dict:
        name = f.title or f.name.replace("_", " ").title().replace(" ", "")
        if f.kind == "enum":
            definitions[name] = {"type": "string", "enum": f.labels}
        elif f.kind == "object":
            definitions[name] = obj(f.fields)
        elif f.kind == "union":
            definitions[name] = {"oneOf": [variant(f.tag, tag, parts) for tag, parts in f.variants]}
        elif f.kind == "objects":
            definitions[name] = obj(f.fields)
            return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}}
        elif f.kind == "list":
            return {"type": "array", "items": {"type": "string"}}
        else:
            schema = scalar(f)
            return {**schema, "type": [schema["type"], "null"]} if f.optional else schema
        reference = {"$ref": f"#/$defs/{name}"}
        return {"anyOf": [reference, {"type": "null"}]} if f.optional else reference

    def variant(tag: str, value: str, parts: list[Field]) -> dict:
        properties = {tag: {"type": "string", "const": value}, **{p.name: place(p) for p in parts}}
        return {"type": "object", "properties": properties, "required": [tag, *(p.name for p in parts)]}

    def obj(parts: list[Field]) -> dict:
        schema: dict = {"type": "object", "properties": {p.name: place(p) for p in parts}}
        required = [p.name for p in parts if not p.optional]
        return {**schema, "required": required} if required else schema

    whole = {"title": title, **obj(fields)}
    return {**whole, "$defs": definitions} if definitions else whole


def short_type(f: Field, style: str) -> str:
    """A type in a word: `string`, `integer or null`, `"a" | "b"`."""
    typescript = style == "typescript"
    if f.kind == "enum":
        text = (" | ".join(f'"{label}"' for label in f.labels)) if typescript else f"one of {', '.join(f.labels)}"
    elif f.kind == "list":
        text = "string[]" if typescript else "list of strings"
    elif f.kind == "object":
        text = members(f.fields, style)
    elif f.kind == "objects":
        text = members(f.fields, style) + "[]" if typescript else "list of " + members(f.fields, style)
    elif f.kind == "union":
        shapes = []
        for tag, parts in f.variants:
            head = Field(f.tag, "enum", labels=[tag])
            shapes.append(members([head, *parts], style) if typescript else f"{tag}{' ' + members(parts, style) if parts else ''}")
        text = " | ".join(shapes) if typescript else f"by {f.tag}: " + " or ".join(shapes)
    elif typescript:
        text = {"integer": "number", "date": "string"}.get(f.kind, f.kind)
    else:
        text = f.kind
    if f.optional:
        text += " | null" if typescript else " or null"
    return text


def members(fields: list[Field], style: str) -> str:
    separator = "; " if style == "typescript" else ", "
    return "{ " + separator.join(f"{f.name}: {short_type(f, style)}" for f in fields) + " }"


def show(title: str, fields: list[Field], rng: random.Random, largest: dict[str, int], short: bool = False) -> str:
    """One of the ways in which a prompt shows a schema, or one of the short ones; empty for none."""
    style = rng.choices(["schema", "typescript", "bullets", "inline", "names", "none"], [0, 10, 0, 20, 30, 0] if short else [14, 14, 20, 20, 12, 20])[0]
    plain = all(f.kind not in ("union", "object", "objects", "enum") for f in fields)
    if style == "none":
        return ""
    if style == "schema" and rng.random() < 0.2:
        # As the instructions of catena's JSON parser say it.
        text = json.dumps(json_schema(title, fields, rng, largest), indent=2, ensure_ascii=False)
        return f"Answer with one JSON value and nothing else. It must satisfy this JSON schema:\n{text}"
    if style == "schema":
        text = json.dumps(json_schema(title, fields, rng, largest), separators=(",", ":"), ensure_ascii=False)
        return rng.choice(["JSON schema: ", "Schema: ", "The schema is ", "JSON Schema:\n"]) + text
    if style == "typescript":
        return rng.choice([f"type {title} = ", f"interface {title} ", "Type: ", "The type is "]) + members(fields, style)
    if style == "bullets":
        return rng.choice(["Fields:", "Keys:", "The fields are:"]) + "".join(f"\n- {f.name}: {short_type(f, style)}" for f in fields)
    if style == "names" and plain:
        return rng.choice(["Fields: ", "Keys: ", "with the keys "]) + ", ".join(f.name for f in fields)
    return rng.choice(["Fields: ", "Keys: ", "The fields are "]) + ", ".join(f"{f.name} ({short_type(f, style)})" for f in fields)
