//! llama.cpp's log, sent to `tracing`, and its error texts, caught for our errors.
#![allow(unsafe_code)]
use std::{
    cell::RefCell,
    ffi::{CStr, c_char, c_void},
    panic::catch_unwind,
    sync::atomic::{AtomicBool, Ordering},
};

static TO_TRACING: AtomicBool = AtomicBool::new(false);

thread_local! {
    static LINE: RefCell<(u32, String)> = const { RefCell::new((0, String::new())) };
    static CAUGHT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Takes llama.cpp's log from the standard error stream. It is dropped unless [`to_tracing`] was called.
pub(super) fn install() {
    // SAFETY: `write` lives as long as the process, keeps to the C ABI, never unwinds, and uses no user data.
    unsafe { llama_cpp_sys_2::llama_log_set(Some(write), std::ptr::null_mut()) }
}

/// Sends llama.cpp's log to `tracing` from here on, for all models of the process.
pub(super) fn to_tracing() {
    TO_TRACING.store(true, Ordering::Relaxed);
}

/// Runs `f` and gives, beside its value, the errors that llama.cpp logged on this thread meanwhile.
pub(super) fn catching<T>(f: impl FnOnce() -> T) -> (T, String) {
    CAUGHT.with_borrow_mut(|caught| *caught = Some(Vec::new()));
    let value = f();
    let errors = CAUGHT.take().unwrap_or_default();
    (value, errors.join("; "))
}

unsafe extern "C" fn write(level: llama_cpp_sys_2::ggml_log_level, text: *const c_char, _: *mut c_void) {
    if text.is_null() {
        return;
    }
    // SAFETY: llama.cpp hands over a NUL-terminated string that lives until this function returns.
    let text = unsafe { CStr::from_ptr(text) };
    // A subscriber may panic, and a panic must not unwind into C++.
    let _ = catch_unwind(|| append(level, &text.to_string_lossy()));
}

fn append(level: llama_cpp_sys_2::ggml_log_level, text: &str) {
    let whole = LINE.with_borrow_mut(|(line_level, line)| {
        if level != llama_cpp_sys_2::GGML_LOG_LEVEL_CONT {
            *line_level = level;
        }
        line.push_str(text);
        line.ends_with('\n').then(|| (*line_level, std::mem::take(line)))
    });
    if let Some((level, line)) = whole {
        event(level, line.trim_end());
    }
}

fn event(level: llama_cpp_sys_2::ggml_log_level, line: &str) {
    let is_error = level == llama_cpp_sys_2::GGML_LOG_LEVEL_ERROR;
    if is_error {
        CAUGHT.with_borrow_mut(|caught| caught.as_mut().map(|lines| lines.push(line.to_owned())));
    }
    if !TO_TRACING.load(Ordering::Relaxed) || line.chars().all(|c| c == '.') {
        return;
    }
    if is_error {
        tracing::error!(target: "llama.cpp", "{line}");
    } else if level == llama_cpp_sys_2::GGML_LOG_LEVEL_WARN {
        tracing::warn!(target: "llama.cpp", "{line}");
    } else if level == llama_cpp_sys_2::GGML_LOG_LEVEL_INFO {
        tracing::info!(target: "llama.cpp", "{line}");
    } else {
        tracing::debug!(target: "llama.cpp", "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_caught_across_continued_lines() {
        let ((), errors) = catching(|| {
            append(llama_cpp_sys_2::GGML_LOG_LEVEL_INFO, "fine\n");
            append(llama_cpp_sys_2::GGML_LOG_LEVEL_ERROR, "bad ");
            append(llama_cpp_sys_2::GGML_LOG_LEVEL_CONT, "thing\n");
        });
        assert_eq!(errors, "bad thing");
        append(llama_cpp_sys_2::GGML_LOG_LEVEL_ERROR, "later\n");
        assert_eq!(catching(|| ()).1, "");
    }
}
