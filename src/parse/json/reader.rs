//! Reads JSON while it is written.
use super::{
    JsonPatch, JsonPath, Segment,
    scalar::{Escape, Escaped, blank, of_number, word},
};
use serde_json::{Map, Value};

/// How deeply lists and objects nest at most; what `serde_json` reads.
pub(super) const MAX_DEPTH: usize = 127;

/// Reads a JSON text bit by bit, each byte once, and tells what becomes known.
#[derive(Debug)]
pub(super) struct Reader {
    state: State,
    /// The lists and objects around the place where the text is.
    open: Vec<Open>,
    /// The value that comes next, or is being written.
    path: JsonPath,
    /// A number, a name, or what of a string is not handed out yet.
    buffer: String,
    /// The backticks of the fence around the text; 0 without a fence.
    fence: usize,
    /// Bytes read.
    at: usize,
    /// How often a byte was looked at.
    #[cfg(test)]
    pub(super) looks: usize,
}

#[derive(Debug)]
struct Open {
    path: JsonPath,
    /// The next place; objects have none.
    next: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Before the text; there may be backticks.
    Start,
    /// In the first line of a fence.
    Info,
    /// Before a value; or the end of a list.
    Value { or_end: bool },
    /// Before a name; or the end of an object.
    Name { or_end: bool },
    /// Behind a name.
    Colon,
    /// Behind a value in a list or object.
    Comma,
    /// In a string.
    String { kind: Kind, escape: Option<Escape> },
    /// In a number.
    Number,
    /// In a word, so far behind its beginning.
    Word { word: &'static str, at: usize },
    /// Behind the value.
    End,
    /// Behind the value, in the fence's end, so many of its backticks later.
    Close { ticks: usize },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    /// A value that was not handed out yet.
    New,
    /// A value whose beginning was handed out.
    Begun,
}

/// The text is wrong at this byte.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Whether a byte was used up, or is to be looked at again in the new state.
enum Took {
    This,
    None,
}

impl Reader {
    pub(super) fn new() -> Self {
        Reader {
            state: State::Start,
            open: Vec::new(),
            path: JsonPath::ROOT,
            buffer: String::new(),
            fence: 0,
            at: 0,
            #[cfg(test)]
            looks: 0,
        }
    }

    /// Reads on. The work is that for the bytes of `text`, however long the text before it.
    pub(super) fn push(&mut self, text: &str, out: &mut Vec<JsonPatch>) -> Result<(), Fault> {
        let bytes = text.as_bytes();
        let mut i = 0;
        while let Some(&byte) = bytes.get(i) {
            #[cfg(test)]
            {
                self.looks += 1;
            }
            // Characters that mean nothing in a string are taken together.
            if let State::String { escape: None, .. } = self.state {
                let rest = bytes.get(i..).unwrap_or_default();
                let plain = rest.iter().take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\').count();
                if plain > 0 {
                    #[cfg(test)]
                    {
                        self.looks += plain;
                    }
                    self.buffer.push_str(text.get(i..i + plain).unwrap_or_default());
                    i += plain;
                    continue;
                }
            }
            match self.byte(byte, out) {
                Ok(Took::This) => i += 1,
                Ok(Took::None) => {}
                Err(message) => return Err(Fault { at: self.at + i, message }),
            }
        }
        self.at += bytes.len();
        self.hand_out(out);
        Ok(())
    }

