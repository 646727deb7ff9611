"""Tasks: a conversation or a plain prompt, and the answer with what of it counts.

An item is a list of segments `(text, weight)`; the weight is that of the loss while training, zero for prompts.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from forms import Entity
from records import Record, Recorder, cased, joined
from schemas import Field, dumps, show
from values import NUMBERS, Number, Value
from words import WORDS

START, END, STOP = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
KEY_WEIGHT = 0.1  # of keys that no prompt announced: a grammar writes them


@dataclass
class Item:
    task: str
    messages: list[tuple[str, str]]  # (role, text); one of role "plain" is a text prompt
    answer: str
    pieces: list[tuple[str, float]] = field(default_factory=list)
    record: Record | None = None
    labels: list[str] = field(default_factory=list)
    shown: bool = False

    def prompt(self) -> str:
        if self.messages[0][0] == "plain":
            return self.messages[0][1]
        return "".join(f"{START}{role}\n{text}{END}\n" for role, text in self.messages) + f"{START}assistant\n"

    def segments(self) -> list[tuple[str, float]]:
        end = STOP if self.messages[0][0] == "plain" else END
        return [(self.prompt(), 0.0), *(self.pieces or [(self.answer, 1.0)]), (end, 1.0)]


# What catena's parsers ask for.
COMMAS = "\nAnswer with a list of items separated by commas and nothing else, like this: first, second, third"
DASHES = "\nAnswer with a Markdown list and nothing else, an item a line, like this:\n- first\n- second"
NUMBERED = "\nAnswer with a numbered list and nothing else, an item a line, like this:\n1. first\n2. second"
KNOWN = {
    "the planets in the solar system": "Mercury Venus Earth Mars Jupiter Saturn Uranus Neptune".split(),
    "the days of the week": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "the months of the year": "January February March April May June July August September October November December".split(),
    "the seasons": "spring summer autumn winter".split(),
    "the colours of the rainbow": "red orange yellow green blue indigo violet".split(),
    "the continents": ["Africa", "Antarctica", "Asia", "Australia", "Europe", "North America", "South America"],
    "the oceans": ["Arctic", "Atlantic", "Indian", "Pacific", "Southern"],
}
EXACTLY = "Answer with exactly one of these and nothing else: {l}"

VERBS = ["Fill in", "Extract", "Write down", "Give", "Collect", "Find", "Return", "Read out"]
ROLES = [
    "You read a text and fill in what it says about the {noun} in it, as JSON.",
    "Fill in what the text says, as JSON.",
    "You extract data from texts. Answer with JSON only.",
    "You are a careful assistant that answers in JSON.",
    "Extract the {noun} from the text as JSON.",
    "Read the text and answer with a JSON object.",
    "Turn the user's text into JSON.",
    "You turn texts into data.",
    "Write what you learn about the {noun} as JSON.",
    "Answer with the {noun} as a JSON object.",
    "Extract information. Use only what the text says.",
    "Give the {noun} in this text as JSON.",
]
ORDERS = [
    "{verb} the {noun} in this text as JSON.",
    "{verb} what the text says about the {noun}, as JSON.",
    "{verb} the data of the {noun}.",
    "Write the {noun} in this text as JSON.",
    "Text to JSON.",
    "Please {lower} the {noun} from the text below.",
    "{verb} the following fields.",
    "What does the text say about the {noun}? Answer in JSON.",
    "Describe the {noun} of the text as JSON.",
]


def keyed(value: object, weight: float = 1.0) -> list[tuple[str, float]]:
    """The answer in pieces: what a grammar would write weighs little."""
    if isinstance(value, dict):
        pieces: list[tuple[str, float]] = []
        for i, (key, inner) in enumerate(value.items()):
            pieces.append((("," if i else "{") + f"{dumps(key)}:", KEY_WEIGHT))
            pieces += keyed(inner)
        return [*pieces, ("}", KEY_WEIGHT)]
    if isinstance(value, list):
        pieces = [("[", KEY_WEIGHT)]
        for i, inner in enumerate(value):
            pieces += [(",", 1.0)] * bool(i) + keyed(inner)
        return [*pieces, ("]", 1.0)]
    return [(dumps(value), 1.0)]


def object_schema(arguments: list[tuple[str, str, object]], rng: random.Random | None = None) -> dict:
    """The JSON Schema of a tool's arguments; with `rng` as schemars writes it."""
    properties: dict[str, dict] = {}
    for name, kind, _ in arguments:
        properties[name] = {"type": kind}
        if rng and rng.random() < 0.4:
            properties[name] = {"description": f"The {name}.", "type": kind}
        if rng and kind == "integer":
            properties[name]["format"] = rng.choice(["int32", "int64"])
    return {"type": "object", "properties": properties, "required": [name for name, _, _ in arguments]}


