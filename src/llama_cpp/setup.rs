//! What a model is loaded with.
use super::{FlashAttention, KvOverride, KvType, SplitMode, overrides};
use crate::{ChatTemplate, Error, ErrorKind, Result, llm::invalid};
use std::{fmt, path::PathBuf, sync::Arc};

/// Sequences that llama.cpp can tell apart.
const MOST_PARALLEL: u32 = 256;

/// What the owner thread needs to load a model.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "they are llama.cpp's own switches")]
pub(super) struct Setup {
    pub(super) path: PathBuf,
    pub(super) n_gpu_layers: i32,
    pub(super) main_gpu: i32,
    pub(super) split_mode: SplitMode,
    pub(super) use_mmap: bool,
    pub(super) use_mlock: bool,
    pub(super) vocab_only: bool,
    pub(super) n_ctx: Option<u32>,
    pub(super) n_batch: u32,
    pub(super) n_ubatch: Option<u32>,
    pub(super) n_threads: u32,
    pub(super) n_threads_batch: Option<u32>,
    pub(super) rope_freq_base: f32,
    pub(super) rope_freq_scale: f32,
    pub(super) flash_attn: FlashAttention,
    pub(super) type_k: KvType,
    pub(super) type_v: KvType,
    pub(super) offload_kqv: bool,
    pub(super) lora_path: Option<PathBuf>,
    pub(super) lora_scale: Option<f32>,
    pub(super) loras: Vec<Lora>,
    pub(super) kv_overrides: Vec<(String, KvOverride)>,
    pub(super) chat_template: Option<String>,
    pub(super) devices: Vec<usize>,
    pub(super) progress: Option<Progress>,
    pub(super) warm_up: bool,
    pub(super) n_parallel: Option<u32>,
    pub(super) kv_unified: bool,
    pub(super) deterministic: bool,
    pub(super) n_prompt_step: u32,
    pub(super) cache_tokens: usize,
    pub(super) spill: Option<(PathBuf, u64)>,
    pub(super) draft: Option<PathBuf>,
    pub(super) n_gpu_layers_draft: Option<i32>,
    pub(super) queue: Option<usize>,
    pub(super) verbose: bool,
    #[cfg(test)]
    pub(super) faults: super::faults::Faults,
}

impl Setup {
    /// What holds where nothing else is said.
    pub(super) fn new(path: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(num_cpus::get_physical()).max(1);
        Setup {
            path,
            n_gpu_layers: 0,
            main_gpu: 0,
            split_mode: SplitMode::default(),
            use_mmap: true,
            use_mlock: false,
            vocab_only: false,
            n_ctx: None,
            n_batch: 512,
            n_ubatch: None,
            n_threads: u32::try_from(cores).unwrap_or(1),
            n_threads_batch: None,
            rope_freq_base: 0.0,
            rope_freq_scale: 0.0,
            flash_attn: FlashAttention::default(),
            type_k: KvType::default(),
            type_v: KvType::default(),
            offload_kqv: true,
            lora_path: None,
            lora_scale: None,
            loras: Vec::new(),
            kv_overrides: Vec::new(),
            chat_template: None,
            devices: Vec::new(),
            progress: None,
            warm_up: false,
            n_parallel: None,
            kv_unified: true,
            deterministic: false,
            n_prompt_step: 64,
            cache_tokens: usize::MAX,
            spill: None,
            draft: None,
            n_gpu_layers_draft: None,
            queue: None,
            verbose: false,
            #[cfg(test)]
            faults: super::faults::Faults::default(),
        }
    }

