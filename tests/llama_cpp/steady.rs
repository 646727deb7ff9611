//! The bundled model with exact weights.
use super::tiny_path;
use catena::{FlashAttention, KvType, LlamaCpp, LlamaCppBuilder};
use std::{io::Write, sync::LazyLock};

/// The bundled model in single precision, and so its cache. Kernels for batches of different sizes then differ by
/// so little that no choice in a test depends on it; in half precision they differ by more than the likeliest tokens
/// of a model with random weights do.
pub(crate) fn steady() -> LlamaCppBuilder {
    static FILE: LazyLock<tempfile::NamedTempFile> = LazyLock::new(|| {
        let bytes = single(&std::fs::read(tiny_path()).unwrap());
        let mut file = tempfile::Builder::new().suffix(".gguf").tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        file
    });
    let builder = LlamaCpp::builder(FILE.path()).n_ctx(512).n_threads(1).type_k(KvType::F32).type_v(KvType::F32);
    // Flash attention works in half precision whatever the cache holds.
    builder.flash_attn(FlashAttention::Off)
}

/// Bytes of a GGUF file, and how far they are read.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8], pub(crate) usize);

impl Reader<'_> {
    pub(crate) fn u32(&mut self) -> u32 {
        self.1 += 4;
        u32::from_le_bytes(self.0[self.1 - 4..self.1].try_into().unwrap())
    }

    pub(crate) fn u64(&mut self) -> u64 {
        self.1 += 8;
        u64::from_le_bytes(self.0[self.1 - 8..self.1].try_into().unwrap())
    }

    pub(crate) fn text(&mut self) -> String {
        let length = self.u64() as usize;
        self.1 += length;
        String::from_utf8_lossy(&self.0[self.1 - length..self.1]).into_owned()
    }

    fn skip_text(&mut self) {
        self.text();
    }

    /// Passes over a value of a type of GGUF.
    pub(crate) fn skip(&mut self, kind: u32) {
        match kind {
            8 => self.skip_text(),
            9 => {
                let kind = self.u32();
                (0..self.u64()).for_each(|_| self.skip(kind));
            }
            0 | 1 | 7 => self.1 += 1,
            2 | 3 => self.1 += 2,
            4..=6 => self.1 += 4,
            _ => self.1 += 8,
        }
    }
}

/// The GGUF file with all tensors in single precision.
fn single(bytes: &[u8]) -> Vec<u8> {
    const ALIGNMENT: usize = 32;
    let mut reader = Reader(bytes, 8);
    let (tensors, keys) = (reader.u64(), reader.u64());
    for _ in 0..keys {
        reader.skip_text();
        let kind = reader.u32();
        reader.skip(kind);
    }
    let mut out = bytes[..reader.1].to_vec();
    let mut data = Vec::new();
    let mut infos = Vec::new();
    for _ in 0..tensors {
        let start = reader.1;
        reader.skip_text();
        let elements: u64 = (0..reader.u32()).map(|_| reader.u64()).product();
        out.extend_from_slice(&bytes[start..reader.1]);
        let (kind, offset) = (reader.u32(), reader.u64() as usize);
        out.extend_from_slice(&0_u32.to_le_bytes());
        out.extend_from_slice(&(data.len() as u64).to_le_bytes());
        infos.push((kind, offset, elements as usize));
        data.resize((data.len() + 4 * elements as usize).next_multiple_of(ALIGNMENT), 0);
    }
    let begin = reader.1.next_multiple_of(ALIGNMENT);
    out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
    for (kind, offset, elements) in infos {
        let from = &bytes[begin + offset..];
        let mut values = Vec::with_capacity(4 * elements);
        match kind {
            0 => values.extend_from_slice(&from[..4 * elements]),
            1 => values.extend(from[..2 * elements].chunks_exact(2).flat_map(|half| widened(half).to_le_bytes())),
            other => panic!("the bundled model has a tensor of type {other}"),
        }
        values.resize(values.len().next_multiple_of(ALIGNMENT), 0);
        out.extend(values);
    }
    out
}

/// A number in half precision as one in single precision.
fn widened(half: &[u8]) -> f32 {
    let bits = u32::from(u16::from_le_bytes([half[0], half[1]]));
    let (sign, exponent, fraction) = (bits >> 15, bits >> 10 & 0x1f, bits & 0x3ff);
    let size = match exponent {
        0 => f32::from(fraction as u16) * 2_f32.powi(-24),
        31 => f32::INFINITY,
        _ => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    };
    if sign == 1 { -size } else { size }
}
