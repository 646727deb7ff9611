//! Chains, and a place to write to.
use catena::{DynRunnable, Error, ErrorKind, Model, Result, input, map, testing::FakeLlm};
use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

/// Text that several writers share.
#[derive(Clone, Default)]
pub(crate) struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) async fn fails(_: String) -> Result<String> {
    Err(Error::new(ErrorKind::Other, "the well\nis dry"))
}

pub(crate) async fn never(_: String) -> Result<String> {
    std::future::pending().await
}

/// A chain of a map, a model, and this step.
pub(crate) fn chain(last: DynRunnable<String, String>) -> DynRunnable<String, String> {
    let ask = (input::<String>() | Model::new(FakeLlm::always("secret answer"))).named("ask");
    (input::<String>() | map(|text: String| text) | ask | last).named("story").erase()
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    futures::executor::block_on(future)
}
