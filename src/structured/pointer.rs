//! JSON pointers: the names of places in a schema.
use serde_json::Value;

use crate::{Error, ErrorKind, Result};

/// The pointer to the part of this name below `pointer`.
pub(crate) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The names in a pointer, decoded.
pub(crate) fn segments(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"))
}

/// The pointer that a `$ref` within the document means, in the spelling of [`child`].
pub(crate) fn from_reference(reference: &str) -> Result<String> {
    let refuse = |why: &str| Error::new(ErrorKind::Schema, format!("`$ref` to `{reference}` {why}"));
    let Some(fragment) = reference.strip_prefix('#') else {
        return Err(refuse("leaves the document: put the definition under `$defs`"));
    };
    let decoded = percent_decode(fragment).ok_or_else(|| refuse("is not percent-encoded UTF-8"))?;
    if !decoded.is_empty() && !decoded.starts_with('/') {
        return Err(refuse("is an anchor: refer to the place by its JSON pointer"));
    }
    Ok(segments(&decoded).fold(String::new(), |pointer, segment| child(&pointer, &segment)))
}

/// The value at this place of the document.
pub(crate) fn resolve<'a>(document: &'a Value, pointer: &str) -> Option<&'a Value> {
    document.pointer(pointer)
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            decoded.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded() {
        assert_eq!(from_reference("#").unwrap(), "");
        assert_eq!(from_reference("#/$defs/A~1B%20C").unwrap(), "/$defs/A~1B C");
        assert_eq!(from_reference("#/a~01").unwrap(), "/a~01");
        for bad in ["other.json", "#anchor", "#/%zz", "#/%ff"] {
            assert_eq!(from_reference(bad).unwrap_err().kind(), ErrorKind::Schema, "{bad}");
        }
    }
}
