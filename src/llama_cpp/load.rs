//! Loading a model on its owner thread.
use super::{
    backend::{backend, build_warning, system_info},
    draft::RECURRENT,
    engine::{Layout, or_unknown},
    gguf,
    identity::identity,
    log,
    lora::Adapters,
    overrides,
    report::LoadReport,
    setup::{Progress, Setup},
    vocab::Vocabulary,
};
use crate::{ChatTemplate, Error, ErrorKind, Result, llm::invalid};
use llama_cpp_2::{
    context::LlamaContext,
    context::params::LlamaContextParams,
    llama_backend::LlamaBackend,
    model::{LlamaModel, params::LlamaModelParams},
};
use std::{
    num::NonZeroU32,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
    time::Instant,
};

/// What the handle keeps of a loaded model.
pub(super) struct Loaded {
    pub(super) report: LoadReport,
    pub(super) identity: String,
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) chat_template: Option<Result<ChatTemplate>>,
}

/// Opens the file of a model that continues text.
pub(super) fn model(setup: &Setup) -> Result<LlamaModel> {
    let model = open(setup)?;
    if setup.draft.is_some() && (model.is_recurrent() || model.is_hybrid()) {
        return Err(Error::new(ErrorKind::Unsupported, RECURRENT).with_path(setup.path.display().to_string()));
    }
    let architecture = architecture(&model);
    let causal = model.meta_val_str(&format!("{architecture}.attention.causal"));
    if !continues_text(&architecture) || causal.is_ok_and(|causal| causal == "false") {
        let message = format!(
            "the model, of architecture `{architecture}`, does not continue text: load a decoder-only model with causal \
             attention"
        );
        return Err(Error::new(ErrorKind::Unsupported, message).with_path(setup.path.display().to_string()));
    }
    Ok(model)
}

/// Whether models of this architecture write a text token by token. llama.cpp evaluates the others too, without an error:
/// it gives no logits of encoders, and models that write by diffusion see nothing of the text before.
fn continues_text(architecture: &str) -> bool {
    let others = ["gemma-embedding", "llama-embed", "clef", "wavtokenizer-dec", "dream", "llada", "llada-moe", "rnd1"];
    !architecture.starts_with("t5") && !architecture.contains("bert") && !others.contains(&architecture)
}

/// Opens a model file.
pub(super) fn open(setup: &Setup) -> Result<LlamaModel> {
    let positions = gguf::check(&setup.path, "model")?;
    // llama.cpp ends the process over a position that has no vector.
    if let Some((most, n_ctx)) = positions.zip(setup.n_ctx).filter(|&(most, n_ctx)| u64::from(n_ctx) > most) {
        return Err(invalid(
            "n_ctx",
            &n_ctx,
            &format!("at most {most}: the model has no vectors of further positions"),
        ));
    }
    let backend = backend()?;
    if setup.verbose {
        log::to_tracing();
    }
    let failed = |log: &str| {
        let message = format!("llama.cpp could not load the model: {}", or_unknown(log));
        Error::new(ErrorKind::Load, message).with_path(setup.path.display().to_string())
    };
    let mut params = Box::pin(model_params(setup)?);
    for (key, value) in &setup.kv_overrides {
        overrides::add(params.as_mut(), key, value)?;
    }
    let (model, log) = log::catching(|| LlamaModel::load_from_file(backend, &setup.path, &params));
    let model = model.map_err(|error| failed(&log).with_source(error))?;
    for (key, value) in &setup.kv_overrides {
        overrides::check_against(key, value, &architecture(&model), model.n_vocab())?;
    }
    Ok(model)
}

/// Opens the adapters that can be laid over the model.
pub(super) fn adapters(setup: &Setup, model: &mut LlamaModel) -> Result<Adapters> {
    let mut open = |path: &Path, scale: f32| {
        gguf::check(path, "LoRA adapter")?;
        let (adapter, log) = log::catching(|| model.lora_adapter_init(path));
        let adapter = adapter.map_err(|error| {
            let message = format!("llama.cpp could not load the LoRA adapter: {}", or_unknown(&log));
            Error::new(ErrorKind::Load, message).with_path(path.display().to_string()).with_source(error)
        })?;
        Ok::<_, Error>((adapter, scale))
    };
    let scale = setup.lora_scale.unwrap_or(1.0);
    let usual = setup.lora_path.iter().map(|path| open(path, scale)).collect::<Result<Vec<_>>>()?;
    let named = setup.loras.iter().map(|lora| open(&lora.path, lora.scale)).collect::<Result<Vec<_>>>()?;
    Ok(Adapters::new(usual.into_iter().next(), setup.loras.iter().map(|lora| lora.name.clone()).zip(named).collect()))
}

