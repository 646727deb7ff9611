//! Texts and characters.
use std::{borrow::Cow, path::PathBuf};

use super::make;

corpus! {
    types: {
        struct Texts {
            c: char,
            s: String,
            b: Box<str>,
            #[arbitrary(with = make::cow)] a: Cow<'static, str>,
            v: Vec<char>,
            o: Option<char>,
        }
        struct Path { path: PathBuf }
    }
    roots: {
        Text = String;
        Character = char;
        ListOfTexts = Vec<String>;
        OptionalText = Option<Box<str>>;
    }
}
