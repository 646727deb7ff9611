//! The enumerations among the parameters.
use llama_cpp_2::{context::params::KvCacheType, model::params::LlamaSplitMode};

/// Whether flash attention is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FlashAttention {
    /// llama.cpp decides.
    #[default]
    Auto,
    /// Always; a model that cannot is an error when it is loaded.
    On,
    /// Never.
    Off,
}

impl FlashAttention {
    pub(super) fn to_llama(self) -> llama_cpp_sys_2::llama_flash_attn_type {
        match self {
            FlashAttention::Auto => llama_cpp_sys_2::LLAMA_FLASH_ATTN_TYPE_AUTO,
            FlashAttention::On => llama_cpp_sys_2::LLAMA_FLASH_ATTN_TYPE_ENABLED,
            FlashAttention::Off => llama_cpp_sys_2::LLAMA_FLASH_ATTN_TYPE_DISABLED,
        }
    }
}

/// How the key-value cache is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are those of the formats")]
pub enum KvType {
    F32,
    #[default]
    F16,
    Bf16,
    Q8_0,
    Q5_1,
    Q5_0,
    Q4_1,
    Q4_0,
}

impl KvType {
    pub(super) fn to_llama(self) -> KvCacheType {
        match self {
            KvType::F32 => KvCacheType::F32,
            KvType::F16 => KvCacheType::F16,
            KvType::Bf16 => KvCacheType::BF16,
            KvType::Q8_0 => KvCacheType::Q8_0,
            KvType::Q5_1 => KvCacheType::Q5_1,
            KvType::Q5_0 => KvCacheType::Q5_0,
            KvType::Q4_1 => KvCacheType::Q4_1,
            KvType::Q4_0 => KvCacheType::Q4_0,
        }
    }

    pub(super) fn is_quantised(self) -> bool {
        !matches!(self, KvType::F32 | KvType::F16 | KvType::Bf16)
    }
}

/// How a model is split over several GPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SplitMode {
    /// One GPU, the main one.
    None,
    /// Whole layers.
    #[default]
    Layer,
    /// The rows of matrices.
    Row,
}

impl SplitMode {
    pub(super) fn to_llama(self) -> LlamaSplitMode {
        match self {
            SplitMode::None => LlamaSplitMode::None,
            SplitMode::Layer => LlamaSplitMode::Layer,
            SplitMode::Row => LlamaSplitMode::Row,
        }
    }
}
