#!/usr/bin/env python3
"""Write a trained model as GGUF.

    export.py FOLDER models/nano.gguf [--quant Q8_0|F16|F32]

The file holds the tokenizer and a ChatML template; llama.cpp loads it as it is.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, TokenType
from gguf.quants import quantize

from tasks import END, START, STOP

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def names(layers: int) -> dict[str, str]:
    """GGUF's names of the tensors that are stored whole."""
    table = {"embedding.weight": "token_embd.weight", "norm.weight": "output_norm.weight"}
    for i in range(layers):
        table |= {
            f"blocks.{i}.attention_norm.weight": f"blk.{i}.attn_norm.weight",
            f"blocks.{i}.output.weight": f"blk.{i}.attn_output.weight",
            f"blocks.{i}.feed_forward_norm.weight": f"blk.{i}.ffn_norm.weight",
            f"blocks.{i}.down.weight": f"blk.{i}.ffn_down.weight",
        }
    return table


def tensors(state: dict, layers: int) -> dict[str, np.ndarray]:
    """All tensors, the joined matrices taken apart."""
    table = names(layers)
    made = {table[name]: value for name, value in state.items() if name in table}
    for i in range(layers):
        q, k, v = state[f"blocks.{i}.query_key_value.weight"].chunk(3)
        gate, up = state[f"blocks.{i}.gate_up.weight"].chunk(2)
        made |= {f"blk.{i}.attn_q.weight": q, f"blk.{i}.attn_k.weight": k, f"blk.{i}.attn_v.weight": v}
        made |= {f"blk.{i}.ffn_gate.weight": gate, f"blk.{i}.ffn_up.weight": up}
    return {name: value.float().numpy() for name, value in made.items()}


def vocabulary(tokenizer: dict, size: int) -> tuple[list[str], list[TokenType], list[str]]:
    """Texts and types of all tokens, and the merges. Unused rows of the embedding get names of their own."""
    ids = tokenizer["model"]["vocab"] | {added["content"]: added["id"] for added in tokenizer["added_tokens"]}
    texts = {number: text for text, number in ids.items()}
    control = {added["id"] for added in tokenizer["added_tokens"]}
    words = [texts.get(i, f"[UNUSED{i}]") for i in range(size)]
    types = [
        TokenType.CONTROL if i in control else TokenType.NORMAL if i in texts else TokenType.UNUSED for i in range(size)
    ]
    return words, types, [" ".join(merge) for merge in tokenizer["model"]["merges"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--checkpoint", default="model.pt")
    parser.add_argument("--quant", choices=["Q8_0", "F16", "F32"], default="Q8_0")
    given = parser.parse_args()

    saved = torch.load(given.folder / given.checkpoint, map_location="cpu", weights_only=True)
    shape, state = saved["shape"], saved["model"]
    tokenizer = json.loads((given.folder / "tokenizer.json").read_text())
    words, types, merges = vocabulary(tokenizer, shape["vocab"])

    writer = GGUFWriter(given.out, "llama")
    writer.add_name("catena nano")
    writer.add_description("Reads a short text and fills in a JSON schema. Trained on synthetic texts.")
    writer.add_license("MIT OR Apache-2.0")
    writer.add_file_type(getattr(LlamaFileType, {"Q8_0": "MOSTLY_Q8_0", "F16": "MOSTLY_F16", "F32": "ALL_F32"}[given.quant]))
    writer.add_vocab_size(shape["vocab"])
    writer.add_context_length(shape["context"])
    writer.add_embedding_length(shape["width"])
    writer.add_block_count(shape["layers"])
    writer.add_feed_forward_length(shape["feed_forward"])
    writer.add_head_count(shape["heads"])
    writer.add_head_count_kv(shape["heads"])
    writer.add_rope_dimension_count(shape["width"] // shape["heads"])
    writer.add_rope_freq_base(shape["rope_base"])
    writer.add_layer_norm_rms_eps(shape["epsilon"])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(words)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(words.index(STOP))
    writer.add_eos_token_id(words.index(END))
    writer.add_pad_token_id(words.index(STOP))
    writer.add_eot_token_id(words.index(END))
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)

    kind = GGMLQuantizationType[given.quant]
    for name, value in tensors(state, shape["layers"]).items():
        if value.ndim == 2:
            writer.add_tensor(name, quantize(value, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, value.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(f"{given.out}: {given.out.stat().st_size:,} bytes, {saved['tokens']:,} tokens seen; {START} is {words.index(START)}")


if __name__ == "__main__":
    main()
