//! Properties of characters, from the tables of `regex-syntax`.
use regex_syntax::hir::{Class, HirKind};

use super::{
    PatternError,
    reader::{Reader, fail},
};
use crate::regular::ranges::Ranges;

/// What follows `\p`: `{Name}`, `{Name=Value}` or a letter.
pub(super) fn property(reader: &mut Reader<'_>, begin: usize) -> Result<Ranges, PatternError> {
    let name = if reader.eat("{") {
        reader.until('}')
    } else {
        let letter = reader.rest().get(..1).filter(|letter| letter.bytes().all(|byte| byte.is_ascii_uppercase()));
        reader.next();
        letter
    };
    let is_name = |name: &&str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'='))
    };
    let Some(name) = name.filter(is_name) else {
        return fail(begin, "the name of a property must follow `\\p`: write `\\p{Letter}` or such");
    };
    let Ok(parsed) = regex_syntax::parse(&format!("\\p{{{name}}}")) else {
        return fail(begin, format!("there is no property `{name}`: write a general category, a script or a property"));
    };
    match parsed.into_kind() {
        HirKind::Class(Class::Unicode(class)) => {
            Ok(Ranges::new(class.iter().map(|range| (range.start().into(), range.end().into()))))
        }
        HirKind::Literal(text) => {
            let codes = std::str::from_utf8(&text.0).into_iter().flat_map(str::chars);
            Ok(Ranges::new(codes.map(|c| (c.into(), c.into()))))
        }
        // A property that no character has.
        _ => Ok(Ranges::default()),
    }
}
