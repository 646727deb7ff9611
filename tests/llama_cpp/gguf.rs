//! Small model files with random weights, made by the tests.
use super::{steady::Reader, tiny_path};
use std::io::Write;

const ALIGNMENT: usize = 32;

/// A GGUF file in the making; all tensors are in single precision.
pub(crate) struct Gguf {
    keys: Vec<(String, Vec<u8>)>,
    tensors: Vec<(String, Vec<u64>, Vec<f32>)>,
    random: u64,
}

impl Gguf {
    /// A file of this architecture with nothing else in it.
    pub(crate) fn new(architecture: &str) -> Self {
        Gguf { keys: Vec::new(), tensors: Vec::new(), random: 1 }.text("general.architecture", architecture)
    }

    /// A Llama of one layer with random weights and the vocabulary of the bundled model. Its logits are as large as
    /// `output_norm`.
    pub(crate) fn llama(seed: u64, output_norm: f32) -> Self {
        Gguf::like_llama("llama", seed, output_norm)
    }

    /// The same under the name of another architecture.
    pub(crate) fn like_llama(architecture: &str, seed: u64, output_norm: f32) -> Self {
        let (width, hidden, vocabulary) = (32, 64, 512);
        let key = |name: &str| format!("{architecture}.{name}");
        let mut file = Gguf::new(architecture)
            .seeded(seed)
            .with_tokenizer()
            .number(&key("context_length"), 4096)
            .number(&key("embedding_length"), width as u32)
            .number(&key("feed_forward_length"), hidden as u32)
            .number(&key("block_count"), 1)
            .number(&key("attention.head_count"), 2)
            .number(&key("rope.dimension_count"), 16)
            .float(&key("attention.layer_norm_rms_epsilon"), 1e-5)
            .random("token_embd.weight", &[width, vocabulary], 1.0)
            .filled("output_norm.weight", &[width], output_norm);
        for (part, shape) in [
            ("attn_q", [width, width]),
            ("attn_k", [width, width]),
            ("attn_v", [width, width]),
            ("attn_output", [width, width]),
            ("ffn_gate", [width, hidden]),
            ("ffn_up", [width, hidden]),
            ("ffn_down", [hidden, width]),
        ] {
            file = file.random(&format!("blk.0.{part}.weight"), &shape, 0.5);
        }
        for norm in ["attn_norm", "ffn_norm"] {
            file = file.filled(&format!("blk.0.{norm}.weight"), &[width], 1.0);
        }
        file
    }

    /// The same with other random numbers from here on.
    pub(crate) fn seeded(mut self, seed: u64) -> Self {
        self.random = seed;
        self
    }

    /// The same with the tokenizer of the bundled model.
    pub(crate) fn with_tokenizer(mut self) -> Self {
        let bytes = std::fs::read(tiny_path()).unwrap();
        let mut reader = Reader(&bytes, 16);
        for _ in 0..reader.u64() {
            let name = reader.text();
            let start = reader.1;
            let kind = reader.u32();
            reader.skip(kind);
            if name.starts_with("tokenizer.") {
                self.keys.push((name, bytes[start..reader.1].to_vec()));
            }
        }
        self
    }

    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        self.key(name, 8, &[&(value.len() as u64).to_le_bytes(), value.as_bytes()].concat())
    }

    pub(crate) fn texts(self, name: &str, values: &[&str]) -> Self {
        let mut bytes = [8_u32.to_le_bytes().as_slice(), &(values.len() as u64).to_le_bytes()].concat();
        for value in values {
            bytes.extend_from_slice(&(value.len() as u64).to_le_bytes());
            bytes.extend_from_slice(value.as_bytes());
        }
        self.key(name, 9, &bytes)
    }

    pub(crate) fn number(self, name: &str, value: u32) -> Self {
        self.key(name, 4, &value.to_le_bytes())
    }

    pub(crate) fn float(self, name: &str, value: f32) -> Self {
        self.key(name, 6, &value.to_le_bytes())
    }

    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        self.key(name, 7, &[u8::from(value)])
    }

    /// The same with this value, in the place of another one that it may have had.
    fn key(mut self, name: &str, kind: u32, value: &[u8]) -> Self {
        self.keys.retain(|(known, _)| known != name);
        self.keys.push((name.to_owned(), [&kind.to_le_bytes(), value].concat()));
        self
    }

    /// A tensor whose values are all the same.
    pub(crate) fn filled(mut self, name: &str, shape: &[u64], value: f32) -> Self {
        let count = shape.iter().product::<u64>() as usize;
        self.tensors.push((name.to_owned(), shape.to_vec(), vec![value; count]));
        self
    }

    /// A tensor of numbers between `-size` and `size`.
    pub(crate) fn random(mut self, name: &str, shape: &[u64], size: f32) -> Self {
        let count = shape.iter().product::<u64>() as usize;
        let values = (0..count).map(|_| {
            self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            size * (f32::from((self.random >> 48) as u16) / 32768.0 - 1.0)
        });
        let values = values.collect();
        self.tensors.push((name.to_owned(), shape.to_vec(), values));
        self
    }

    /// The file, which is removed when it is dropped.
    pub(crate) fn write(&self) -> tempfile::NamedTempFile {
        let name = |name: &str| [&(name.len() as u64).to_le_bytes(), name.as_bytes()].concat();
        let mut out = b"GGUF".to_vec();
        out.extend_from_slice(&3_u32.to_le_bytes());
        out.extend_from_slice(&(self.tensors.len() as u64).to_le_bytes());
        out.extend_from_slice(&(self.keys.len() as u64).to_le_bytes());
        for (key, value) in &self.keys {
            out.extend_from_slice(&name(key));
            out.extend_from_slice(value);
        }
        let mut data: Vec<u8> = Vec::new();
        for (tensor, shape, values) in &self.tensors {
            out.extend_from_slice(&name(tensor));
            out.extend_from_slice(&(shape.len() as u32).to_le_bytes());
            for size in shape {
                out.extend_from_slice(&size.to_le_bytes());
            }
            out.extend_from_slice(&0_u32.to_le_bytes());
            out.extend_from_slice(&(data.len() as u64).to_le_bytes());
            for value in values {
                data.extend_from_slice(&value.to_le_bytes());
            }
            data.resize(data.len().next_multiple_of(ALIGNMENT), 0);
        }
        out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
        out.extend_from_slice(&data);
        let mut file = tempfile::Builder::new().suffix(".gguf").tempfile().unwrap();
        file.write_all(&out).unwrap();
        file
    }
}
