#!/usr/bin/env python3
"""Write a GGUF with random weights, a real llama shape and a working tokenizer.

    make_random_model.py models/tiny-random.gguf
    make_random_model.py 135M.gguf --preset 135M --quant Q8_0
    make_random_model.py plain.gguf --no-chat-template

llama.cpp reads and multiplies the same matrices for such a file as for a trained model of
that shape and quantisation, so it serves for tests of everything but the words (loading,
prompts, sampling, grammars, stopping, cancelling) and for benchmarks. The words are noise.

The weights
  * Every matrix is uniform with variance 1/columns, so activations keep their scale through
    any depth and the logits are finite in every quantisation.
  * Rows of the embedding have unit norm, hence entries much smaller than what the layers add:
    the model does not merely repeat its last token, although the embedding is also the output
    matrix.
  * The gain of the last norm sets the spread of the logits so that the next token's entropy is
    about ENTROPY nats (natural text: 1 to 4), whatever the size of the vocabulary.
  * Control tokens get tiny rows: their logits stay near zero, far below the best, so a generation
    ends by its length, its grammar or its stop strings and not by chance.

The tokenizer is a byte-level BPE: three ChatML control tokens, the 256 bytes, merges learned from
SAMPLE_TEXT, then (for the larger presets) merges that spell made-up words. Any text round-trips.

Uniform numbers come from integers by exact arithmetic, so the bytes do not depend on the machine:
same arguments, same seed and the versions of requirements.txt give the same file.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, TokenType
from gguf.quants import quantize

ENTROPY = 3.0


@dataclass(frozen=True)
class Shape:
    """Sizes of a llama model, in elements."""

    like: str
    width: int
    layers: int
    heads: int
    kv_heads: int
    feed_forward: int
    vocab: int
    rope_base: float
    context: int

    @property
    def head_width(self) -> int:
        return self.width // self.heads


PRESETS = {
    "tiny": Shape("no public model", 128, 2, 4, 2, 256, 512, 1e4, 4096),
    "15M": Shape("stories15M", 288, 6, 6, 6, 768, 32000, 1e4, 4096),
    "135M": Shape("SmolLM2-135M", 576, 30, 9, 3, 1536, 49152, 1e5, 8192),
}

# What --quant stores: the layers' matrices, the embedding (llama.cpp's own quantiser also gives a tied
# embedding more bits), and the file type written into the header.
QUANTS = {
    "F32": (GGMLQuantizationType.F32, GGMLQuantizationType.F32, LlamaFileType.ALL_F32),
    "F16": (GGMLQuantizationType.F16, GGMLQuantizationType.F16, LlamaFileType.MOSTLY_F16),
    "Q8_0": (GGMLQuantizationType.Q8_0, GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0),
    "Q4_0": (GGMLQuantizationType.Q4_0, GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q4_0),
}

CONTROL_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END_OF_TEXT, _, IM_END = range(3)

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

# What the first merges are learned from: common words, and the punctuation of JSON.
SAMPLE_TEXT = """
The chain takes a prompt, gives it to the model and parses what comes back. A prompt is a
template with names in it; the names are filled from a map before the model sees the text.
When the answer must be data, the caller gives a schema and the model can write nothing else.
You are a helpful assistant. Answer the question with the facts that you have, and say so when
you do not know. What is the name of the person, how old are they, and where do they live?
{"name": "Ada", "age": 36, "email": "ada@example.org", "tags": ["one", "two"], "active": true}
{"title": "A report", "count": 12, "score": 0.5, "items": [{"id": 1, "value": null}], "ok": false}
There was once a small house at the end of the road, and in the house there lived a woman who
had three children. Every morning they went to the river to bring water, and every evening they
sat together and told each other what they had seen. This is the story that they told.
"""

Merge = tuple[str, str]


# --- tokenizer -------------------------------------------------------------------------


def byte_symbols() -> list[str]:
    """The printable character that byte-level BPE writes for each of the 256 bytes."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    spare = iter(range(256, 512))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]


def split_words(text: str) -> list[str]:
    """Pieces that no merge crosses (close to the rule of GPT-2)."""
    return re.findall(r" ?[^\W\d_]+| ?\d+| ?[^\s\w]+|\s+", text)


def learn_merges(text: str, limit: int) -> list[Merge]:
    """Byte-pair encoding of `text`: the most frequent neighbours first, as long as they occur twice."""
    symbols = byte_symbols()
    words = [([symbols[byte] for byte in word.encode()], n) for word, n in Counter(split_words(text)).items()]
    merges: list[Merge] = []
    while len(merges) < limit:
        pairs: Counter[Merge] = Counter()
        for parts, n in words:
            for pair in zip(parts, parts[1:]):
                pairs[pair] += n
        # Ties are broken by the text of the pair, so that the order is the same everywhere.
        best, seen = max(pairs.items(), key=lambda item: (item[1], item[0]), default=(("", ""), 0))
        if seen < 2:
            break
        merges.append(best)
        for parts, _ in words:
            for i in range(len(parts) - 2, -1, -1):
                if tuple(parts[i : i + 2]) == best:
                    parts[i : i + 2] = ["".join(best)]
    return merges


