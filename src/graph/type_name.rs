//! Names of types as a reader knows them.

/// The name of a type without the paths of the names in it.
pub(super) fn short(name: &str) -> String {
    let (mut text, mut word) = (String::with_capacity(name.len()), 0);
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ':' && chars.peek() == Some(&':') {
            chars.next();
            if word < text.len() {
                text.truncate(word);
            } else {
                text.push_str("::");
            }
        } else if c == '_' || c.is_alphanumeric() || c == '{' || c == '}' || c == '#' {
            text.push(c);
        } else {
            text.push(c);
            word = text.len();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn paths_are_left_out() {
        for (name, wanted) in [
            ("alloc::string::String", "String"),
            ("alloc::vec::Vec<alloc::string::String>", "Vec<String>"),
            ("(alloc::string::String, u8)", "(String, u8)"),
            ("&[app::a::B<'static>]", "&[B<'static>]"),
            ("fn(app::A) -> app::B", "fn(A) -> B"),
            ("u8", "u8"),
            ("core::option::Option<[f32; 4]>", "Option<[f32; 4]>"),
            ("app::main::{{closure}}", "{{closure}}"),
        ] {
            assert_eq!(short(name), wanted);
        }
    }
}
