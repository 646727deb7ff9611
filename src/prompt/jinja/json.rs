//! The `tojson` filter.
use super::guard::JSON_DEPTH;
use minijinja::{
    Error, ErrorKind, State, Value,
    value::{Kwargs, ValueKind},
};

/// JSON as Python writes it, with a space behind `:` and `,`, or over several lines; characters of HTML stay as they
/// are. Map keys that are no text are written as text.
pub(super) fn tojson(state: &State<'_, '_>, value: &Value, options: &Kwargs) -> Result<Value, Error> {
    let indent: Option<usize> = options.get("indent")?;
    // What the other options are by default; nothing else is written here.
    for (option, default) in [("ensure_ascii", false), ("sort_keys", false)] {
        if options.get::<Option<bool>>(option)?.unwrap_or(default) != default {
            return Err(Error::new(ErrorKind::InvalidOperation, format!("tojson: `{option}` is not supported")));
        }
    }
    let separators: Option<(String, String)> = match options.get::<Option<Vec<String>>>("separators")?.as_deref() {
        None => None,
        Some([item, key]) => Some((item.clone(), key.clone())),
        Some(_) => return Err(Error::new(ErrorKind::InvalidOperation, "tojson: `separators` are two texts")),
    };
    options.assert_all_used()?;
    if indent.is_some_and(|indent| indent > 16) {
        return Err(Error::new(ErrorKind::InvalidOperation, "tojson: `indent` is at most 16"));
    }
    let default = if indent.is_some() { "," } else { ", " };
    let (item, key) = separators.unwrap_or_else(|| (default.to_owned(), ": ".to_owned()));
    let mut writer = Writer { state, out: String::new(), item, key, indent };
    writer.value(value, 0)?;
    Ok(Value::from(writer.out))
}

struct Writer<'s, 't, 'e> {
    state: &'s State<'t, 'e>,
    out: String,
    item: String,
    key: String,
    indent: Option<usize>,
}

impl Writer<'_, '_, '_> {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Error> {
        if depth > JSON_DEPTH {
            return Err(Error::new(ErrorKind::InvalidOperation, "tojson: the value nests too deeply"));
        }
        self.state.consume_fuel(1)?;
        match value.kind() {
            ValueKind::Seq | ValueKind::Iterable => {
                self.out.push('[');
                let mut any = false;
                for item in value.try_iter()? {
                    self.begin(&mut any, depth)?;
                    self.value(&item, depth + 1)?;
                }
                self.end(']', any, depth);
            }
            ValueKind::Map => {
                self.out.push('{');
                let mut any = false;
                for key in value.try_iter()? {
                    self.begin(&mut any, depth)?;
                    let name = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
                    self.text(&name)?;
                    self.pay(self.key.len())?;
                    self.out.push_str(&self.key);
                    self.value(&value.get_item(&key)?, depth + 1)?;
                }
                self.end('}', any, depth);
            }
            ValueKind::None => self.out.push_str("null"),
            ValueKind::Bool => self.out.push_str(if value.is_true() { "true" } else { "false" }),
            ValueKind::Number => {
                let number =
                    serde_json::to_string(value).map_err(|error| failed("cannot write a number").with_source(error))?;
                self.out.push_str(&number);
            }
            ValueKind::String => self.text(value.as_str().unwrap_or_default())?,
            kind => return Err(failed(format!("{kind} has no JSON form"))),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Error> {
        self.pay(text.len())?;
        let quoted = serde_json::to_string(text).map_err(|error| failed("cannot write text").with_source(error))?;
        self.out.push_str(&quoted);
        Ok(())
    }

    fn begin(&mut self, any: &mut bool, depth: usize) -> Result<(), Error> {
        if *any {
            self.pay(self.item.len())?;
            self.out.push_str(&self.item);
        }
        *any = true;
        self.line(depth + 1);
        Ok(())
    }

    fn pay(&self, bytes: usize) -> Result<(), Error> {
        self.state.consume_fuel(u64::try_from(bytes / 16).unwrap_or(u64::MAX))
    }

    fn end(&mut self, bracket: char, any: bool, depth: usize) {
        if any {
            self.line(depth);
        }
        self.out.push(bracket);
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', indent * depth));
        }
    }
}

fn failed(why: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::BadSerialization, why)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Compiled, Dialect},
        Value,
    };
    use crate::Result;

    fn run(text: &str) -> Result<String> {
        let context = minijinja::context! { v => Value::from(minijinja::value::Serde(serde_json::json!({"b": [1, 2.5, "é<'>&\"\n"], "a": null, "c": {}}))) };
        Compiled::parse(text, Dialect::Chat, |_| ())?.render(context)
    }

    // What Python's `json.dumps(v, ensure_ascii=False)` gives.
    #[test]
    fn json_is_written_as_python_writes_it() {
        assert_eq!(run("{{ v|tojson }}").unwrap(), r#"{"b": [1, 2.5, "é<'>&\"\n"], "a": null, "c": {}}"#);
        assert_eq!(run("{{ v.b|tojson(separators=(',', ':')) }}").unwrap(), r#"[1,2.5,"é<'>&\"\n"]"#);
        assert_eq!(
            run("{{ {'a': [], 'b': [true]}|tojson(indent=2) }}").unwrap(),
            "{\n  \"a\": [],\n  \"b\": [\n    true\n  ]\n}"
        );
        assert_eq!(run("{{ {1: 'x'}|tojson(ensure_ascii=false, sort_keys=False) }}").unwrap(), r#"{"1": "x"}"#);
        for text in [
            "{{ v|tojson(sort_keys=true) }}",
            "{{ v|tojson(nope=1) }}",
            "{{ missing|tojson }}",
            "{{ v|tojson(separators=[',']) }}",
        ] {
            assert!(run(text).is_err(), "{text}");
        }
    }
}
