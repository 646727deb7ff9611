#!/usr/bin/env python3
"""Draw the losses of a training: plot.py FOLDER OUT.svg"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    lines = [json.loads(line) for line in (given.folder / "log.jsonl").read_text().splitlines()]
    # A training that was resumed went on from an earlier step.
    lines = list({line["step"]: line for line in lines}.values())
    tokens = [line["tokens"] / 1e6 for line in lines]
    matplotlib.rcParams["svg.hashsalt"] = "nano"
    figure, axes = pyplot.subplots(figsize=(7, 3.2))
    axes.plot(tokens, [line["loss"] for line in lines], label="training")
    axes.plot(tokens, [line["held_out_loss"] for line in lines], label="held-out extraction")
    axes.set(xlabel="tokens seen, millions", ylabel="loss, nats a token", yscale="log")
    axes.grid(True, alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(given.out, metadata={"Date": None})


if __name__ == "__main__":
    main()
