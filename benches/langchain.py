#!/usr/bin/env python3
"""What a chain costs in catena and in LangChain, measured in turn and printed as a table.

    pip install -r benches/requirements.txt
    python3 benches/langchain.py [--rounds 3]

Each round runs `cargo bench --bench langchain` (release profile) and then the same cases in LangChain. A case keeps the
least time of its repetitions, as the Rust half does; the table shows the median of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import time
from pathlib import Path
from statistics import median

os.environ.update({"LANGCHAIN_TRACING_V2": "false", "LANGSMITH_TRACING": "false"})

import langchain_core
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.llms import LLM
from langchain_core.output_parsers import JsonOutputParser, StrOutputParser
from langchain_core.outputs import GenerationChunk
from langchain_core.prompts import PromptTemplate
from langchain_core.runnables import RunnableLambda

MANY = 1_000
ROOT = Path(__file__).parent.parent


class Scripted(LLM):
    """Writes so many tokens, as their LlamaCpp does: without a way of its own to stream asynchronously."""

    tokens: int

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _call(self, prompt, stop=None, run_manager=None, **_) -> str:
        return "x " * self.tokens

    def _stream(self, prompt, stop=None, run_manager=None, **_):
        for _ in range(self.tokens):
            chunk = GenerationChunk(text="x ")
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk


class Idle(BaseCallbackHandler):
    """Is told of everything and does nothing."""


def best(work, rounds: int) -> float:
    least = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - began)
    return least * 1e6


async def best_async(work, rounds: int) -> float:
    least = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        least = min(least, time.perf_counter() - began)
    return least * 1e6


def drain(chunks) -> None:
    for _ in chunks:
        pass


async def drain_async(chunks) -> None:
    async for _ in chunks:
        pass


def same(value):
    return value


async def same_async(value):
    return value


def json_pieces(chunks: int) -> list[str]:
    text = "[" + ",".join(['{"name":"Ada","born":1815,"tags":["a","b"]}'] * (chunks * 4 // 44)) + "]"
    return [text[at : at + 4] for at in range(0, len(text), 4)]


async def langchain() -> dict[str, tuple[float | None, float | None]]:
    """Each case in microseconds: synchronous, and asynchronous where that differs in kind."""
    step = RunnableLambda(same, afunc=same_async)
    three = step | step | step
    prompt = PromptTemplate.from_template("Name three {things}.")
    short, parsed = (prompt | Scripted(tokens=tokens) | StrOutputParser() for tokens in (1, MANY))
    bare, things = Scripted(tokens=MANY), {"things": "trees"}
    watched = {"callbacks": [Idle()]}
    cases = {
        "three functions, invoked": (
            best(lambda: three.invoke(1), 500),
            await best_async(lambda: three.ainvoke(1), 500),
        ),
        "prompt, model and parser, invoked": (
            best(lambda: short.invoke(things), 500),
            await best_async(lambda: short.ainvoke(things), 500),
        ),
        "a token of a model": (
            best(lambda: drain(bare.stream("x")), 5) / MANY,
            await best_async(lambda: drain_async(bare.astream("x")), 5) / MANY,
        ),
        "a token of a model, with a handler": (
            best(lambda: drain(bare.stream("x", config=watched)), 5) / MANY,
            await best_async(lambda: drain_async(bare.astream("x", config=watched)), 5) / MANY,
        ),
        "a token through a chain and its parser": (
            best(lambda: drain(parsed.stream(things)), 5) / MANY,
            await best_async(lambda: drain_async(parsed.astream(things)), 5) / MANY,
        ),
        "the same, as events": (
            None,
            await best_async(lambda: drain_async(parsed.astream_events(things, version="v2")), 3) / MANY,
        ),
    }
    for chunks in (231, 1_911):
        pieces = json_pieces(chunks)
        took = best(lambda: drain(JsonOutputParser().transform(iter(pieces))), 2)
        cases[f"a chunk of {chunks:,} through a JSON parser"] = (took / len(pieces), None)
    inputs = list(range(MANY))
    cases["an input of a batch of 1,000"] = (
        best(lambda: three.batch(inputs), 3) / MANY,
        await best_async(lambda: three.abatch(inputs), 3) / MANY,
    )
    return cases


def catena() -> dict[str, float]:
    command = ["cargo", "bench", "-q", "--no-default-features", "--bench", "langchain"]
    lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return {case["case"]: case["micros"] for case in map(json.loads, lines)}


def shown(micros: float | None) -> str:
    if micros is None:
        return ""
    return f"{micros:.2f}" if micros < 10 else f"{micros:,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each, in turn (default: %(default)s)")
    rounds = parser.parse_args().rounds
    if rounds < 1:
        parser.error("--rounds must be at least 1")
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(catena())
        theirs.append(asyncio.run(langchain()))
    print(f"| µs | catena | LangChain {langchain_core.__version__} | the same, async |\n|:--|--:|--:|--:|")
    for case in ours[0]:
        columns = [median(round[case] for round in ours)]
        for column in (0, 1):
            times = [round[case][column] for round in theirs]
            columns.append(None if None in times else median(times))
        print(f"| {case} | " + " | ".join(shown(micros) for micros in columns) + " |")


if __name__ == "__main__":
    main()
