//! llama.cpp's process-wide state.
#![allow(unsafe_code)]
use super::log;
use crate::{Error, ErrorKind, Result};
use llama_cpp_2::llama_backend::LlamaBackend;
use std::{ffi::CStr, sync::OnceLock};

/// The one backend of the process. It is never freed: models do not keep it alive, and freeing it below a model is
/// what llama.cpp does not survive.
pub(super) fn backend() -> Result<&'static LlamaBackend> {
    static BACKEND: OnceLock<Result<LlamaBackend>> = OnceLock::new();
    let backend = BACKEND.get_or_init(|| {
        log::install();
        #[cfg(feature = "dynamic-backends")]
        llama_cpp_2::llama_backend::load_backends();
        LlamaBackend::init().map_err(|error| {
            Error::new(
                ErrorKind::Engine,
                "llama.cpp was started by other code in this process: let catena start it, or use it from one place",
            )
            .with_source(error)
        })
    });
    backend.as_ref().map_err(Clone::clone)
}

/// What llama.cpp was built for and runs on, in its own words.
pub(super) fn system_info(_: &LlamaBackend) -> &'static str {
    // llama.cpp builds this text in one static buffer, so it is asked for once only.
    static INFO: OnceLock<String> = OnceLock::new();
    INFO.get_or_init(|| {
        // SAFETY: the backend is initialised, and `get_or_init` runs this on one thread only; the text is a
        // NUL-terminated string in a static buffer, copied before anyone can ask again.
        let text = unsafe { CStr::from_ptr(llama_cpp_sys_2::llama_print_system_info()) };
        text.to_string_lossy().trim().to_owned()
    })
}

/// What is wrong with the build, for the machine it runs on.
pub(super) fn build_warning(system_info: &str) -> Option<String> {
    #[cfg(target_arch = "x86_64")]
    let has_avx2 = std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    let has_avx2 = false;
    missing_avx2(system_info, has_avx2)
}

fn missing_avx2(system_info: &str, machine_has_avx2: bool) -> Option<String> {
    let built_with_avx2 = system_info.split(['|', ':']).any(|part| part.trim() == "AVX2 = 1");
    (machine_has_avx2 && !built_with_avx2).then(|| {
        "llama.cpp was built without AVX2, which this machine has: expect 2 to 30 times fewer tokens a second. Build on \
         this machine without SOURCE_DATE_EPOCH set, or build with RUSTFLAGS=\"-C target-cpu=native\" or \
         GGML_AVX2=ON GGML_FMA=ON GGML_F16C=ON GGML_BMI2=ON in the environment"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_that_lost_avx2_is_told_with_the_remedy() {
        let warning = missing_avx2("CPU : SSE3 = 1 | AVX = 1 | OPENMP = 1", true).unwrap();
        assert!(warning.contains("target-cpu=native"), "{warning}");
        assert_eq!(missing_avx2("CPU : SSE3 = 1 | AVX2 = 1 | FMA = 1", true), None);
        assert_eq!(missing_avx2("CPU : SSE3 = 1", false), None);
    }

    #[test]
    fn the_default_build_has_what_the_machine_has() {
        assert_eq!(build_warning(system_info(backend().unwrap())), None);
    }
}
