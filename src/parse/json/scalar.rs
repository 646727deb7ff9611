//! The pieces that a JSON text is made of: words, numbers, escapes.

/// How a string is read: what of an escape has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// A backslash.
    Begun,
    /// `\u`, and so many of the four digits, which make this number; behind the first half of a pair, that half.
    Hex { digits: u8, code: u16, high: Option<u16> },
    /// The first half of a pair: `\u` must follow, of which the backslash may have come.
    High { high: u16, backslash: bool },
}

/// What a byte does to an escape.
pub(super) enum Escaped {
    More(Escape),
    Char(char),
    Wrong(&'static str),
}

const LONE: &str = "half of a surrogate pair stands alone";

impl Escape {
    pub(super) fn step(self, byte: u8) -> Escaped {
        match self {
            Escape::Begun => match byte {
                b'"' | b'\\' | b'/' => Escaped::Char(char::from(byte)),
                b'b' => Escaped::Char('\u{8}'),
                b'f' => Escaped::Char('\u{c}'),
                b'n' => Escaped::Char('\n'),
                b'r' => Escaped::Char('\r'),
                b't' => Escaped::Char('\t'),
                b'u' => Escaped::More(Escape::Hex { digits: 0, code: 0, high: None }),
                _ => Escaped::Wrong("no such escape: JSON has `\\n`, `\\\"`, `\\u0041` and the like"),
            },
            Escape::Hex { digits, code, high } => {
                let Some(digit) = char::from(byte).to_digit(16).and_then(|digit| u16::try_from(digit).ok()) else {
                    return Escaped::Wrong("four hexadecimal digits must follow `\\u`");
                };
                let code = (code << 4) | digit;
                if digits < 3 {
                    return Escaped::More(Escape::Hex { digits: digits + 1, code, high });
                }
                match (high, code) {
                    (None, 0xd800..=0xdbff) => Escaped::More(Escape::High { high: code, backslash: false }),
                    (None, _) => char::from_u32(u32::from(code)).map_or(Escaped::Wrong(LONE), Escaped::Char),
                    (Some(high), _) => char::decode_utf16([high, code])
                        .next()
                        .and_then(Result::ok)
                        .map_or(Escaped::Wrong(LONE), Escaped::Char),
                }
            }
            Escape::High { high, backslash } => match (backslash, byte) {
                (false, b'\\') => Escaped::More(Escape::High { high, backslash: true }),
                (true, b'u') => Escaped::More(Escape::Hex { digits: 0, code: 0, high: Some(high) }),
                _ => Escaped::Wrong(LONE),
            },
        }
    }
}

/// Bytes that a number may be made of; whether they are one shows when it ends.
pub(super) fn of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

/// The word that begins with this letter.
pub(super) fn word(byte: u8) -> Option<&'static str> {
    match byte {
        b't' => Some("true"),
        b'f' => Some("false"),
        b'n' => Some("null"),
        _ => None,
    }
}

pub(super) fn blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
