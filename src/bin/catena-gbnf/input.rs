//! Reading files and standard input.
use catena::{Error, ErrorKind, Grammar, Result};
use std::{
    fs,
    io::{self, Read},
    path::Path,
};

/// Every byte of a file; `-` is standard input.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if is_stdin(path) { io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes) } else { fs::read(path) };
    read.map_err(|cause| Error::new(ErrorKind::Io, format!("cannot be read: {cause}")).with_path(shown(path)))
}

/// The text of a file; `-` is standard input.
pub(crate) fn text(path: &Path) -> Result<String> {
    String::from_utf8(bytes(path)?).map_err(|cause| {
        let at = cause.utf8_error().valid_up_to();
        let message = format!("the file is not UTF-8 from byte {at} on: save it as UTF-8");
        Error::new(ErrorKind::Parse, message).with_path(shown(path))
    })
}

/// The grammar in a file.
pub(crate) fn grammar(path: &Path, root: &str) -> Result<Grammar> {
    Grammar::parse_with_root(text(path)?, root).map_err(|error| error.with_path(shown(path)))
}

/// An error about what a file holds, which names the file unless it names a place already.
pub(crate) fn in_file(error: Error, path: &Path) -> Error {
    if error.path().is_some() { error } else { error.with_path(shown(path)) }
}

/// A file as errors name it.
pub(crate) fn shown(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// Whether standard input is meant.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