/// Reserves a context for the model.
pub(super) fn context<'model>(setup: &Setup, model: &'model LlamaModel) -> Result<LlamaContext<'model>> {
    let (context, log) = log::catching(|| {
        let params = context_params(setup, model)?;
        model.new_context(backend()?, params).map_err(Error::other)
    });
    context.map_err(|error| {
        if error.kind() == ErrorKind::InvalidOption {
            return error;
        }
        let n_ctx = n_ctx_wanted(setup, model);
        let message = format!(
            "llama.cpp could not make a context of {n_ctx} tokens: {}; a smaller `n_ctx` needs less memory",
            or_unknown(&log)
        );
        Error::new(ErrorKind::Load, message).with_path(setup.path.display().to_string()).with_source(error)
    })
}

/// Tokens of one text that are asked for.
pub(super) fn n_ctx_wanted(setup: &Setup, model: &LlamaModel) -> u32 {
    setup.n_ctx.unwrap_or_else(|| model.n_ctx_train())
}

/// Reads the texts of all tokens.
pub(super) fn vocabulary(setup: &Setup, model: &LlamaModel) -> Result<Vocabulary> {
    Vocabulary::read(model).ok_or_else(|| no_tokenizer(setup))
}

/// What is told of a model that cannot read texts.
pub(super) fn no_tokenizer(setup: &Setup) -> Error {
    Error::new(ErrorKind::Load, "the model file has no tokenizer: convert the model again, with its tokenizer")
        .with_path(setup.path.display().to_string())
}

/// Gathers what the handle keeps.
pub(super) fn describe(
    setup: &Setup,
    model: &LlamaModel,
    vocabulary: Vocabulary,
    context: Option<&LlamaContext<'_>>,
    started: Instant,
) -> Result<Loaded> {
    let backend = backend()?;
    let template_text = setup.chat_template.clone().or_else(|| model.meta_val_str("tokenizer.chat_template").ok());
    let (bos, eos) = (vocabulary.bos.clone().unwrap_or_default(), vocabulary.eos.clone().unwrap_or_default());
    let chat_template = template_text.map(|text| ChatTemplate::parse(&text, bos, eos));
    let mut report = LoadReport {
        path: setup.path.clone(),
        name: model.meta_val_str("general.name").ok(),
        architecture: architecture(model),
        n_params: model.n_params(),
        size: model.size(),
        n_vocab: vocabulary.len(),
        n_ctx_train: model.n_ctx_train(),
        n_ctx: context.map_or(0, |context| n_ctx(setup, model, context)),
        n_batch: context.map_or(0, |context| context.n_batch().min(setup.n_batch)),
        n_parallel: context.map_or(0, |_| n_parallel(setup, model)),
        n_threads: setup.n_threads,
        has_chat_template: chat_template.is_some(),
        system_info: system_info(backend).to_owned(),
        load_time: started.elapsed(),
        warnings: Vec::new(),
    };
    report.warnings = warnings(setup, backend, &report, chat_template.as_ref());
    for warning in &report.warnings {
        tracing::warn!(model = %setup.path.display(), "{warning}");
    }
    Ok(Loaded { identity: identity(setup), report, vocabulary: Arc::new(vocabulary), chat_template })
}

/// Tokens of one text at most: llama.cpp rounds up what was asked for, but nobody asked for more.
fn n_ctx(setup: &Setup, model: &LlamaModel, context: &LlamaContext<'_>) -> u32 {
    let held = if is_shared(setup) { context.n_ctx() } else { context.n_ctx() / n_parallel(setup, model) };
    n_ctx_wanted(setup, model).min(held)
}

/// How the context's memory is laid out.
pub(super) fn layout(setup: &Setup, model: &LlamaModel, context: &LlamaContext<'_>) -> Layout {
    Layout {
        slots: n_parallel(setup, model) as usize,
        n_ctx: n_ctx(setup, model, context),
        shared: is_shared(setup),
        can_cut: can_cut(setup, model),
    }
}

#[cfg_attr(not(test), expect(unused_variables, reason = "tests of faults alone ask the set-up"))]
fn can_cut(setup: &Setup, model: &LlamaModel) -> bool {
    #[cfg(test)]
    if setup.faults.uncut {
        return false;
    }
    !model.is_recurrent() && !model.is_hybrid()
}