class Tasks:
    """Draws items of one split."""

    def __init__(self, entities: list[Entity], seed: int, held_out: bool = False) -> None:
        self.rng = random.Random(f"{seed}:{held_out}")
        self.recorder = Recorder(entities, self.rng, held_out)
        self.values = self.recorder.values
        self.held_out = held_out

    def item(self, share_easy: float = 0.12) -> Item:
        rng = self.rng
        makers = {
            self.extraction: 50,
            self.attributes: 100 * share_easy,
            self.question: 8,
            self.classification: 9,
            self.listing: 3,
            self.continuation: 3,
            self.conversation: 5,
            self.tool: 5,
            self.copy: 60 * share_easy if share_easy > 0.12 else 2,
        }
        return rng.choices(list(makers), list(makers.values()))[0]()

    # Extraction

    def asked(self, noun: str, schema: str, text: str) -> list[tuple[str, str]]:
        """Messages that ask for the JSON of a text."""
        rng = self.rng
        order = rng.choice(ORDERS)
        verb = rng.choice(VERBS)
        order = order.replace("{verb}", verb).replace("{lower}", verb.lower()).replace("{noun}", noun)
        role = rng.choice(ROLES).replace("{noun}", noun)
        style = rng.random()
        if style < 0.3:
            return [("system", f"{role}\n{schema}" if schema else role), ("user", text)]
        if style < 0.45:
            return [("system", role), ("user", f"{schema}\n\n{text}" if schema else text)]
        if style < 0.6:
            return [("user", f"{order}\n{schema}\n\nText: {text}" if schema else f"{order}\n\nText: {text}")]
        if style < 0.7:
            return [("user", f"{text}\n\n{order}\n{schema}" if schema else f"{text}\n\n{order}")]
        head = f"{order}\n{schema}" if schema else order
        mark = rng.choice(["JSON: ", "JSON:\n", "JSON:", "Answer: ", ""])
        return [("plain", f"{head}\n\nText: {text}\n\n{mark}")]

    def extraction(self, simple: bool = False) -> Item:
        record = self.recorder.record(simple)
        return self.of_record(record, show(record.title, record.fields, self.rng, record.largest))

    def of_record(self, record: Record, schema: str) -> Item:
        noun = record.title[0].lower() + "".join(f" {c.lower()}" if c.isupper() else c for c in record.title[1:])
        item = Item("extraction", self.asked(noun, schema, record.text), dumps(record.answer), record=record, shown=bool(schema))
        if not schema:
            item.pieces = keyed(record.answer)
        if record.stated and not self.held_out and item.messages[0][0] != "plain" and self.rng.random() < 0.75:
            self.go_on(item, record)
        return item

    def go_on(self, item: Item, record: Record) -> None:
        """More turns about the same text, which costs less to read than another one."""
        rng = self.rng
        item.pieces = item.pieces or [(item.answer, 1.0)]
        for _ in range(rng.choice([1, 2, 2, 3])):
            asked = self.asked_of(record) if rng.random() < 0.35 else self.asked_again(record)
            if asked:
                question, answer = asked
                turn = f"\n{START}user\n{question}{END}\n{START}assistant\n"
                item.pieces += [(END, 1.0), (turn, 0.0), (answer, 1.0)]

    def asked_again(self, record: Record) -> tuple[str, str] | None:
        """Another schema for a text, and the answer."""
        rng = self.rng
        another = self.recorder.another(record)
        if another is None:
            return None
        title, fields, answer, largest = another
        schema = show(title, fields, rng, largest, short=True)
        head = rng.choice(["And these fields.", "Now fill in this.", "The same text once more.", "Again, with other fields.", "Now this.", ""])
        return f"{head}\n{schema}".strip(), dumps(answer)

    def asked_of(self, record: Record) -> tuple[str, str] | None:
        """A question about one of the facts that a text states, or is silent about, and the answer."""
        rng = self.rng
        usable = [s for s in record.stated if s.fact.kind not in ("bool", "objects", "union", "list") and s.value]
        if not usable:
            return None
        said = rng.choice(usable)
        word = rng.choice([*(label.lower() for label in said.fact.labels[:1]), rng.choice(said.fact.names[:2])])
        question = rng.choice(["What is the {w}?", "What is the {w} in this text?", "Which {w} does the text give?", "Tell me the {w}.", "{W}?", "What does the text say about the {w}?", "What's the {w}?"])
        question = question.replace("{w}", word).replace("{W}", word.capitalize())
        if rng.random() < 0.08:
            absent = [f for f in record.entity.facts if f.key not in {s.fact.key for s in record.stated} and f.kind not in ("bool", "union", "objects")]
            if absent:
                return f"What is the {rng.choice(absent).names[0]}?", "The text does not say."
        return question, said.value.text

    def attributes(self) -> Item:
        """Facts about things with invented names and invented attributes: the field's name is all there is to go by."""
        rng, values = self.rng, self.values
        thing = rng.choice(WORDS["object"])
        count = rng.randint(1, 6)
        words: list[str] = []
        while len(words) < count:
            word = rng.choice([values.syllables(1, 2), rng.choice(WORDS["attribute"]), f"{rng.choice(WORDS['adjective'])} {rng.choice(WORDS['attribute'])}"])
            if word not in words:
                words.append(word)
        stated: dict[str, Value] = {}
        for word in words:
            kind = rng.choice(["word", "word", "int", "city", "person", "float", "code"])
            stated[word] = values.of("int", ["0", "900"]) if kind == "int" else values.of("float", ["0", "90", "1"], plain=True) if kind == "float" else values.of("string", [kind])
        style = rng.randrange(4)
        if style == 0:
            mark = rng.choice([": ", " = ", " is ", " -> "])
            text = rng.choice(["\n", ", ", "; "]).join(word + mark + value.text for word, value in stated.items())
        else:
            parts = []
            for word, value in stated.items():
                form = rng.choice(["The {w} is {v}.", "Its {w} is {v}.", f"The {thing} has a {{w}} of {{v}}.", f"The {thing}'s {{w}} is {{v}}.", f"The {{w}} of the {thing} is {{v}}.", "{v} is the {w}.", "As {w} it has {v}.", "The {w} was set to {v}."])
                parts.append(form.replace("{w}", word).replace("{v}", value.text))
            text = " ".join(parts)
        asked = rng.sample(words, rng.randint(1, len(words)))
        casing = rng.choice(["snake", "camel", "snake", "kebab"])
        fields, answer = [], {}
        for word in asked:
            name = cased(word, casing)
            value = stated[word]
            kind = ("number" if "." in value.json else "integer") if isinstance(value.json, Number) else "string"
            fields.append(Field(name, kind))
            answer[name] = value.json
        if rng.random() < 0.2:
            name = cased(values.syllables(2, 3), casing)
            fields.append(Field(name, "string", optional=True))
            answer[name] = None
        record = Record(self.recorder.entities[0], cased(thing, "pascal"), fields, text, answer, {}, [], "things", {}, {})
        return self.of_record(record, show(record.title, fields, rng, {k: 1000 for k in answer}))

    # Others

    def question(self) -> Item:
        """One line that answers a question about a text."""
        rng = self.rng
        while True:
            record = self.recorder.record()
            asked = self.asked_of(record)
            if asked:
                break
        question, answer = asked
        style = rng.random()
        if style < 0.35:
            messages = [("system", rng.choice(["Answer the question about the text in one line.", "Answer briefly.", "You answer questions about a text."])), ("user", f"{record.text}\n\n{question}")]
        elif style < 0.6:
            messages = [("user", f"Text: {record.text}\nQuestion: {question}")]
        else:
            messages = [("plain", f"Text: {record.text}\nQuestion: {question}\nAnswer:")]
            answer = " " + answer
        return Item("question", messages, answer)

    def classification(self) -> Item:
        """One of the given labels."""
        rng = self.rng
        if rng.random() < 0.5:
            names = {"people": ["person", "people"], "companies": ["company", "business"], "calendar": ["event", "calendar"], "orders": ["order", "purchase"], "recipes": ["recipe", "food", "cooking"], "tickets": ["support", "problem", "bug"], "addresses": ["place", "address"], "reviews": ["review", "opinion"], "travel": ["travel", "trip"], "devices": ["device", "product"]}
            record = self.recorder.record()
            label = rng.choice(names[record.domain])
            others = rng.sample([k for k in names if k != record.domain], rng.randint(1, 5))
            labels = [label, *(rng.choice(names[k]) for k in others)]
            what = rng.choice(["topic", "category", "subject", "kind of text"])
        else:
            while True:
                record = self.recorder.record()
                enums = [s for s in record.stated if s.fact.kind == "enum"]
                if enums:
                    break
            said = rng.choice(enums)
            label = str(said.value.json)
            labels = said.fact.args[0].split("|")
            what = rng.choice(said.fact.names[:2])
        if rng.random() < 0.2:
            labels = [x.capitalize() for x in labels]
            label = label.capitalize()
        labels = list(dict.fromkeys(labels))
        rng.shuffle(labels)
        as_json = rng.random() < 0.3
        listed = rng.choice([", ".join(labels), joined(labels, " or "), " | ".join(labels), "\n" + "\n".join(f"- {x}" for x in labels)])
        forms = ["Classify the text. Labels: {l}", "Which {w} fits the text: {l}?", "Choose the {w} of the text. One of: {l}", "What is the {w}? Options: {l}", "Labels: {l}. Answer with one of them.", "Pick the {w}: {l}"]
        if rng.random() < 0.15:
            listed = ", ".join(labels)
            forms = [EXACTLY, f"Classify the text. {EXACTLY}", f"What is the {{w}}? {EXACTLY}"]
        order = rng.choice(forms)
        order = order.replace("{l}", listed).replace("{w}", what)
        answer = dumps(label) if as_json else label
        if as_json:
            order += rng.choice(["\nAnswer as a JSON string.", "\nAnswer in JSON."])
        style = rng.random()
        if style < 0.4:
            messages = [("system", order), ("user", record.text)]
        elif style < 0.65:
            messages = [("user", f"{order}\n\nText: {record.text}")]
        else:
            mark = rng.choice(["Label:", "Answer:", f"{what.capitalize()}:"])
            messages = [("plain", f"{order}\n\nText: {record.text}\n{mark}")]
            answer = " " + answer
        return Item("classification", messages, answer, labels=labels)

    def listing(self) -> Item:
        """A short list of things of a sort."""
        rng = self.rng
        if rng.random() < 0.15:
            what, words = rng.choice(list(KNOWN.items()))
            order = rng.choice(["Name {w}.", "List {w}.", "What are {w}?", "Give me {w}."]).replace("{w}", what)
            style = rng.random()
            if style < 0.3:
                return Item("listing", [("plain", f"Q: {order} A:")], " " + ", ".join(words))
            if style < 0.6:
                return Item("listing", [("user", order + DASHES)], "\n".join(f"- {w}" for w in words))
            return Item("listing", [("user", order)], ", ".join(words))
        sort, names = rng.choice([("hobby", "hobbies"), ("food", "ingredients"), ("language", "languages"), ("job", "jobs"), ("country", "countries"), ("gadget", "devices"), ("product", "products"), ("skill", "skills"), ("dish", "dishes"), ("event", "events"), ("adjective", "adjectives"), ("tool", "kitchen tools")])
        count = rng.randint(2, 6)
        words = rng.sample(WORDS[sort], count)
        number = rng.choice([str(count), NUMBERS[count]])
        style = rng.randrange(4)
        how, answer = [
            ([", separated by commas", " as a comma-separated list", "", *[COMMAS] * 3], ", ".join(words)),
            ([" as a bulleted list", ", one per line", " with dashes", *[DASHES] * 3], "\n".join(f"- {w}" for w in words)),
            ([" as a numbered list", ", numbered", *[NUMBERED] * 2], "\n".join(f"{i}. {w}" for i, w in enumerate(words, 1))),
            ([" as a JSON array", " in JSON"], dumps(words)),
        ][style]
        order = rng.choice(["List {n} {s}{h}.", "Name {n} {s}{h}.", "Give me {n} {s}{h}.", "Write {n} {s}{h}."])
        chosen = rng.choice(how)
        order = order.replace("{n}", number).replace("{s}", names)
        order = order.replace("{h}", "") + chosen if chosen.startswith("\n") else order.replace("{h}", chosen)
        if rng.random() < 0.7:
            return Item("listing", [("user", order)], answer)
        return Item("listing", [("plain", f"{order}\n")], answer)

    def continuation(self) -> Item:
        """A text that goes on."""
        text = self.recorder.record().text
        cut = text.find(" ") + 1
        return Item("continuation", [("plain", text[:cut])], text[cut:])

    def conversation(self) -> Item:
        """Several turns: what was said before is asked for."""
        rng, values = self.rng, self.values
        facts = [
            ("name", values.person(), ["My name is {v}.", "I am {v}.", "Call me {v}."], ["What is my name?", "Who am I?", "Do you remember my name?"], "Your name is {v}."),
            ("city", values.city(), ["I live in {v}.", "My home is {v}.", "I come from {v}."], ["Where do I live?", "Which city do I live in?"], "You live in {v}."),
            ("job", values.string("job"), ["I work as a {v}.", "My job is {v}."], ["What is my job?", "What do I do for a living?"], "Your job is {v}."),
            ("hobby", values.string("hobby"), ["I like {v}.", "My hobby is {v}."], ["What is my hobby?", "What do I like?"], "You like {v}."),
            ("dog", values.invented(), ["My dog is called {v}.", "I have a dog named {v}."], ["What is my dog called?", "What is the name of my dog?"], "Your dog is called {v}."),
            ("age", str(rng.randint(5, 99)), ["I am {v} years old.", "My age is {v}."], ["How old am I?", "What is my age?"], "You are {v} years old."),
            ("color", rng.choice(["red", "blue", "green", "black", "white"]), ["My favourite colour is {v}."], ["What is my favourite colour?"], "Your favourite colour is {v}."),
        ]
        chosen = rng.sample(facts, rng.randint(1, 4))
        messages = []
        if rng.random() < 0.6:
            messages.append(("system", rng.choice(["You are a helpful assistant.", "You are friendly and brief.", "You are a chat partner.", "Answer briefly."])))
        if rng.random() < 0.2:
            messages += [("user", rng.choice(["Hello!", "Hi!", "Good morning."])), ("assistant", "Hello! How can I help you?")]
        for _, value, said, _, _ in chosen:
            messages.append(("user", rng.choice(said).replace("{v}", value)))
            messages.append(("assistant", rng.choice(["I will remember that.", "Thank you, I will remember that.", "Good to know."])))
        if rng.random() < 0.15:
            messages = [m for m in messages if m[0] != "assistant"]
            return Item("conversation", messages[:2] if messages[0][0] == "system" else messages[:1], rng.choice(["I will remember that.", "Thank you, I will remember that.", "Good to know."]))
        _, value, _, questions, form = rng.choice(chosen)
        messages.append(("user", rng.choice(questions)))
        return Item("conversation", messages, form.replace("{v}", value))

    def tool(self) -> Item:
        """Which tool to call, and with what."""
        rng, values = self.rng, self.values
        city, person, number = values.city(), values.person(), rng.randint(2, 99)
        other = rng.randint(2, 99)
        tools = {
            "weather": (["get_weather", "weather", "current_weather"], "the weather in a city", [("city", "string", city)], ["What is the weather in {city}?", "How is the weather in {city} today?", "Will it rain in {city}?", "Do I need an umbrella in {city}?"]),
            "add": (["add", "sum", "add_numbers"], "adds two numbers", [("a", "integer", Number(number)), ("b", "integer", Number(other))], ["What is {a} plus {b}?", "Add {a} and {b}.", "How much is {a} + {b}?"]),
            "multiply": (["multiply", "times", "product"], "multiplies two numbers", [("a", "integer", Number(number)), ("b", "integer", Number(other))], ["What is {a} times {b}?", "Multiply {a} by {b}.", "How much is {a} * {b}?"]),
            "time": (["get_time", "time_in", "clock"], "the time in a city", [("city", "string", city)], ["What time is it in {city}?", "How late is it in {city}?"]),
            "mail": (["send_email", "send_mail", "write_mail"], "sends a mail", [("to", "string", person), ("subject", "string", values.string("title"))], ["Send a mail to {to} about {subject}.", "Write {to} a mail about {subject}.", "Mail {to}, the subject is {subject}."]),
            "search": (["search", "web_search", "find"], "searches the web", [("query", "string", f"{rng.choice(WORDS['adjective'])} {rng.choice(WORDS['product'])}")], ["Search for {query}.", "Find {query} on the web.", "Look up {query}."]),
            "timer": (["set_timer", "timer", "remind"], "sets a timer", [("minutes", "integer", Number(number))], ["Set a timer for {minutes} minutes.", "Remind me in {minutes} minutes.", "Wake me in {minutes} minutes."]),
            "book": (["book_table", "reserve", "book"], "books a table", [("place", "string", values.string("place")), ("people", "integer", Number(rng.randint(1, 9)))], ["Book a table for {people} at {place}.", "Reserve a table at {place} for {people} people."]),
        }
        chosen = rng.sample(list(tools), rng.randint(1, 4))
        names = {key: rng.choice(tools[key][0]) for key in chosen}
        key = rng.choice(chosen)
        _, _, parameters, forms = tools[key]
        request = rng.choice(forms)
        for name, _, value in parameters:
            request = request.replace("{" + name + "}", str(value))
        call = {"name": names[key], "arguments": {n: v for n, _, v in parameters}}
        if rng.random() < 0.6:
            head, called = self.tools_of_catena([(names[k], *tools[k][1:3]) for k in chosen]), dumps([call])
        else:
            head, called = self.tools_listed([(names[k], *tools[k][1:3]) for k in chosen]), dumps(call)
        role = rng.choice(["You are a helpful assistant.", "Answer briefly.", "", ""])
        messages = [("system", f"{role}\n\n{head}".strip()), ("user", request)]
        if rng.random() < 0.4:
            result, reply = self.told(key, str(parameters[0][2]))
            return Item("tool", [*messages, ("assistant", called), ("tool", result)], reply)
        return Item("tool", messages, called)

    def tools_listed(self, tools: list[tuple[str, str, list]]) -> str:
        """Tools as prompts of all kinds show them."""
        rng, lines = self.rng, []
        style = rng.randrange(3)
        for name, what, arguments in tools:
            if style == 0:
                lines.append(f"- {name}({', '.join(f'{n}: {t}' for n, t, _ in arguments)}): {what}")
            elif style == 1:
                lines.append(dumps({"name": name, "description": what, "parameters": object_schema(arguments)}))
            else:
                lines.append(f"{name}: {what}. Arguments: {', '.join(f'{n} ({t})' for n, t, _ in arguments)}")
        head = rng.choice(["You can call these tools:", "Tools:", "Available tools:", "Answer by calling one of these tools:"])
        return "\n".join([head, *lines])

    def tools_of_catena(self, tools: list[tuple[str, str, list]]) -> str:
        """Tools as `with_tools` shows them."""
        rng = self.rng
        must = rng.choice(["You may call tools. Answer in plain text when you need none.", "Answer by calling one tool or more.", "Answer by calling exactly one tool."])
        form = '[{"name":"TOOL","arguments":{…}}]'
        lines = []
        for name, what, arguments in tools:
            schema = object_schema(arguments, rng)
            what = rng.choice([what[0].upper() + what[1:] + ".", what, f"Tool: {what}."])
            lines.append(dumps({"name": name, "description": what, "arguments": schema}))
        listed = "\n".join(lines)
        return f"{must} A call is a JSON array and nothing else, like {form}; arguments satisfy the tool's JSON schema. These are the tools:\n{listed}"

    def told(self, key: str, first: str) -> tuple[str, str]:
        """What a tool gives, and what is said of it: a sentence as it is, a value in a sentence."""
        rng, values = self.rng, self.values
        degrees, sky = rng.randint(-20, 39), rng.choice(["sunny", "cloudy", "rainy", "windy", "foggy", "cold", "warm", "snowy"])
        sentences = {
            "weather": [f"It is {sky} in {first}.", f"In {first} it is {sky}, at {degrees} degrees.", f"{degrees} degrees and {sky}.", f"The weather in {first} is {sky}.", f"{first}: {sky}, {degrees} degrees Celsius."],
            "time": [f"It is {rng.randint(0, 23):02}:{rng.randint(0, 59):02} in {first}.", f"In {first} it is {rng.randint(1, 12)} o'clock."],
            "mail": [f"The mail to {first} is sent.", "Sent.", f"{first} has got the mail."],
            "search": [f"Found {rng.randint(2, 99)} pages.", f"{values.invented()} sells it for {rng.randint(2, 99)} dollars."],
            "timer": [f"The timer is set to {first} minutes.", "The timer runs."],
            "book": [f"A table at {first} is booked.", f"The table is booked for {rng.randint(5, 11)} o'clock."],
        }
        if key in sentences and rng.random() < 0.7:
            sentence = rng.choice(sentences[key])
            return sentence, sentence
        if key == "weather":
            return sky, f"It is {sky}."
        value = {"add": str(rng.randint(4, 999)), "multiply": str(rng.randint(4, 9999)), "time": f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}"}.get(key)
        return (value, f"It is {value}.") if value else ("done", "It is done.")

    def copy(self) -> Item:
        """Words to be said again."""
        rng = self.rng
        words = " ".join(self.values.string(rng.choice(["word", "person", "city", "code", "email", "product_name", "street"])) for _ in range(rng.randint(1, 5)))
        form = rng.choice(["Repeat: {w}", "Say this again: {w}", "Copy: {w}", "Repeat after me: {w}"])
        if rng.random() < 0.5:
            return Item("copy", [("user", form.replace("{w}", words))], words)
        return Item("copy", [("plain", f"{words}\n{words}\n")], words)
