//! How a model is loaded.
use super::{
    FlashAttention, KvOverride, KvType, LlamaCpp, SplitMode,
    handle::Loading,
    setup::{Lora, Progress, Setup},
};
use crate::{Error, ErrorKind, GenerateOptions, Grammar, Mirostat, Model, Overflow, Result, Thinking};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// Loads a model; made by [`LlamaCpp::builder`].
///
/// Parameters have llama.cpp's names; each says its default. Those of [`GenerateOptions`] hold for all calls that do not
/// give their own.
#[derive(Debug, Clone)]
#[must_use = "a builder loads nothing until `load` is called"]
pub struct LlamaCppBuilder {
    setup: Setup,
    options: GenerateOptions,
    grammar: Option<Grammar>,
    grammar_path: Option<PathBuf>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty => $field:ident = $value:expr;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(mut self, $name: $type) -> Self {
                self.setup.$field = $value;
                self
            }
        )*
    };
}

pub(super) use setters;

macro_rules! sampling {
    ($($name:ident: $type:ty),* $(,)?) => {
        $(
            #[doc = concat!("Sets [`", stringify!($name), "`](field@GenerateOptions::", stringify!($name), ") for all calls that do not.")]
            pub fn $name(mut self, $name: $type) -> Self {
                self.options.$name = Some($name);
                self
            }
        )*
    };
}

impl LlamaCppBuilder {
    pub(super) fn new(path: PathBuf) -> Self {
        LlamaCppBuilder { setup: Setup::new(path), options: GenerateOptions::new(), grammar: None, grammar_path: None }
    }

    setters! {
        /// Layers to put on the GPU; -1 puts all of them there. Default 0.
        n_gpu_layers: i32 => n_gpu_layers = n_gpu_layers;
        /// The GPU that does what is not split. Default 0.
        main_gpu: i32 => main_gpu = main_gpu;
        /// How the model is split over several GPUs. Default by layers.
        split_mode: SplitMode => split_mode = split_mode;
        /// Whether the file is mapped into memory rather than read. Default true.
        use_mmap: bool => use_mmap = use_mmap;
        /// Whether the model is kept from being swapped out. Default false.
        use_mlock: bool => use_mlock = use_mlock;
        /// Whether to load the vocabulary alone, to count tokens. Default false.
        vocab_only: bool => vocab_only = vocab_only;
        /// Tokens of a text, prompt and answer together. Default: as many as the model was trained for.
        n_ctx: u32 => n_ctx = Some(n_ctx);
        /// Tokens evaluated at once; a call that is cancelled in its prompt stops after as many. Default 512.
        n_batch: u32 => n_batch = n_batch;
        /// Tokens that the hardware evaluates at once, at most `n_batch`. Default `n_batch`.
        n_ubatch: u32 => n_ubatch = Some(n_ubatch);
        /// Threads used to decode. Default: the physical cores.
        n_threads: u32 => n_threads = n_threads;
        /// Threads used to evaluate prompts. Default `n_threads`.
        n_threads_batch: u32 => n_threads_batch = Some(n_threads_batch);
        /// Base frequency of the rotary position embedding; 0 takes the model's. Default 0.
        rope_freq_base: f32 => rope_freq_base = rope_freq_base;
        /// Frequency scale of the rotary position embedding; 0 takes the model's. Default 0.
        rope_freq_scale: f32 => rope_freq_scale = rope_freq_scale;
        /// Whether flash attention is used. Default: llama.cpp decides.
        flash_attn: FlashAttention => flash_attn = flash_attn;
        /// How the keys in the cache are stored. Default F16.
        type_k: KvType => type_k = type_k;
        /// How the values in the cache are stored; quantised ones need flash attention. Default F16.
        type_v: KvType => type_v = type_v;
        /// Whether the cache is on the GPU with the layers. Default true.
        offload_kqv: bool => offload_kqv = offload_kqv;
        /// A LoRA adapter to lay over the model, for all calls that name no other.
        lora_path: impl Into<PathBuf> => lora_path = Some(lora_path.into());
        /// How strongly the adapter of [`lora_path`](LlamaCppBuilder::lora_path) counts; an error without one. Default 1.
        lora_scale: f32 => lora_scale = Some(lora_scale);
        /// The chat template to use instead of the one in the file, in Jinja.
        chat_template: impl Into<String> => chat_template = Some(chat_template.into());
        /// The devices to use, by the numbers that [`LlamaCpp::devices`] lists. Default: all.
        devices: Vec<usize> => devices = devices;
        /// Speculative decoding: a smaller model of the same family that guesses what this one will write; several guessed
        /// tokens are evaluated at once, and those kept that this model would have chosen, so the texts stay the same. It
        /// pays where the small model is many times faster and often right; where it is wrong, it is asked less. It takes
        /// memory for a context of its own, and a prompt is evaluated by both. Default: none.
        draft: impl Into<PathBuf> => draft = Some(draft.into());
        /// Layers of the draft model to put on the GPU; -1 puts all of them there. Default `n_gpu_layers`.
        n_gpu_layers_draft: i32 => n_gpu_layers_draft = Some(n_gpu_layers_draft);
        /// Whether a token is evaluated when the model is loaded, so that the first call finds all in place. Default
        /// false.
        warm_up: bool => warm_up = warm_up;
        /// Texts written at once: their tokens are evaluated in the same batches, which costs little more than one of
        /// them alone. Further ones wait. Default 8; 4 for recurrent models.
        n_parallel: u32 => n_parallel = Some(n_parallel);
        /// Whether the texts written at once share one context of `n_ctx` tokens. So any one of them may take it all,
        /// and a prefix that several have is held once; where there is no room for all, some wait. Without it each has
        /// a context of `n_ctx` tokens of its own, which takes that much more memory, and is faster for long texts
        /// that have nothing in common, as none looks past the others' tokens. Default true.
        kv_unified: bool => kv_unified = kv_unified;
        /// Whether texts are the same to the last bit whatever else runs. The kernels of matrix products round in
        /// another way for other sizes of batches, so a text whose likeliest tokens are equally likely but for a
        /// rounding may come out differently beside others than alone. With this each text is evaluated by itself, in
        /// parts that depend on nothing else, as without `kv_unified`; texts gain nothing from being written at once.
        /// Default false.
        deterministic: bool => deterministic = deterministic;
        /// Tokens of prompts evaluated in one step while other texts are being written: fewer keep those fluent, more
        /// get through the prompts sooner. Default 64.
        n_prompt_step: u32 => n_prompt_step = n_prompt_step;
        /// Prefix cache: tokens of texts that are over which are kept for prompts that begin like them; 0 keeps none.
        /// Default: as many as there is room for.
        cache_tokens: usize => cache_tokens = cache_tokens;
        /// Calls that may wait for the engine, from 1 to 65536: a further one fails at once, with [`ErrorKind::Busy`].
        /// Default: any number.
        queue: usize => queue = Some(queue);
        /// Sends llama.cpp's log to `tracing`, target `llama.cpp`, for all models of the process. Default false.
        verbose: bool => verbose = verbose;
    }