/// Texts written at once.
fn n_parallel(setup: &Setup, model: &LlamaModel) -> u32 {
    // The state of a recurrent model takes its memory for each of them, used or not.
    let usual = if model.is_recurrent() || model.is_hybrid() { 4 } else { 8 };
    setup.n_parallel.unwrap_or(usual)
}

/// What a state depends on of how the memory is laid out, beside what texts depend on.
pub(super) fn memory(setup: &Setup, model: &LlamaModel) -> String {
    let streams = if is_shared(setup) { 1 } else { n_parallel(setup, model) };
    format!("streams={streams} gpu={}/{}", setup.n_gpu_layers, setup.offload_kqv)
}

fn is_shared(setup: &Setup) -> bool {
    setup.kv_unified && !setup.deterministic
}

fn warnings(
    setup: &Setup,
    backend: &LlamaBackend,
    report: &LoadReport,
    chat_template: Option<&Result<ChatTemplate>>,
) -> Vec<String> {
    let mut warnings = Vec::from_iter(build_warning(&report.system_info));
    if let Some(Err(error)) = chat_template {
        warnings
            .push(format!("the chat template in the file cannot be used, give another with `chat_template`: {error}"));
    }
    if (setup.n_gpu_layers != 0 || setup.main_gpu != 0) && !backend.supports_gpu_offload() {
        warnings.push(
            "`n_gpu_layers` or `main_gpu` is set, but this build has no GPU backend: all layers run on the CPU; build with the \
             feature `cuda`, `metal`, `vulkan` or `rocm`"
                .to_owned(),
        );
    }
    if report.n_ctx > report.n_ctx_train {
        warnings.push(format!(
            "the context of {} tokens is longer than the {} the model was trained for: texts get worse beyond them",
            report.n_ctx, report.n_ctx_train
        ));
    }
    warnings
}

/// The architecture, as the file tells it.
pub(super) fn architecture(model: &LlamaModel) -> String {
    model.meta_val_str("general.architecture").unwrap_or_default()
}

fn model_params(setup: &Setup) -> Result<LlamaModelParams> {
    let layers = u32::try_from(setup.n_gpu_layers).unwrap_or(u32::MAX);
    let mut params = LlamaModelParams::default()
        .with_n_gpu_layers(layers)
        .with_main_gpu(setup.main_gpu)
        .with_split_mode(setup.split_mode.to_llama())
        .with_use_mmap(setup.use_mmap)
        .with_use_mlock(setup.use_mlock)
        .with_vocab_only(setup.vocab_only);
    if !setup.devices.is_empty() {
        params = params.with_devices(&setup.devices).map_err(|error| {
            let named = format!("{:?}", setup.devices);
            invalid("devices", &named, "numbers of devices that `LlamaCpp::devices` lists, 16 at most")
                .with_source(error)
        })?;
    }
    if let Some(Progress(told)) = setup.progress.clone() {
        // A panic must not unwind into C++; it ends the loading.
        params =
            params.with_progress_callback(move |part| catch_unwind(AssertUnwindSafe(|| told(part))).unwrap_or(false));
    }
    Ok(params)
}

fn context_params(setup: &Setup, model: &LlamaModel) -> Result<LlamaContextParams> {
    let n_parallel = n_parallel(setup, model);
    let each = n_ctx_wanted(setup, model);
    let n_ctx = if is_shared(setup) {
        // llama.cpp makes batches no larger than the context.
        each.max(n_parallel)
    } else {
        let all = each.checked_mul(n_parallel).filter(|&all| i32::try_from(all).is_ok());
        all.ok_or_else(|| invalid("n_parallel", &n_parallel, &format!("fewer, for contexts of {each} tokens each")))?
    };
    let threads = i32::try_from(setup.n_threads).unwrap_or(i32::MAX);
    let threads_batch = setup.n_threads_batch.map_or(threads, |threads| i32::try_from(threads).unwrap_or(i32::MAX));
    let params = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(n_ctx))
        .with_kv_unified(is_shared(setup))
        // llama.cpp wants room for the logits of all sequences.
        .with_n_batch(setup.n_batch.max(n_parallel))
        .with_n_ubatch(setup.n_ubatch.unwrap_or(setup.n_batch))
        .with_n_seq_max(n_parallel)
        .with_n_threads(threads)
        .with_n_threads_batch(threads_batch)
        .with_rope_freq_base(setup.rope_freq_base)
        .with_rope_freq_scale(setup.rope_freq_scale)
        .with_flash_attention_policy(setup.flash_attn.to_llama())
        .with_type_k(setup.type_k.to_llama())
        .with_type_v(setup.type_v.to_llama())
        .with_offload_kqv(setup.offload_kqv);
    Ok(params)
}
