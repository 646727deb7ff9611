//! What tells one loaded model from another.
use super::setup::{Lora, Setup};
use std::{fmt::Write as _, path::Path, time::UNIX_EPOCH};

/// Everything of the set-up that may change what the model writes: the files as they were when they were loaded, and how
/// they are evaluated. A file that was moved or touched counts as another one: that costs a cached answer, never gives a
/// wrong one.
pub(super) fn identity(setup: &Setup) -> String {
    let mut identity = file(&setup.path);
    if let Some(path) = &setup.lora_path {
        let _ = write!(identity, " lora={} scale={}", file(path), setup.lora_scale.unwrap_or(1.0));
    }
    for Lora { name, path, scale } in &setup.loras {
        let _ = write!(identity, " lora {name:?}={} scale={scale}", file(path));
    }
    for (key, value) in &setup.kv_overrides {
        let _ = write!(identity, " {key}={value}");
    }
    let Setup { rope_freq_base, rope_freq_scale, flash_attn, type_k, type_v, n_ctx, chat_template, .. } = setup;
    if setup.deterministic {
        identity.push_str(" deterministic");
    }
    let _ = write!(
        identity,
        " rope={rope_freq_base}/{rope_freq_scale} flash={flash_attn:?} kv={type_k:?}/{type_v:?} n_ctx={n_ctx:?} \
         template={chat_template:?}"
    );
    identity
}

fn file(path: &Path) -> String {
    let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let about = std::fs::metadata(path).ok();
    let size = about.as_ref().map_or(0, std::fs::Metadata::len);
    let changed = about.and_then(|about| about.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    format!("{} size={size} changed={}", whole.display(), changed.unwrap_or_default().as_nanos())
}