    /// Nothing follows. Whether the text is complete.
    pub(super) fn end(&mut self, out: &mut Vec<JsonPatch>) -> Result<bool, Fault> {
        if matches!(self.state, State::Number) && self.open.is_empty() {
            self.number(out).map_err(|message| Fault { at: self.at, message })?;
        }
        Ok(match self.state {
            State::End => self.fence == 0,
            State::Close { ticks } => ticks == self.fence,
            _ => false,
        })
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<JsonPatch>) -> Result<Took, String> {
        match self.state {
            State::Start if self.fence == 0 && blank(byte) => Ok(Took::This),
            State::Value { .. } | State::Name { .. } | State::Comma | State::Colon | State::End if blank(byte) => {
                Ok(Took::This)
            }
            State::Start => self.start(byte),
            State::Info if byte == b'\n' => Ok(self.go(State::Value { or_end: false })),
            State::Info => Ok(Took::This),
            State::Value { or_end } => self.value(byte, or_end, out),
            State::Name { or_end } => match byte {
                b'"' => Ok(self.go(State::String { kind: Kind::Name, escape: None })),
                b'}' if or_end => Ok(self.close(out)),
                _ => Err(expected("a name in quotes", byte)),
            },
            State::Colon if byte == b':' => Ok(self.go(State::Value { or_end: false })),
            State::Colon => Err(expected("`:`", byte)),
            State::Comma => self.comma(byte, out),
            State::String { kind, escape: Some(escape) } => self.escape(kind, escape, byte),
            State::String { kind, escape: None } => self.string(kind, byte, out),
            State::Number if of_number(byte) => {
                self.buffer.push(char::from(byte));
                Ok(Took::This)
            }
            State::Number => {
                self.number(out)?;
                Ok(Took::None)
            }
            State::Word { word, at } => self.word(word, at, byte, out),
            State::End if byte == b'`' && self.fence > 0 => Ok(self.go(State::Close { ticks: 1 })),
            State::Close { ticks } if byte == b'`' && ticks < self.fence => {
                Ok(self.go(State::Close { ticks: ticks + 1 }))
            }
            State::Close { ticks } if blank(byte) && ticks == self.fence => Ok(Took::This),
            State::End | State::Close { .. } => Err("something follows the JSON text".to_owned()),
        }
    }

    fn go(&mut self, state: State) -> Took {
        self.state = state;
        Took::This
    }

    fn start(&mut self, byte: u8) -> Result<Took, String> {
        match (byte, self.fence) {
            (b'`', _) => {
                self.fence += 1;
                Ok(Took::This)
            }
            (_, 0) => {
                self.state = State::Value { or_end: false };
                Ok(Took::None)
            }
            (_, 1 | 2) => Err(expected("a JSON value", byte)),
            (b'\n', _) => Ok(self.go(State::Value { or_end: false })),
            _ => Ok(self.go(State::Info)),
        }
    }

    fn value(&mut self, byte: u8, or_end: bool, out: &mut Vec<JsonPatch>) -> Result<Took, String> {
        match byte {
            b'{' => self.open(Value::Object(Map::new()), None, State::Name { or_end: true }, out),
            b'[' => self.open(Value::Array(Vec::new()), Some(0), State::Value { or_end: true }, out),
            b']' if or_end => Ok(self.close(out)),
            b'"' => Ok(self.go(State::String { kind: Kind::New, escape: None })),
            b'-' | b'0'..=b'9' => {
                self.buffer.push(char::from(byte));
                Ok(self.go(State::Number))
            }
            _ => match word(byte) {
                Some(word) => Ok(self.go(State::Word { word, at: 1 })),
                None => Err(expected("a JSON value", byte)),
            },
        }
    }

    fn open(
        &mut self,
        empty: Value,
        next: Option<usize>,
        state: State,
        out: &mut Vec<JsonPatch>,
    ) -> Result<Took, String> {
        if self.open.len() == MAX_DEPTH {
            return Err(format!("lists and objects nest more than {MAX_DEPTH} deep"));
        }
        out.push(JsonPatch::Add { path: self.path.clone(), value: empty });
        self.open.push(Open { path: self.path.clone(), next });
        if next.is_some() {
            self.path = self.path.index(0);
        }
        Ok(self.go(state))
    }

    fn close(&mut self, out: &mut Vec<JsonPatch>) -> Took {
        if let Some(open) = self.open.pop() {
            out.push(JsonPatch::Complete { path: open.path.clone() });
            self.path = open.path;
        }
        self.after_value();
        Took::This
    }

