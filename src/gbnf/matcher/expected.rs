//! What could have followed, in words.
use std::fmt::Write;

/// At most this many alternatives are listed.
const LISTED: usize = 12;

/// Names the bytes for which `allows` holds, and the end of the text if `ends`.
pub(super) fn describe(ends: bool, allows: impl Fn(u8) -> bool) -> String {
    let mut parts = Vec::new();
    // No text holds the byte 0.
    if (1..0x80).all(&allows) {
        parts.push("any character".to_owned());
    } else {
        let mut next = 0;
        while next < 0x80 {
            let first = next;
            while next < 0x80 && allows(next) {
                next += 1;
            }
            match next - first {
                0 => next += 1,
                run @ 1..4 => parts.extend((first..first + run).map(shown)),
                _ => parts.push(format!("{} to {}", shown(first), shown(next - 1))),
            }
        }
        if (0xC2..0xF5).any(&allows) {
            parts.push("a character beyond ASCII".to_owned());
        }
        if (0x80..0xC0).any(&allows) {
            parts.push("the rest of a character".to_owned());
        }
    }
    let hidden = parts.len().saturating_sub(LISTED);
    if hidden > 0 {
        parts.truncate(LISTED);
        parts.push(format!("{hidden} more"));
    }
    if ends {
        parts.push("the end of the text".to_owned());
    }
    let mut out = String::new();
    for (place, part) in parts.iter().enumerate() {
        let joint = match place {
            0 => "",
            _ if place + 1 == parts.len() => " or ",
            _ => ", ",
        };
        // Writing to a string cannot fail.
        let _ = write!(out, "{joint}{part}");
    }
    out
}

/// A byte as it is shown to people.
pub(super) fn shown(byte: u8) -> String {
    match byte {
        b'`' => "'`'".to_owned(),
        0x20..0x7F => format!("`{}`", char::from(byte)),
        b'\n' | b'\r' | b'\t' => format!("`{}`", char::from(byte).escape_default()),
        _ => format!("byte 0x{byte:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_bytes_runs_and_the_end() {
        assert_eq!(describe(false, |byte| b",]\n".contains(&byte)), "`\\n`, `,` or `]`");
        assert_eq!(describe(true, |byte| byte.is_ascii_digit()), "`0` to `9` or the end of the text");
        assert_eq!(describe(false, |byte| byte == b'"' || byte >= 0xC2), "`\"` or a character beyond ASCII");
        assert_eq!(describe(true, |_| false), "the end of the text");
        assert_eq!(describe(false, |byte| byte != 0), "any character");
        assert!(describe(false, |byte| byte < 0x80 && byte % 2 == 0).ends_with(" or 52 more"));
    }
}
