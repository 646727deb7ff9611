//! A look at a GGUF file before llama.cpp opens it.
//!
//! llama.cpp tells a bad file in its log at best. What can be told from the outside, that the file is there, is a GGUF
//! and is all there, is told here.
use crate::{Error, ErrorKind, Result};
use std::{
    collections::HashSet,
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

/// Checks that `path` is a whole GGUF file; `what` says what of. Gives for how many positions it has vectors, if it has
/// them at all: most models work positions out.
pub(super) fn check(path: &Path, what: &str) -> Result<Option<u64>> {
    let fail = |message: String| Error::new(ErrorKind::Load, message).with_path(path.display().to_string());
    let metadata = std::fs::metadata(path).map_err(|error| {
        fail(match error.kind() {
            std::io::ErrorKind::NotFound => format!("there is no such {what} file: check the path"),
            _ => format!("the {what} file cannot be read: {error}"),
        })
        .with_source(error)
    })?;
    if metadata.is_dir() {
        return Err(fail(format!("the {what} path is a directory: give the .gguf file in it")));
    }
    let file = File::open(path)
        .map_err(|error| fail(format!("the {what} file cannot be read: {error}")).with_source(error))?;
    let mut header = Header { file: BufReader::new(file), position: 0, length: metadata.len(), positions: None };
    header.check().map_err(|fault| fail(fault.message(what, metadata.len())))?;
    Ok(header.positions)
}

enum Fault {
    Empty,
    NotGguf([u8; 4]),
    Version(u32),
    Malformed(&'static str),
    Truncated { needed: u64 },
    Io(std::io::Error),
}

impl Fault {
    fn message(&self, what: &str, length: u64) -> String {
        match self {
            Fault::Empty => format!("the {what} file is empty: fetch it again"),
            Fault::NotGguf(start) => format!(
                "the {what} file is not a GGUF file: it begins with \"{}\" and not with \"GGUF\"; convert it to GGUF",
                start.escape_ascii()
            ),
            Fault::Version(version) => {
                format!(
                    "the {what} file is a GGUF of version {version}, but llama.cpp reads versions 2 and 3: convert it again"
                )
            }
            Fault::Malformed(how) => format!("the {what} file is a damaged GGUF file ({how}): fetch it again"),
            Fault::Truncated { needed } => {
                format!(
                    "the {what} file is cut off: it has {length} bytes, but needs at least {needed}; fetch it again"
                )
            }
            Fault::Io(error) => format!("the {what} file cannot be read: {error}"),
        }
    }
}

struct Header {
    file: BufReader<File>,
    position: u64,
    length: u64,
    /// Vectors of positions in the file.
    positions: Option<u64>,
}

type Checked<T> = std::result::Result<T, Fault>;

impl Header {
    fn check(&mut self) -> Checked<()> {
        if self.length == 0 {
            return Err(Fault::Empty);
        }
        let mut magic = [0; 4];
        self.file.read_exact(magic.get_mut(..self.length.min(4) as usize).unwrap_or_default()).map_err(Fault::Io)?;
        self.position = 4;
        if magic != *b"GGUF" {
            return Err(Fault::NotGguf(magic));
        }
        let version = self.u32()?;
        if !(2..=3).contains(&version) {
            return Err(Fault::Version(version));
        }
        let tensors = self.count()?;
        let pairs = self.count()?;
        let mut alignment = 32;
        for _ in 0..pairs {
            let key = self.key()?;
            let kind = self.u32()?;
            if key == b"general.alignment" && kind == 4 {
                alignment = u64::from(self.u32()?);
            } else if key.ends_with(b".block_count") && kind == 4 {
                // llama.cpp ends the process outside of this range.
                if !(1..=512).contains(&self.u32()?) {
                    return Err(Fault::Malformed("its number of layers is not from 1 to 512"));
                }
            } else if key == b"tokenizer.ggml.tokens" && kind == 9 {
                self.tokens()?;
            } else {
                self.skip_value(kind, 0)?;
            }
        }
        if !alignment.is_power_of_two() {
            return Err(Fault::Malformed("its alignment is not a power of two"));
        }
        let mut end = 0;
        for _ in 0..tensors {
            end = end.max(self.tensor()?);
        }
        let data = self.position.next_multiple_of(alignment);
        match data.checked_add(end) {
            Some(needed) if needed <= self.length => Ok(()),
            Some(needed) => Err(Fault::Truncated { needed }),
            None => Err(Fault::Malformed("a tensor lies outside of any file")),
        }
    }

    /// The texts of the tokens: llama.cpp ends the process over two that are the same.
    fn tokens(&mut self) -> Checked<()> {
        let kind = self.u32()?;
        if kind != 8 {
            return Err(Fault::Malformed("its tokens are no texts"));
        }
        let mut seen = HashSet::new();
        for _ in 0..self.count()? {
            let mut token = self.key()?;
            // llama.cpp reads a text up to its first NUL.
            token.truncate(token.iter().position(|&byte| byte == 0).unwrap_or(token.len()));
            if !token.is_empty() && !seen.insert(token) {
                return Err(Fault::Malformed("two of its tokens have the same text"));
            }
        }
        Ok(())
    }

    /// Where a tensor's data ends at least, from the start of the data.
    fn tensor(&mut self) -> Checked<u64> {
        let name = self.key()?;
        let dimensions = self.u32()?;
        if dimensions > 8 {
            return Err(Fault::Malformed("a tensor has more than eight dimensions"));
        }
        let mut elements = 1_u64;
        for dimension in 0..dimensions {
            let size = self.u64()?;
            if dimension == 1 && name == b"position_embd.weight" {
                self.positions = Some(size);
            }
            elements = elements.checked_mul(size).ok_or(Fault::Malformed("a tensor is larger than any file"))?;
        }
        let kind = self.u32()?;
        let offset = self.u64()?;
        // Bytes of a block, and elements in it, of the kinds that tell a cut file from a whole one; of others only the
        // start is known.
        let (block, per_block) = match kind {
            0 => (4, 1),
            1 | 30 => (2, 1),
            2 => (18, 32),
            3 => (20, 32),
            6 => (22, 32),
            7 => (24, 32),
            8 => (34, 32),
            10 => (84, 256),
            11 => (110, 256),
            12 => (144, 256),
            13 => (176, 256),
            14 => (210, 256),
            _ => (0, 1),
        };
        (elements / per_block)
            .checked_mul(block)
            .and_then(|bytes| bytes.checked_add(offset))
            .ok_or(Fault::Malformed("a tensor is larger than any file"))
    }

    fn skip_value(&mut self, kind: u32, depth: u32) -> Checked<()> {
        match kind {
            0 | 1 | 7 => self.skip(1),
            2 | 3 => self.skip(2),
            4..=6 => self.skip(4),
            10..=12 => self.skip(8),
            8 => {
                let length = self.u64()?;
                self.skip(length)
            }
            9 if depth < 4 => {
                let kind = self.u32()?;
                let count = self.count()?;
                let size = match kind {
                    0 | 1 | 7 => 1,
                    2 | 3 => 2,
                    4..=6 => 4,
                    10..=12 => 8,
                    _ => {
                        return (0..count).try_for_each(|_| self.skip_value(kind, depth + 1));
                    }
                };
                self.skip(count.checked_mul(size).ok_or(Fault::Malformed("a list is larger than any file"))?)
            }
            _ => Err(Fault::Malformed("a value is of an unknown kind")),
        }
    }

    fn key(&mut self) -> Checked<Vec<u8>> {
        let length = self.u64()?;
        if length > 65535 {
            return Err(Fault::Malformed("a name is longer than 65535 bytes"));
        }
        let mut key = vec![0; usize::try_from(length).unwrap_or_default()];
        self.read(&mut key)?;
        Ok(key)
    }

    /// A number of things that take at least a byte each.
    fn count(&mut self) -> Checked<u64> {
        let count = self.u64()?;
        if count > self.length { Err(Fault::Truncated { needed: count }) } else { Ok(count) }
    }

    fn u32(&mut self) -> Checked<u32> {
        let mut bytes = [0; 4];
        self.read(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn u64(&mut self) -> Checked<u64> {
        let mut bytes = [0; 8];
        self.read(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn read(&mut self, into: &mut [u8]) -> Checked<()> {
        self.forward(into.len() as u64)?;
        self.file.read_exact(into).map_err(Fault::Io)
    }

    fn skip(&mut self, bytes: u64) -> Checked<()> {
        self.forward(bytes)?;
        self.file.seek_relative(i64::try_from(bytes).unwrap_or(i64::MAX)).map_err(Fault::Io)
    }

    fn forward(&mut self, bytes: u64) -> Checked<()> {
        match self.position.checked_add(bytes) {
            Some(position) if position <= self.length => {
                self.position = position;
                Ok(())
            }
            Some(needed) => Err(Fault::Truncated { needed }),
            None => Err(Fault::Malformed("a value is larger than any file")),
        }
    }
}