    /// Fails for what no model could be loaded with.
    pub(super) fn validate(&self) -> Result<()> {
        let Setup { n_ctx, n_batch, n_ubatch, n_threads, n_threads_batch, .. } = *self;
        let positive = |name: &str, value: Option<u32>| match value {
            Some(value) if value == 0 || i32::try_from(value).is_err() => {
                Err(invalid(name, &value, &format!("from 1 to {}", i32::MAX)))
            }
            _ => Ok(()),
        };
        positive("n_ctx", n_ctx)?;
        positive("n_batch", Some(n_batch))?;
        positive("n_ubatch", n_ubatch)?;
        positive("n_threads", Some(n_threads))?;
        positive("n_threads_batch", n_threads_batch)?;
        positive("n_prompt_step", Some(self.n_prompt_step))?;
        if let Some(n_parallel) = self.n_parallel.filter(|n| !(1..=MOST_PARALLEL).contains(n)) {
            return Err(invalid("n_parallel", &n_parallel, &format!("from 1 to {MOST_PARALLEL}")));
        }
        for (name, threads) in [("n_threads", Some(n_threads)), ("n_threads_batch", n_threads_batch)] {
            if let Some(threads) = threads.filter(|&threads| threads > 512) {
                return Err(invalid(name, &threads, "at most 512, which is what llama.cpp can use"));
            }
        }
        if let Some(n_ubatch) = n_ubatch.filter(|&n_ubatch| n_ubatch > n_batch) {
            return Err(invalid("n_ubatch", &n_ubatch, &format!("at most `n_batch`, {n_batch}")));
        }
        self.check_gpus()?;
        if let Some(layers) = self.n_gpu_layers_draft.filter(|&layers| layers < -1) {
            return Err(invalid("n_gpu_layers_draft", &layers, "a number of layers, or -1 for all of them"));
        }
        if self.draft.is_some() && self.deterministic {
            let message = "`draft` makes texts in batches of several tokens, whose rounding `deterministic` excludes: leave out one";
            return Err(Error::new(ErrorKind::InvalidOption, message).with_path("draft"));
        }
        if self.spill.is_some() && self.deterministic {
            let message = "`spill` keeps states whatever batches they were evaluated in, which `deterministic` excludes: leave out one";
            return Err(Error::new(ErrorKind::InvalidOption, message).with_path("spill"));
        }
        for (name, value) in [("rope_freq_base", self.rope_freq_base), ("rope_freq_scale", self.rope_freq_scale)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(invalid(name, &value, "a positive number, or 0 for the model's own"));
            }
        }
        if let Some(scale) = self.lora_scale {
            if !scale.is_finite() {
                return Err(invalid("lora_scale", &scale, "a finite number"));
            }
            if self.lora_path.is_none() {
                return Err(invalid("lora_scale", &scale, "left out where there is no `lora_path`"));
            }
        }
        if let (Some(layers), None) = (self.n_gpu_layers_draft, &self.draft) {
            return Err(invalid("n_gpu_layers_draft", &layers, "left out where there is no `draft`"));
        }
        for (at, Lora { name, scale, .. }) in self.loras.iter().enumerate() {
            if !scale.is_finite() {
                return Err(invalid("lora", scale, "a finite number for its scale"));
            }
            if name.is_empty() || self.loras.iter().take(at).any(|before| before.name == *name) {
                return Err(invalid("lora", &format!("{name:?}"), "a name of its own for each adapter"));
            }
        }
        for (key, value) in &self.kv_overrides {
            overrides::check(key, value)?;
        }
        if let Some(queue) = self.queue.filter(|queue| !(1..=65_536).contains(queue)) {
            return Err(invalid("queue", &queue, "from 1 to 65536"));
        }
        if self.type_v.is_quantised() && self.flash_attn == FlashAttention::Off {
            return Err(invalid("type_v", &format!("{:?}", self.type_v), "F32, F16 or Bf16 without flash attention"));
        }
        if let Some(template) = &self.chat_template {
            ChatTemplate::parse(template, "", "")?;
        }
        Ok(())
    }

    pub(super) fn check_gpus(&self) -> Result<()> {
        let Setup { n_gpu_layers, main_gpu, .. } = self;
        if *n_gpu_layers < -1 {
            return Err(invalid("n_gpu_layers", n_gpu_layers, "a number of layers, or -1 for all of them"));
        }
        if *main_gpu < 0 {
            return Err(invalid("main_gpu", main_gpu, "the number of a GPU, from 0"));
        }
        Ok(())
    }
}

/// An adapter that calls ask for by its name.
#[derive(Debug, Clone)]
pub(super) struct Lora {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) scale: f32,
}

/// Who is told how much is loaded.
#[derive(Clone)]
pub(super) struct Progress(pub(super) Arc<dyn Fn(f32) -> bool + Send + Sync>);

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
