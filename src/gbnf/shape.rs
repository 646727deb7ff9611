//! What a single node of the tree may hold, whether it was read from text or built.
use super::{CharClass, Expr, TokenName, TokenRef, print};

/// How deep groups may nest, and repetitions may be stacked. llama.cpp reads groups by recursion on the C stack.
pub(super) const MAX_NESTING: usize = 100;

/// How high a tree may be: a group read from text makes three levels, a repetition of alternatives of sequences.
const MAX_HEIGHT: usize = 3 * MAX_NESTING + 3;

/// The largest bound of a repetition: above it llama.cpp refuses a lower bound and drops an upper one.
pub(super) const MAX_REPEAT: u32 = 2000;

const MAX_CHAR: u32 = char::MAX as u32;
const SURROGATES: (u32, u32) = (0xD800, 0xDFFF);

/// Whether this can name a rule.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_char)
}

/// Whether llama.cpp reads this as part of a rule's name.
pub(super) fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// The bounds of a repetition.
pub(super) fn bounds(min: u32, max: Option<u32>) -> Result<(), String> {
    let largest = max.unwrap_or(min).max(min);
    if largest > MAX_REPEAT {
        return Err(format!(
            "llama.cpp reads no bound above {MAX_REPEAT}: lower {largest}, or repeat a rule that itself repeats"
        ));
    }
    match max {
        Some(max) if max < min => {
            Err(format!("the bounds {{{min},{max}}} are the wrong way round: the smaller is first"))
        }
        _ => Ok(()),
    }
}

/// One range of a class.
pub(super) fn range((low, high): (u32, u32)) -> Result<(), String> {
    if low.max(high) > MAX_CHAR {
        return Err(format!("U+{:X} is no character: the last one is U+10FFFF", low.max(high)));
    }
    if low > high {
        return Err("the range ends before it begins: swap its ends, or escape the `-` as `\\-`".to_owned());
    }
    Ok(())
}

/// A class of characters.
pub(super) fn class(class: &CharClass) -> Result<(), String> {
    if class.ranges.is_empty() {
        let why = if class.negated {
            "the class excludes nothing, and llama.cpp reads it as the empty text: write `.` for any character"
        } else {
            "the class is empty: name the characters it may match, or write `\"\"` for the empty text"
        };
        return Err(why.to_owned());
    }
    class.ranges.iter().try_for_each(|pair| range(*pair))?;
    if is_unmatchable(class) {
        return Err("the class matches no character of any text: name the characters it may match".to_owned());
    }
    Ok(())
}

/// Whether no character that text from a model can hold is in the class. llama.cpp ends text at U+0000.
fn is_unmatchable(class: &CharClass) -> bool {
    let mut ranges = class.ranges.clone();
    if !class.negated {
        return ranges.iter().all(|&(low, high)| high == 0 || (low >= SURROGATES.0 && high <= SURROGATES.1));
    }
    ranges.push(SURROGATES);
    ranges.sort_unstable();
    let mut next = 1;
    for (low, high) in ranges {
        if low > next {
            return false;
        }
        next = next.max(high.saturating_add(1));
    }
    next > MAX_CHAR
}

/// The text of a literal.
pub(super) fn literal(text: &str) -> Result<(), String> {
    if text.contains('\0') {
        return Err("llama.cpp cannot match the character U+0000: leave it out of the literal".to_owned());
    }
    Ok(())
}

/// A token of the vocabulary.
pub(super) fn token(token: &TokenRef) -> Result<(), String> {
    match &token.token {
        TokenName::Id(id) if i32::try_from(*id).is_err() => {
            Err(format!("no vocabulary has a token {id}: the largest number is {}", i32::MAX))
        }
        TokenName::Id(_) => Ok(()),
        TokenName::Text(text) => {
            let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
            match inner {
                Some(inner) if !inner.starts_with('[') && !inner.contains(['>', '\0', '\r', '\n']) => Ok(()),
                _ => Err(format!(
                    "the token {text:?} cannot be written: its text is `<`, then neither `[` nor any `>`, then `>`; \
                     name it by its number"
                )),
            }
        }
    }
}

/// Every node of an expression that was built, not read. Takes no recursion, so that no tree can exhaust the stack.
pub(super) fn expr(root: &Expr) -> Result<(), String> {
    let mut open = vec![(root, 0, 0)];
    while let Some((expr, groups, height)) = open.pop() {
        if groups > MAX_NESTING || height > MAX_HEIGHT {
            return Err(format!(
                "groups and repetitions nest deeper than {MAX_NESTING}: give the inner ones a rule of their own"
            ));
        }
        match expr {
            Expr::Literal(text) => literal(text)?,
            Expr::Class(inner) => class(inner)?,
            Expr::Token(inner) => token(inner)?,
            Expr::Rule(name) if !is_name(name) => return Err(bad_name(name)),
            Expr::Any | Expr::Rule(_) => {}
            Expr::Alt(parts) if parts.is_empty() => {
                return Err("an alternation has no alternatives and matches nothing: give it one".to_owned());
            }
            Expr::Seq(parts) | Expr::Alt(parts) => {
                let inside = |part| (part, groups + usize::from(print::is_grouped(expr, part)), height + 1);
                open.extend(parts.iter().map(inside));
            }
            Expr::Repeat { expr: inner, min, max } => {
                bounds(*min, *max)?;
                open.push((inner, groups + usize::from(print::is_grouped(expr, inner)), height + 1));
            }
        }
    }
    Ok(())
}

/// Why this cannot name a rule.
pub(super) fn bad_name(name: &str) -> String {
    format!("{name:?} cannot name a rule: use letters, digits and dashes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_match_nothing() {
        let nothing = |negated, ranges: &[(u32, u32)]| is_unmatchable(&CharClass { negated, ranges: ranges.to_vec() });
        assert!(nothing(false, &[(0, 0), (0xD900, 0xDFFF)]));
        assert!(!nothing(false, &[(0, 1)]));
        assert!(nothing(true, &[(0x20, MAX_CHAR), (1, 0x1F)]));
        assert!(nothing(true, &[(1, 0xD7FF), (0xE000, MAX_CHAR)]));
        assert!(!nothing(true, &[(1, 0xD7FF), (0xE001, MAX_CHAR)]));
        assert!(!nothing(true, &[(2, MAX_CHAR)]));
    }

    #[test]
    fn a_deep_tree_is_refused_without_recursion() {
        let mut deep = Expr::Any;
        for _ in 0..10_000 {
            deep = Expr::Repeat { expr: Box::new(deep), min: 0, max: Some(2) };
        }
        assert!(expr(&deep).unwrap_err().contains("nest deeper"));
    }

    #[test]
    fn tokens_that_cannot_be_written() {
        let text = |text: &str| token(&TokenRef { negated: false, token: TokenName::Text(text.to_owned()) });
        assert!(text("<think>").is_ok() && text("<>").is_ok());
        for bad in ["think", "<[1]>", "<a>b>", "<a\n>", "<", ""] {
            assert!(text(bad).is_err(), "{bad:?}");
        }
    }
}
