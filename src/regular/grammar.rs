//! Patterns as grammars of their own.
use smol_str::{SmolStr, format_smolstr};

use super::{Encoding, Sink, pattern, write};
use crate::{
    Error, ErrorKind, Grammar, Result, Span,
    gbnf::{Ast, Expr, Rule},
};

impl Grammar {
    /// The grammar of the texts that a regular expression matches as a whole.
    ///
    /// The syntax is that of ECMA-262 with its `u` flag, as JSON Schema has it: `\d` and `\w` mean ASCII, `.` all but
    /// line ends, and there is lookahead. The grammar is deterministic, so it costs no more than a fixed text would.
    ///
    /// ```
    /// # use catena::Grammar;
    /// let plate = Grammar::regex(r"[A-Z]{1,3}-\d{1,4}(?!\d)")?;
    /// assert!(plate.matches("B-1234")?);
    /// assert!(!plate.matches("B-12345")?);
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] and the place in the pattern, where it is malformed, cannot be told by an automaton
    /// (back-references), or takes too large a one; and where no text matches.
    pub fn regex(expression: &str) -> Result<Self> {
        let texts = pattern::whole(expression).map_err(|error| {
            let at = error.offset.min(expression.len());
            let message = format!("the regular expression cannot be used: {}", error.message);
            Error::new(ErrorKind::Grammar, message).with_span(Span::new(expression, at..at))
        })?;
        if texts.is_none() {
            return Err(Error::new(ErrorKind::Grammar, "no text matches the regular expression: loosen it"));
        }
        let mut rules = Rules(Vec::new());
        let root = write(&texts, Encoding::Raw, "part", &mut rules)?;
        rules.0.insert(0, Rule { name: "root".into(), body: root });
        Grammar::from_ast(Ast { rules: rules.0 }, "root")
    }
}

/// The rules besides the root.
struct Rules(Vec<Rule>);

impl Sink for Rules {
    fn rule(&mut self, near: &str, body: Expr) -> Result<Expr> {
        let name = self.reserve(near);
        self.define(name.clone(), body)?;
        Ok(Expr::rule(name))
    }

    fn reserve(&mut self, near: &str) -> SmolStr {
        // A place is kept, so that the next name is another one.
        let name = format_smolstr!("{near}-{}", self.0.len() + 1);
        self.0.push(Rule { name: name.clone(), body: Expr::empty() });
        name
    }

    fn define(&mut self, name: SmolStr, body: Expr) -> Result<()> {
        if let Some(rule) = self.0.iter_mut().find(|rule| rule.name == name) {
            rule.body = body;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_texts_match() {
        let grammar = Grammar::regex("ab|c+").unwrap();
        for (text, valid) in [("ab", true), ("ccc", true), ("abc", false), ("", false)] {
            assert_eq!(grammar.matches(text).unwrap(), valid, "{text}");
        }
        let flags = Grammar::regex("(?i)a|b").unwrap();
        assert!(flags.matches("A").unwrap() && flags.matches("B").unwrap() && !flags.matches("aB").unwrap());
        let dates = Grammar::regex(r"\d{4}-(0[1-9]|1[0-2])").unwrap();
        assert!(dates.matches("2024-12").unwrap() && !dates.matches("2024-13").unwrap());
    }

    #[test]
    fn errors_name_the_place() {
        for (expression, at) in [(r"(a)b\1", 4), ("a)", 1), ("a)|(?:b", 1), ("a)(?:b", 1), ("(a", 0), ("\\", 0)] {
            let error = Grammar::regex(expression).unwrap_err();
            assert_eq!(error.span().map(|span| span.bytes.start), Some(at), "{expression}: {error}");
        }
        assert_eq!(Grammar::regex("a^").unwrap_err().kind(), ErrorKind::Grammar);
    }
}