    fn after_value(&mut self) {
        self.state = if self.open.is_empty() { State::End } else { State::Comma };
    }

    fn comma(&mut self, byte: u8, out: &mut Vec<JsonPatch>) -> Result<Took, String> {
        let Some(open) = self.open.last_mut() else { return Err(expected("nothing", byte)) };
        match (byte, &mut open.next) {
            (b',', None) => Ok(self.go(State::Name { or_end: false })),
            (b',', Some(next)) => {
                *next += 1;
                self.path = open.path.index(*next);
                Ok(self.go(State::Value { or_end: false }))
            }
            (b'}', None) | (b']', Some(_)) => Ok(self.close(out)),
            (_, None) => Err(expected("`,` or `}`", byte)),
            (_, Some(_)) => Err(expected("`,` or `]`", byte)),
        }
    }

    fn string(&mut self, kind: Kind, byte: u8, out: &mut Vec<JsonPatch>) -> Result<Took, String> {
        match (byte, kind) {
            (b'\\', _) => Ok(self.go(State::String { kind, escape: Some(Escape::Begun) })),
            (b'"', Kind::Name) => {
                let name = std::mem::take(&mut self.buffer);
                if let Some(open) = self.open.last() {
                    self.path = open.path.child(Segment::Key(name.into()));
                }
                Ok(self.go(State::Colon))
            }
            (b'"', _) => {
                self.grow(kind, out);
                out.push(JsonPatch::Complete { path: self.path.clone() });
                self.after_value();
                Ok(Took::This)
            }
            _ => Err("control characters in strings must be escaped, as in `\\n`".to_owned()),
        }
    }

    fn escape(&mut self, kind: Kind, escape: Escape, byte: u8) -> Result<Took, String> {
        let escape = match escape.step(byte) {
            Escaped::More(escape) => Some(escape),
            Escaped::Char(c) => {
                self.buffer.push(c);
                None
            }
            Escaped::Wrong(why) => return Err(why.to_owned()),
        };
        Ok(self.go(State::String { kind, escape }))
    }

    /// Hands out what has come of a string.
    fn hand_out(&mut self, out: &mut Vec<JsonPatch>) {
        if let State::String { kind: kind @ (Kind::New | Kind::Begun), escape } = self.state {
            if !self.buffer.is_empty() {
                self.grow(kind, out);
                self.state = State::String { kind: Kind::Begun, escape };
            }
        }
    }

    fn grow(&mut self, kind: Kind, out: &mut Vec<JsonPatch>) {
        let (path, text) = (self.path.clone(), std::mem::take(&mut self.buffer));
        if kind == Kind::New {
            out.push(JsonPatch::Add { path, value: Value::String(text) });
        } else if !text.is_empty() {
            out.push(JsonPatch::Append { path, text });
        }
    }

    fn number(&mut self, out: &mut Vec<JsonPatch>) -> Result<(), String> {
        let text = std::mem::take(&mut self.buffer);
        let value = serde_json::from_str(&text).map_err(|_| format!("`{text}` is not a number that JSON has"))?;
        out.push(JsonPatch::Add { path: self.path.clone(), value });
        self.after_value();
        Ok(())
    }

    fn word(&mut self, word: &'static str, at: usize, byte: u8, out: &mut Vec<JsonPatch>) -> Result<Took, String> {
        if word.as_bytes().get(at) != Some(&byte) {
            return Err(expected(&format!("`{word}`"), byte));
        }
        if at + 1 < word.len() {
            return Ok(self.go(State::Word { word, at: at + 1 }));
        }
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::Null,
        };
        out.push(JsonPatch::Add { path: self.path.clone(), value });
        self.after_value();
        Ok(Took::This)
    }
}

fn expected(what: &str, byte: u8) -> String {
    if byte.is_ascii_graphic() {
        format!("expected {what}, not `{}`", char::from(byte))
    } else {
        format!("expected {what}")
    }
}