def invent_merges(known: list[str], count: int, rng: random.Random) -> list[Merge]:
    """`count` more merges, each of two known letter sequences: made-up words, no text needed."""
    space = byte_symbols()[ord(" ")]
    taken = set(known)
    tails = [token for token in known if re.fullmatch(r"[a-z]{1,3}", token)]
    heads = tails + [token for token in known if re.fullmatch(space + r"[a-z]{0,3}", token)]
    merges: list[Merge] = []
    while len(merges) < count:
        pair = (rng.choice(heads), rng.choice(tails))
        word = "".join(pair)
        if word in taken or len(word) > 12:
            continue
        taken.add(word)
        merges.append(pair)
        heads.append(word)
        if len(word) <= 4 and not word.startswith(space):
            tails.append(word)
    return merges


def write_tokenizer(writer: GGUFWriter, size: int, seed: int, chat_template: bool) -> None:
    base = CONTROL_TOKENS + byte_symbols()
    merges = learn_merges(SAMPLE_TEXT, size - len(base))
    known = base + ["".join(merge) for merge in merges]
    merges += invent_merges(known, size - len(known), random.Random(seed))
    tokens = base + ["".join(merge) for merge in merges]
    types = [TokenType.CONTROL] * len(CONTROL_TOKENS) + [TokenType.NORMAL] * (size - len(CONTROL_TOKENS))

    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_bos_token_id(END_OF_TEXT)
    writer.add_eos_token_id(IM_END)
    writer.add_pad_token_id(END_OF_TEXT)
    writer.add_add_bos_token(True)
    if chat_template:
        writer.add_chat_template(CHATML)


# --- weights ---------------------------------------------------------------------------


def uniform(seed: int, name: str, rows: int, columns: int) -> np.ndarray:
    """A matrix of variance 1/columns that depends on the seed and on its own name only."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
    centred = rng.random((rows, columns), np.float32) - np.float32(0.5)
    return centred * np.float32(math.sqrt(12 / columns))


def logit_spread(vocab: int) -> float:
    """Standard deviation of normal logits whose softmax has about ENTROPY nats: for `vocab`
    independent ones of deviation s it is close to ln(vocab) - s*s/2."""
    return math.sqrt(2 * (math.log(vocab) - ENTROPY))


def tensors(shape: Shape, seed: int) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values of each tensor; those with two dimensions are quantised."""
    embedding = uniform(seed, "token_embd", shape.vocab, shape.width)
    embedding[: len(CONTROL_TOKENS)] *= np.float32(0.05)
    yield "token_embd.weight", embedding
    yield "output_norm.weight", np.full(shape.width, logit_spread(shape.vocab), np.float32)

    kv_width = shape.head_width * shape.kv_heads
    matrices = {
        "attn_q": (shape.width, shape.width),
        "attn_k": (kv_width, shape.width),
        "attn_v": (kv_width, shape.width),
        "attn_output": (shape.width, shape.width),
        "ffn_gate": (shape.feed_forward, shape.width),
        "ffn_up": (shape.feed_forward, shape.width),
        "ffn_down": (shape.width, shape.feed_forward),
    }
    for layer in range(shape.layers):
        for norm in ("attn_norm", "ffn_norm"):
            yield f"blk.{layer}.{norm}.weight", np.ones(shape.width, np.float32)
        for matrix, (rows, columns) in matrices.items():
            name = f"blk.{layer}.{matrix}"
            yield f"{name}.weight", uniform(seed, name, rows, columns)


# --- file ------------------------------------------------------------------------------


def write_model(path: Path, preset: str, quant: str, seed: int, chat_template: bool) -> None:
    shape = PRESETS[preset]
    layer_type, embedding_type, file_type = QUANTS[quant]
    writer = GGUFWriter(path, "llama")
    writer.add_name(f"random {preset} ({quant}, seed {seed})")
    writer.add_description("Random weights: what it writes is noise.")
    writer.add_license("MIT OR Apache-2.0")
    writer.add_file_type(file_type)
    writer.add_vocab_size(shape.vocab)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(1e-5)
    write_tokenizer(writer, shape.vocab, seed, chat_template)

    parameters = 0
    for name, values in tensors(shape, seed):
        parameters += values.size
        if values.ndim == 1:
            writer.add_tensor(name, values)
        else:
            kind = embedding_type if name == "token_embd.weight" else layer_type
            writer.add_tensor(name, quantize(values, kind), raw_dtype=kind)

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(f"{path}: {parameters:,} parameters, {path.stat().st_size:,} bytes")


def main(argv: list[str] | None = None) -> int:
    presets = "\n".join(
        f"  {name:5} width {s.width}, {s.layers} layers, {s.heads}/{s.kv_heads} heads, feed-forward {s.feed_forward}, "
        f"vocabulary {s.vocab} (shape of {s.like})"
        for name, s in PRESETS.items()
    )
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"presets:\n{presets}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path, help="the GGUF to write")
    parser.add_argument("--preset", choices=PRESETS, default="tiny", help="shape (default: tiny)")
    parser.add_argument("--quant", choices=QUANTS, default="F16", help="how matrices are stored (default: F16)")
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    parser.add_argument("--no-chat-template", action="store_true", help="leave the chat template out")
    args = parser.parse_args(argv)
    write_model(args.output, args.preset, args.quant, args.seed, not args.no_chat_template)
    return 0


if __name__ == "__main__":
    sys.exit(main())
