//! What a backslash makes of the characters behind it.
use super::{
    PatternError, class,
    reader::{Reader, fail},
    unicode,
};
use crate::regular::ranges::Ranges;

/// What an escape stands for.
pub(super) enum Escape {
    /// One code point; a surrogate if it has no other half.
    Char(u32),
    Set(Ranges),
    Word {
        negated: bool,
    },
}

/// An escape outside of classes, whose backslash at `begin` has been read.
pub(super) fn escape(reader: &mut Reader<'_>, begin: usize) -> Result<Escape, PatternError> {
    match reader.peek() {
        Some(c @ ('b' | 'B')) => {
            reader.next();
            Ok(Escape::Word { negated: c == 'B' })
        }
        Some('A') => fail(begin, "`\\A` is unknown to ECMA-262: write `^`"),
        Some('Z' | 'z') => fail(begin, "`\\Z` and `\\z` are unknown to ECMA-262: write `$`"),
        Some('1'..='9' | 'k') => {
            fail(begin, "references back to groups are not regular: write what may stand there in its place")
        }
        _ => shared(reader, begin),
    }
}

/// An escape in a class, whose backslash at `begin` has been read.
pub(super) fn class_escape(reader: &mut Reader<'_>, begin: usize) -> Result<Escape, PatternError> {
    if reader.eat("b") {
        return Ok(Escape::Char(8));
    }
    shared(reader, begin)
}

fn shared(reader: &mut Reader<'_>, begin: usize) -> Result<Escape, PatternError> {
    let Some(c) = reader.next() else {
        return fail(begin, "nothing follows the backslash: write `\\\\` for the character");
    };
    let flags = reader.flags;
    let char = |c: char| Ok(Escape::Char(c.into()));
    match c {
        'd' => Ok(Escape::Set(class::digits())),
        'D' => Ok(Escape::Set(class::digits().not())),
        'w' => Ok(Escape::Set(class::words(flags))),
        'W' => Ok(Escape::Set(class::words(flags).not())),
        's' => Ok(Escape::Set(class::spaces())),
        'S' => Ok(Escape::Set(class::spaces().not())),
        't' => char('\t'),
        'n' => char('\n'),
        'v' => char('\u{B}'),
        'f' => char('\u{C}'),
        'r' => char('\r'),
        '0' if !reader.peek().is_some_and(|c| c.is_ascii_digit()) => char('\0'),
        '0'..='9' => fail(begin, "escapes in octal are not supported: write `\\x` and two hexadecimal digits"),
        'c' => match reader.next().filter(char::is_ascii_alphabetic) {
            Some(c) => Ok(Escape::Char(u32::from(c) % 32)),
            None => fail(begin, "a letter must follow `\\c`: write `\\\\c` for the characters"),
        },
        'x' => match reader.hex(2) {
            Some(code) => Ok(Escape::Char(code)),
            None => fail(begin, "two hexadecimal digits must follow `\\x`: write `\\u{...}` for others"),
        },
        'u' => unicode(reader, begin),
        'p' | 'P' => {
            let set = unicode::property(reader, begin)?;
            let set = if flags.ignore_case { class::folded(&set) } else { set };
            Ok(Escape::Set(if c == 'P' { set.not() } else { set }))
        }
        c if c.is_ascii_alphabetic() => {
            fail(begin, format!("the escape `\\{c}` is unknown to ECMA-262: write `{c}` if the letter is meant"))
        }
        c => char(c),
    }
}

/// `\uHHHH`, also two of them that are one character, and `\u{H...}`
fn unicode(reader: &mut Reader<'_>, begin: usize) -> Result<Escape, PatternError> {
    let wrong = "four hexadecimal digits must follow `\\u`, or up to six in braces";
    if reader.eat("{") {
        let code = reader.until('}').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = code.and_then(|digits| u32::from_str_radix(digits, 16).ok()).filter(|code| *code <= 0x10_FFFF);
        return code.map_or_else(|| fail(begin, wrong), |code| Ok(Escape::Char(code)));
    }
    let Some(first) = reader.hex(4) else {
        return fail(begin, wrong);
    };
    if !(0xD800..0xDC00).contains(&first) {
        return Ok(Escape::Char(first));
    }
    let second = reader.attempt(|reader| {
        reader.eat("\\u").then_some(())?;
        reader.hex(4).filter(|code| (0xDC00..0xE000).contains(code))
    });
    Ok(Escape::Char(second.map_or(first, |second| 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))))
}
