//! What llama.cpp can compute on.
use super::{LlamaCpp, backend::backend};
use crate::Result;
use llama_cpp_2::list_llama_ggml_backend_devices;

/// Something that llama.cpp can compute on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Device {
    /// Its number, for [`devices`](crate::LlamaCppBuilder::devices).
    pub index: usize,
    /// Its name, such as `CUDA0`.
    pub name: String,
    /// What it is, in the words of its driver.
    pub description: String,
    /// The backend that drives it.
    pub backend: String,
    /// Bytes of memory.
    pub memory_total: usize,
    /// Bytes of memory that are free now.
    pub memory_free: usize,
}

impl LlamaCpp {
    /// What llama.cpp, as it was built, can compute on in this machine.
    ///
    /// # Errors
    /// [`ErrorKind::Engine`](crate::ErrorKind::Engine) where other code of the process started llama.cpp.
    pub fn devices() -> Result<Vec<Device>> {
        backend()?;
        let devices = list_llama_ggml_backend_devices().into_iter().map(|device| Device {
            index: device.index,
            name: device.name,
            description: device.description,
            backend: device.backend,
            memory_total: device.memory_total,
            memory_free: device.memory_free,
        });
        Ok(devices.collect())
    }
}
