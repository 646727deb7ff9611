//! The canonical text of a grammar with its comments.
use super::parser;
use crate::Result;

/// The grammar in canonical form: a rule a line, groups only where they are needed, blank lines at most one in a row.
///
/// Comments are kept. Those beside or inside of a rule move to the lines above it. What the rules say of one another is
/// not looked at, so a grammar with undefined rules can be formatted.
///
/// ```
/// let text = "root::=('a'|b)# a choice\nb::=(\"b\")".replace('\'', "\"");
/// assert_eq!(catena::gbnf::format(&text)?, "# a choice\nroot ::= \"a\" | b\nb ::= \"b\"\n");
/// # Ok::<(), catena::Error>(())
/// ```
///
/// # Errors
///
/// With [`ErrorKind::Grammar`](crate::ErrorKind::Grammar) and the place, where the text cannot be read.
pub fn format(text: &str) -> Result<String> {
    let parsed = parser::parse(text).map_err(|fault| fault.in_text(text))?;
    let mut comments = parsed.comments.iter().cloned().peekable();
    let mut out = String::new();
    // The end of the last thing written, and whether it was a rule, whose line may end with a comment.
    let mut written = 0;
    for (rule, spans) in parsed.ast.rules.iter().zip(&parsed.spans) {
        let mut above = Vec::new();
        let line_end =
            text.get(spans.end..).and_then(|rest| rest.find(['\r', '\n'])).map_or(text.len(), |at| spans.end + at);
        while let Some(comment) = comments.next_if(|comment| comment.start < line_end) {
            above.push(comment);
        }
        let first = above.first().map_or(spans.name.start, |comment| comment.start.min(spans.name.start));
        separate(&mut out, text.get(written..first).unwrap_or_default());
        let mut last = first;
        for comment in above {
            // Groups of comments above a rule stay apart, and apart from it.
            if comment.start < spans.name.start {
                separate(&mut out, text.get(last..comment.start).unwrap_or_default());
                last = comment.end;
            }
            push_line(&mut out, text.get(comment).unwrap_or_default());
        }
        if last < spans.name.start {
            separate(&mut out, text.get(last..spans.name.start).unwrap_or_default());
        }
        push_line(&mut out, &rule.to_string());
        written = line_end;
    }
    for comment in comments {
        separate(&mut out, text.get(written..comment.start).unwrap_or_default());
        written = comment.end;
        push_line(&mut out, text.get(comment).unwrap_or_default());
    }
    Ok(out)
}

/// Adds a blank line where the text between two things has one.
fn separate(out: &mut String, between: &str) {
    let line_ends = between.replace("\r\n", "\n").matches(['\n', '\r']).count();
    if line_ends > 1 && !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn comments_stay_with_their_rules() {
        let text = "# head\n\n\n# of root\nroot ::= (a) # beside\r\n\n a ::= ( # inside\n \"#\" |\n# between\n [#] )\n# last\n\n# end";
        let formatted =
            "# head\n\n# of root\n# beside\nroot ::= a\n\n# inside\n# between\na ::= \"#\" | [#]\n# last\n\n# end\n";
        assert_eq!(format(text).unwrap(), formatted);
        assert_eq!(format(formatted).unwrap(), formatted);
    }

    #[test]
    fn nothing_but_comments() {
        assert_eq!(format("").unwrap(), "");
        assert_eq!(format("\n\n# a\n\n\n#b  ").unwrap(), "# a\n\n#b\n");
    }

    proptest! {
        #[test]
        fn keeps_the_rules_and_every_comment_and_is_stable(ast in crate::gbnf::testing::any_ast(), places in prop::collection::vec((0..1000usize, 0..4u8), 0..6)) {
            let ast = ast.normalized();
            // Comments where blanks stand: at line ends and, in groups, between lexemes.
            let mut lines: Vec<String> = ast.to_string().lines().map(str::to_owned).collect();
            let mut added = 0;
            for (place, how) in places {
                let at = place % (lines.len() + 1);
                let comment = format!("#{place}");
                added += 1;
                match how {
                    0 => lines.insert(at, comment),
                    1 => lines.insert(at, String::new() + "\n" + &comment),
                    2 => lines.insert(at, comment + "\r\n\n\n"),
                    _ => match lines.get_mut(at) {
                        Some(line) => *line = format!("{line} {comment}"),
                        None => lines.push(comment),
                    },
                }
            }
            let text = lines.join("\n");
            if let Ok(parsed) = parser::parse(&text) {
                let formatted = format(&text).unwrap();
                let again = parser::parse(&formatted).unwrap();
                prop_assert_eq!(&again.ast, &parsed.ast);
                prop_assert_eq!(again.comments.len(), parsed.comments.len());
                prop_assert!(added >= parsed.comments.len());
                prop_assert_eq!(format(&formatted).unwrap(), formatted);
            }
        }
    }
}