    sampling! {
        max_tokens: usize,
        timeout: Duration,
        priority: i32,
        fast_forward: bool,
        close: bool,
        lookup: bool,
        thinking: Thinking,
        overflow: Overflow,
        n_keep: usize,
        echo: bool,
        suffix: String,
        logprobs: u32,
        seed: u32,
        temperature: f32,
        top_k: u32,
        top_p: f32,
        min_p: f32,
        typical_p: f32,
        repeat_penalty: f32,
        frequency_penalty: f32,
        presence_penalty: f32,
        penalty_last_n: u32,
        mirostat: Mirostat,
        mirostat_tau: f32,
        mirostat_eta: f32,
        dry_multiplier: f32,
        dry_base: f32,
        dry_allowed_length: u32,
        dry_penalty_last_n: u32,
        dry_sequence_breakers: Vec<String>,
        xtc_probability: f32,
        xtc_threshold: f32,
    }

    /// Adds texts that end the generation.
    pub fn stop<S: Into<String>>(mut self, texts: impl IntoIterator<Item = S>) -> Self {
        self.options = self.options.stop(texts);
        self
    }

    /// Adds this much to a token's logit.
    pub fn logit_bias(mut self, token: u32, bias: f32) -> Self {
        self.options = self.options.logit_bias(token, bias);
        self
    }

    /// Options for all calls that do not give their own; joined with those given before.
    pub fn options(mut self, options: GenerateOptions) -> Self {
        self.options = self.options.overridden_by(options);
        self
    }

