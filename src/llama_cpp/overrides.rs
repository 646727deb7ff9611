//! Values of the model file that are replaced when it is loaded.
use crate::{Result, llm::invalid};
use llama_cpp_2::model::params::{LlamaModelParams, kv_overrides::ParamOverrideValue};
use std::{
    ffi::{CString, c_char},
    fmt,
    pin::Pin,
};

/// A value for [`kv_override`](crate::LlamaCppBuilder::kv_override); made of a `bool`, an integer or a text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KvOverride {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A text of at most 127 bytes.
    Text(String),
}

impl From<bool> for KvOverride {
    fn from(value: bool) -> Self {
        KvOverride::Bool(value)
    }
}

impl From<i64> for KvOverride {
    fn from(value: i64) -> Self {
        KvOverride::Int(value)
    }
}

impl From<&str> for KvOverride {
    fn from(value: &str) -> Self {
        KvOverride::Text(value.to_owned())
    }
}

impl fmt::Display for KvOverride {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KvOverride::Bool(value) => value.fmt(f),
            KvOverride::Int(value) => value.fmt(f),
            KvOverride::Text(value) => write!(f, "{value:?}"),
        }
    }
}

/// The tokens that llama.cpp reads the numbers of, in its spelling.
const TOKENS: [&str; 17] = [
    "bos_token_id",
    "eos_token_id",
    "eot_token_id",
    "eom_token_id",
    "unknown_token_id",
    "seperator_token_id",
    "padding_token_id",
    "mask_token_id",
    "fim_pre_token_id",
    "fim_suf_token_id",
    "fim_mid_token_id",
    "fim_pad_token_id",
    "fim_rep_token_id",
    "fim_sep_token_id",
    "prefix_token_id",
    "suffix_token_id",
    "middle_token_id",
];

/// Checks that llama.cpp reads the key, and takes such a value for it. A value of another kind it passes over, and one
/// that contradicts the tensors ends the process, so there is no more than these.
pub(super) fn check(key: &str, value: &KvOverride) -> Result<()> {
    let tokenizer = key.strip_prefix("tokenizer.ggml.").unwrap_or_default();
    let known = if tokenizer == "pre" {
        "a text of 1 to 127 bytes without NUL"
    } else if matches!(tokenizer, "add_bos_token" | "add_eos_token" | "add_sep_token" | "add_space_prefix") {
        "true or false"
    } else if TOKENS.contains(&tokenizer) {
        "the number of a token"
    } else if key.ends_with(".context_length") {
        "from 1 to 2147483647"
    } else {
        let keys = "`tokenizer.ggml.pre`, `.add_bos_token`, `.add_eos_token`, `.add_sep_token`, `.add_space_prefix`, \
                    `….context_length`, or";
        let keys = format!(
            "{keys} the number of one of these tokens, which are all that can be replaced: {}",
            TOKENS.join(", ")
        );
        return Err(invalid("kv_override", &key, &keys));
    };
    let fits = match value {
        KvOverride::Text(text) => tokenizer == "pre" && (1..128).contains(&text.len()) && !text.contains('\0'),
        KvOverride::Bool(_) => tokenizer.starts_with("add_"),
        KvOverride::Int(0) => tokenizer.ends_with("_token_id"),
        KvOverride::Int(number) => {
            i32::try_from(*number).is_ok_and(|number| number > 0)
                && tokenizer != "pre"
                && !tokenizer.starts_with("add_")
        }
    };
    let named = format!("{key} = {value}");
    if !fits {
        return Err(invalid("kv_override", &named, known));
    }
    if key.len() > 127 || !key.is_ascii() || key.contains('\0') {
        return Err(invalid("kv_override", &named, "a key of at most 127 letters of ASCII"));
    }
    Ok(())
}

/// Checks what only the loaded file tells: llama.cpp passes over a token that is none, and over keys of another
/// architecture.
pub(super) fn check_against(key: &str, value: &KvOverride, architecture: &str, n_vocab: i32) -> Result<()> {
    let named = format!("{key} = {value}");
    let own = format!("{architecture}.context_length");
    match value {
        KvOverride::Int(number) if key.ends_with("_token_id") && *number >= i64::from(n_vocab) => {
            Err(invalid("kv_override", &named, &format!("the number of one of the {n_vocab} tokens")))
        }
        KvOverride::Int(_) if key.ends_with(".context_length") && *key != own => {
            Err(invalid("kv_override", &named, &format!("one of the file's architecture: `{own}`")))
        }
        _ => Ok(()),
    }
}

/// Adds a checked one to the parameters.
pub(super) fn add(mut params: Pin<&mut LlamaModelParams>, key: &str, value: &KvOverride) -> Result<()> {
    let named = CString::new(key).map_err(|_| invalid("kv_override", &key, "a key without NUL"))?;
    let value = match value {
        KvOverride::Bool(value) => ParamOverrideValue::Bool(*value),
        KvOverride::Int(value) => ParamOverrideValue::Int(*value),
        KvOverride::Text(text) => {
            let mut bytes: [c_char; 128] = [0; 128];
            for (place, byte) in bytes.iter_mut().take(127).zip(text.bytes()) {
                *place = c_char::from_ne_bytes([byte]);
            }
            ParamOverrideValue::Str(bytes)
        }
    };
    params.as_mut().append_kv_override(&named, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_llama_cpp_takes_passes() {
        let bad: &[(&str, KvOverride)] = &[
            ("llama.block_count", 3.into()),
            ("tokenizer.ggml.model", "spm".into()),
            ("tokenizer.ggml.add_bos_token", 1.into()),
            ("tokenizer.ggml.bos_token_id", (-1).into()),
            ("tokenizer.ggml.bos_token_id", true.into()),
            ("tokenizer.ggml.end_token_id", 2.into()),
            ("tokenizer.ggml._token_id", 2.into()),
            ("tokenizer.ggml.pre", "".into()),
            ("tokenizer.ggml.pre", "x".repeat(128).as_str().into()),
            ("llama.context_length", 0.into()),
            ("é.context_length", 1.into()),
            ("", true.into()),
        ];
        for (key, value) in bad {
            assert!(check(key, value).is_err(), "{key} = {value}");
        }
        let good: &[(&str, KvOverride)] = &[
            ("tokenizer.ggml.add_bos_token", false.into()),
            ("tokenizer.ggml.eos_token_id", 0.into()),
            ("tokenizer.ggml.pre", "llama-bpe".into()),
            ("llama.context_length", 8192.into()),
        ];
        for (key, value) in good {
            check(key, value).unwrap();
            check_against(key, value, "llama", 1).unwrap();
        }
        assert!(check_against("tokenizer.ggml.eos_token_id", &1.into(), "llama", 1).is_err());
        assert!(check_against("llama.context_length", &8192.into(), "qwen2", 1).is_err());
    }
}
