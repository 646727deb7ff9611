"""Values of facts: what stands in the text, and what the JSON answer has for it.

Names of people, cities, companies and streets come from faker in several locales, and as many again are invented, so
that a model has to copy them and cannot know them.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass
from functools import cache

from words import WORDS

LOCALES = ["en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "sv_SE", "pt_BR", "fi_FI", "cs_CZ"]
POOL = 400  # names drawn from each locale
NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
MONTHS = "January February March April May June July August September October November December".split()


class Number(str):
    """A JSON number, as it is written."""


@dataclass
class Value:
    text: str
    json: object


@cache
def pools(seed: int) -> dict[str, list[str]]:
    """Names out of faker, drawn once."""
    from faker import Faker

    pool: dict[str, list[str]] = {key: [] for key in ("first", "last", "city", "company", "street")}
    for locale in LOCALES:
        fake = Faker(locale)
        fake.seed_instance(seed)
        for _ in range(POOL):
            pool["first"].append(fake.first_name())
            pool["last"].append(fake.last_name())
            pool["city"].append(fake.city())
            pool["company"].append(fake.company().replace(",", ""))
            pool["street"].append(fake.street_name())
    return pool


class Values:
    """Draws values. `held_out` takes names from other parts of the pools."""

    def __init__(self, rng: random.Random, held_out: bool = False) -> None:
        self.rng = rng
        self.names = pools(2 if held_out else 1)

    def syllables(self, least: int, most: int) -> str:
        onsets = "b c d f g h j k l m n p r s t v w z br dr fl gr kl pl st tr sh th qu".split()
        ends = ["", "", "", "n", "r", "s", "l", "k", "m", "t", "x", "nd", "rt"]
        sounds = "a e i o u a e i o u ai ou ea y".split()
        rng = self.rng
        parts = [rng.choice(onsets) + rng.choice(sounds) + rng.choice(ends) for _ in range(rng.randint(least, most))]
        return "".join(parts)

    def invented(self) -> str:
        return self.syllables(1, 3).capitalize()

    def of(self, kind: str, args: list[str], *, plain: bool = False) -> Value:
        """A value of a kind, as `kind arg…` in domains/ has it. `plain` keeps to digits."""
        rng = self.rng
        if kind == "int":
            return self.integer(int(args[0]), int(args[1]), "words" in args and not plain, plain)
        if kind == "digits":
            text = str(rng.randint(1000, 9999))
            return Value(text, Number(text))
        if kind == "float":
            return self.decimal(float(args[0]), float(args[1]), int(args[2]), plain)
        if kind == "money":
            return self.money()
        if kind == "date":
            return self.date()
        if kind == "enum":
            label = rng.choice(args[0].split("|"))
            return Value(label, label)
        if kind == "string":
            text = self.string(args[0])
            return Value(text, text)
        raise ValueError(kind)

    def integer(self, low: int, high: int, words: bool, plain: bool) -> Value:
        rng = self.rng
        number = rng.randint(low, high)
        if high > 2000 and low < 1000 and rng.random() < 0.6:
            number = rng.randint(low, min(high, rng.choice([100, 1000, 10000])))
        if words and number < len(NUMBERS) and rng.random() < 0.5:
            return Value(NUMBERS[number], Number(number))
        text = str(number)
        if number > 2200 and not plain and rng.random() < 0.4:
            text = f"{number:,}".replace(",", rng.choice([",", ",", " "]))
        return Value(text, Number(number))

    def decimal(self, low: float, high: float, digits: int, plain: bool) -> Value:
        rng = self.rng
        top = high if high <= 60 or rng.random() < 0.5 else min(high, 60.0)
        number = f"{rng.uniform(low, top):.{digits}f}"
        if digits == 2 and rng.random() < 0.5:
            number = number[:-1] + rng.choice("05")
        text = number.replace(".", ",") if not plain and rng.random() < 0.06 else number
        return Value(text, Number(number))

    def money(self) -> Value:
        rng = self.rng
        number = f"{rng.uniform(3, rng.choice([60, 900, 9000])):.2f}"
        whole, cents = number.split(".")
        style = rng.randrange(7)
        grouped = f"{int(whole):,}"
        if style == 0:
            text = f"${grouped}.{cents}"
        elif style == 1:
            text = f"{grouped.replace(',', '.')},{cents} €"
        elif style == 2:
            text = f"EUR {grouped}.{cents}"
        elif style == 3:
            text = f"{grouped.replace(',', ' ')},{cents} {rng.choice(['kr', 'zł', '€'])}"
        elif style == 4:
            text = f"£{grouped}.{cents}"
        elif style == 5:
            text = f"{whole}.{cents} {rng.choice(['euros', 'dollars', 'pounds', 'francs'])}"
        else:
            text = number
        return Value(text, Number(number))

    def date(self) -> Value:
        rng = self.rng
        day = datetime.date(rng.randint(1930, 2029), 1, 1) + datetime.timedelta(rng.randrange(365))
        month = MONTHS[day.month - 1]
        text = rng.choice(
            [
                f"{day.day} {month} {day.year}",
                f"{month} {day.day}, {day.year}",
                f"{day.day}. {month} {day.year}",
                day.isoformat(),
                f"{day.day} {month[:3]} {day.year}",
                f"{day.day:02}.{day.month:02}.{day.year}",
            ]
        )
        return Value(text, day.isoformat())

    def person(self) -> str:
        rng, names = self.rng, self.names
        first = rng.choice(names["first"]) if rng.random() < 0.55 else self.invented()
        last = rng.choice(names["last"]) if rng.random() < 0.55 else self.invented()
        style = rng.random()
        if style < 0.08:
            return first
        if style < 0.14:
            return f"{first} {rng.choice('ABCDEFGHIJKLMNOPRSTW')}. {last}"
        if style < 0.18:
            return f"Dr. {last}" if rng.random() < 0.5 else f"Dr. {first} {last}"
        if style < 0.22:
            return f"{first} {last}-{self.invented()}"
        return f"{first} {last}"

    def city(self) -> str:
        if self.rng.random() < 0.5:
            return self.rng.choice(self.names["city"])
        name = self.invented()
        return self.rng.choice([name] * 4 + [f"{name} City", f"Port {name}", f"New {name}", f"San {name}", f"{name}burg", f"{name}ton"])

    def company(self) -> str:
        rng = self.rng
        if rng.random() < 0.4:
            return rng.choice(self.names["company"])
        name = self.invented()
        ends = ["", "", "", " Ltd", " Inc", " GmbH", " & Sons", " Labs", " Systems", " Group", " Works", " AG", " Foods", " Air"]
        return name + rng.choice(ends)

    def string(self, sort: str) -> str:
        rng = self.rng
        if sort in ("person", "city", "company"):
            return getattr(self, sort)()
        if sort == "job" and rng.random() < 0.15:
            return f"{self.syllables(1, 2)} {rng.choice(['engineer', 'designer', 'teacher', 'maker', 'trader'])}"
        if sort == "email":
            user = rng.choice([self.invented(), rng.choice(self.names["first"]).split()[0]]).lower()
            user = "".join(c for c in user if c.isascii() and c.isalnum()) or "info"
            return f"{user}{rng.choice(['', '', '.' + self.syllables(1, 2), str(rng.randint(1, 99))])}@{self.syllables(1, 3)}.{rng.choice(['com', 'org', 'net', 'de', 'io', 'fr', 'example'])}"
        if sort == "website":
            return f"{rng.choice(['www.', '', 'https://'])}{self.syllables(2, 3)}.{rng.choice(['com', 'org', 'net', 'de', 'io'])}"
        if sort == "phone":
            groups = [str(rng.randint(10 ** (n - 1), 10**n - 1)) for n in rng.choice([[3, 4], [3, 3, 4], [2, 3, 4], [5, 4], [2, 2, 2, 2]])]
            return rng.choice(["", "+" + str(rng.randint(1, 99)) + " ", "0"]) + rng.choice([" ", "-"]).join(groups)
        if sort == "code":
            letters = "".join(rng.choice("ABCDEFGHKLMNPRSTXZ") for _ in range(rng.randint(1, 3)))
            return rng.choice([f"{letters}-{rng.randint(10, 99999)}", f"{letters}{rng.randint(10, 9999)}", f"{rng.randint(1000, 999999)}", f"{rng.randint(10, 99)}-{letters}"])
        if sort == "flight":
            return "".join(rng.choice("ABCEFKLNSTUX") for _ in range(2)) + rng.choice(["", " "]) + str(rng.randint(10, 9999))
        if sort == "seat":
            return f"{rng.randint(1, 60)}{rng.choice('ABCDEF')}"
        if sort == "version":
            return ".".join(str(rng.randint(0, 20)) for _ in range(rng.choice([2, 2, 3])))
        if sort == "time":
            hour, minute = rng.randint(6, 22), rng.choice([0, 0, 15, 30, 45, 10, 50])
            return f"{hour:02}:{minute:02}" if rng.random() < 0.8 else f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}"
        if sort == "zip":
            return rng.choice([str(rng.randint(10000, 99999)), str(rng.randint(1000, 9999)), f"{rng.choice('ABCEGHLMNS')}{rng.randint(1, 9)} {rng.randint(1, 9)}{rng.choice('ABDEFH')}{rng.choice('LNPQRS')}", f"{rng.randint(100, 999)} {rng.randint(10, 99)}"])
        if sort == "street":
            name = rng.choice(self.names["street"]) if rng.random() < 0.4 else f"{self.invented()} {rng.choice(['Street', 'Road', 'Lane', 'Avenue', 'Square', 'Way'])}"
            number = rng.randint(1, 199)
            return f"{number} {name}" if rng.random() < 0.5 else f"{name} {number}"
        if sort == "product_name":
            name = self.invented()
            return rng.choice([f"{name} {rng.randint(2, 900)}", name, f"{name} {rng.choice(['Pro', 'Mini', 'Max', 'Plus', 'One', 'Air', 'X'])}", f"{name} {rng.choice(WORDS['gadget']).split()[-1].capitalize()}", f"{self.invented()} {name}"])
        if sort == "dish":
            dish = rng.choice(WORDS["dish"])
            return rng.choice([dish, f"{self.invented()} {dish.split()[-1]}", f"{rng.choice(WORDS['adjective'])} {dish}"])
        if sort == "title":
            title = rng.choice(WORDS["event"])
            return rng.choice([title.capitalize(), f"{self.invented()} {title}", title.title(), f"{self.invented()} {rng.choice(['Day', 'Forum', 'Summit', 'Talk', 'Night'])}"])
        if sort == "place":
            kind = rng.choice(WORDS["placekind"])
            return rng.choice([f"{kind} {self.invented()}", f"{self.invented()} {kind}", f"the {rng.choice(WORDS['adjective'])} room", f"room {rng.randint(1, 600)}", f"Hall {rng.choice('ABCDEF')}", f"{rng.choice(WORDS['adjective']).capitalize()} {kind}"])
        if sort == "thing" and rng.random() < 0.3:
            return f"{rng.choice(WORDS['adjective'])} {rng.choice(WORDS['thing'])}"
        if sort == "word":
            return rng.choice([self.syllables(1, 3), self.invented(), rng.choice(WORDS["adjective"])])
        word = rng.choice(WORDS[sort])
        if sort in ("hobby", "skill", "food", "feature", "product", "thing", "tag") and rng.random() < 0.12:
            return self.syllables(1, 3)
        return word