    /// A LoRA adapter that calls ask for by this name, with [`GenerateOptions::lora`]. Calls with the same adapter are
    /// written together; those with another wait for their turn. Which one holds for a call that names none is said by
    /// [`lora_path`](LlamaCppBuilder::lora_path), or by [`options`](LlamaCppBuilder::options).
    pub fn lora(mut self, name: impl Into<String>, path: impl Into<PathBuf>, scale: f32) -> Self {
        self.setup.loras.push(Lora { name: name.into(), path: path.into(), scale });
        self
    }

    /// Where texts that are over go when there is no room for them any more: their states are written into files in this
    /// folder, which take `bytes` at most, and are read again for prompts that begin like them, also after the model was
    /// loaded again. The folder may serve several models. A state that cannot be written or read is evaluated again,
    /// and counted in [`Stats::spill_failures`](crate::Stats::spill_failures). Texts wait while a state is written or
    /// read, so this is for long prompts that come back, on a fast disk. An error with `deterministic`. Default: nowhere.
    pub fn spill(mut self, folder: impl Into<PathBuf>, bytes: u64) -> Self {
        self.setup.spill = Some((folder.into(), bytes));
        self
    }

    /// Replaces a value of the model file: how its tokenizer works (`tokenizer.ggml.pre`, `.add_bos_token`,
    /// `.add_eos_token`, `.add_sep_token`, `.add_space_prefix`, `.bos_token_id` and the like), or the context it was
    /// trained for (`llama.context_length`, by the name of its architecture). llama.cpp's binding writes a line on the
    /// standard error stream for each.
    pub fn kv_override(mut self, key: impl Into<String>, value: impl Into<KvOverride>) -> Self {
        self.setup.kv_overrides.push((key.into(), value.into()));
        self
    }

    /// Is told how much of the model is loaded, from 0 to 1, on the model's own thread; loading ends, with
    /// [`ErrorKind::Load`], when it says false.
    pub fn on_progress(mut self, told: impl Fn(f32) -> bool + Send + Sync + 'static) -> Self {
        self.setup.progress = Some(Progress(Arc::new(told)));
        self
    }

    #[cfg(test)]
    pub(super) fn faults(mut self, faults: super::faults::Faults) -> Self {
        self.setup.faults = faults;
        self
    }

    /// What was set of the model itself.
    pub(super) fn into_setup(self) -> Setup {
        self.setup
    }

    /// The grammar that answers are held to.
    pub fn grammar(mut self, grammar: Grammar) -> Self {
        self.grammar = Some(grammar);
        self
    }

    /// A file with the grammar that answers are held to.
    pub fn grammar_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.grammar_path = Some(path.into());
        self
    }

    /// Loads the model, blocking this thread until it is there.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`] naming the parameter, [`ErrorKind::Load`] naming the file,
    /// [`ErrorKind::Grammar`], [`ErrorKind::ChatTemplate`], and [`ErrorKind::Unsupported`] for a model that does not
    /// continue text.
    pub fn load(self) -> Result<Model<LlamaCpp>> {
        let (loading, settings) = self.start()?;
        let outcome = loading.outcome.recv_blocking();
        Ok(settings.apply(loading.finish(outcome)?))
    }

    /// Loads the model on its own thread, without blocking this one.
    ///
    /// # Errors
    /// As [`load`](LlamaCppBuilder::load).
    pub async fn load_async(self) -> Result<Model<LlamaCpp>> {
        let (loading, settings) = self.start()?;
        let outcome = loading.outcome.recv().await;
        Ok(settings.apply(loading.finish(outcome)?))
    }

    fn start(self) -> Result<(Loading, Settings)> {
        self.setup.validate()?;
        self.options.validate()?;
        let grammar = match (self.grammar, self.grammar_path) {
            (Some(_), Some(_)) => {
                return Err(Error::new(
                    ErrorKind::InvalidOption,
                    "both `grammar` and `grammar_path` are given: give one",
                ));
            }
            (grammar, None) => grammar,
            (None, Some(path)) => Some(Grammar::from_file(path)?),
        };
        Ok((Loading::start(self.setup)?, Settings { options: self.options, grammar }))
    }
}

/// What the model holds to when it is loaded.
struct Settings {
    options: GenerateOptions,
    grammar: Option<Grammar>,
}

impl Settings {
    fn apply(self, llm: LlamaCpp) -> Model<LlamaCpp> {
        let model = Model::new(llm).with_options(self.options);
        match self.grammar {
            Some(grammar) => model.with_grammar(grammar),
            None => model,
        }
    }
}
