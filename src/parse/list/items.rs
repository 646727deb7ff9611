//! The items of a list, as they become known.
use crate::{
    Delta, Error, ErrorKind, Result,
    parse::{JsonPatch, JsonPath, Progress, fault},
};
use serde_json::Value;

/// Reads a list bit by bit.
pub(super) trait Reader {
    /// Reads on, adding the items that are complete.
    fn push(&mut self, text: &str, items: &mut Vec<String>) -> Result<(), Fault>;

    /// Nothing follows: adds what is left.
    fn end(&mut self, items: &mut Vec<String>) -> Result<(), Fault>;
}

/// Why a text is no list.
#[derive(Debug)]
pub(super) struct Fault {
    /// The byte where it shows; none where the text ends too early.
    pub(super) at: Option<usize>,
    pub(super) message: &'static str,
}

/// The items of a whole text.
pub(super) fn all(mut reader: impl Reader, text: &str) -> Result<Vec<String>> {
    let mut items = Vec::new();
    let read = reader.push(text, &mut items).and_then(|()| reader.end(&mut items));
    match read {
        Ok(()) => Ok(items),
        Err(Fault { at: Some(at), message }) => Err(fault::wrong(text, at..at + 1, message)),
        Err(Fault { at: None, message }) => Err(fault::truncated(text, message)),
    }
}

/// Hands out the items of a text that is still being written.
pub(super) struct Reading<R> {
    reader: R,
    count: usize,
    begun: bool,
}

impl<R: Reader> Reading<R> {
    pub(super) fn new(reader: R) -> Self {
        Reading { reader, count: 0, begun: false }
    }

    fn hand_out(&mut self, items: Vec<String>, out: &mut Vec<Delta>) {
        if !std::mem::replace(&mut self.begun, true) {
            out.push(Delta::Patch(JsonPatch::Add { path: JsonPath::ROOT, value: Value::Array(Vec::new()) }));
        }
        for item in items {
            let path = JsonPath::ROOT.index(self.count);
            self.count += 1;
            out.push(Delta::Patch(JsonPatch::Add { path: path.clone(), value: Value::String(item) }));
            out.push(Delta::Patch(JsonPatch::Complete { path }));
        }
    }
}

impl<R: Reader + Send> Progress for Reading<R> {
    fn push(&mut self, text: &str, out: &mut Vec<Delta>) -> Result<()> {
        let mut items = Vec::new();
        let read = self.reader.push(text, &mut items);
        if !items.is_empty() {
            self.hand_out(items, out);
        }
        read.map_err(|fault| Error::new(ErrorKind::Parse, fault.message))
    }

    fn end(&mut self, out: &mut Vec<Delta>) {
        let mut items = Vec::new();
        // What is wrong here is what is wrong with the whole text, which is read after this.
        if self.reader.end(&mut items).is_ok() {
            self.hand_out(items, out);
            out.push(Delta::Patch(JsonPatch::Complete { path: JsonPath::ROOT }));
        }
    }
}
