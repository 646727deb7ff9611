//! Plausible JSON schemas made of bytes.
use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

const DEPTH: usize = 4;
const NAMES: [&str; 8] = ["a", "b", "ab", "", "é\"", "type", "a/b", "x y"];
const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];
const REFERENCES: [&str; 9] = [
    "#",
    "#/$defs/a",
    "#/$defs/b",
    "#/properties/a",
    "#/$defs/a/items",
    "#/a~1b",
    "#anchor",
    "other.json#/a",
    "#/missing",
];
const PATTERNS: [&str; 12] = [
    "^a+$",
    "b",
    "^[a-z]{2,4}$",
    "^(a|bc)*d?$",
    "\\d+",
    "^\\w+\\s$",
    "(",
    "^(?!a).*$",
    "(a)\\1",
    "^-?\\d+$",
    "[^\\x00-\\u007f]",
    "^$",
];
const FORMATS: [&str; 14] = [
    "date",
    "time",
    "date-time",
    "duration",
    "uuid",
    "ipv4",
    "ipv6",
    "email",
    "hostname",
    "uri",
    "regex",
    "int32",
    "uint64",
    "colour",
];

/// A document: a schema with definitions.
pub(super) fn schema(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut maker = Maker { u };
    let mut root = match maker.schema(DEPTH)? {
        Value::Object(root) => root,
        other => return Ok(other),
    };
    let definitions = ["a", "b"].iter().map(|name| Ok(((*name).to_owned(), maker.schema(DEPTH - 1)?)));
    root.insert("$defs".to_owned(), Value::Object(definitions.collect::<Result<_>>()?));
    Ok(Value::Object(root))
}

struct Maker<'a, 'b> {
    u: &'a mut Unstructured<'b>,
}

impl Maker<'_, '_> {
    fn schema(&mut self, depth: usize) -> Result<Value> {
        if self.u.ratio(1, 12)? {
            return Ok(json!(self.u.arbitrary::<bool>()?));
        }
        let mut schema = Map::new();
        for _ in 0..self.u.int_in_range(0..=3)? {
            self.add(&mut schema, depth)?;
        }
        Ok(Value::Object(schema))
    }

    /// Adds keywords that belong together.
    fn add(&mut self, schema: &mut Map<String, Value>, depth: usize) -> Result<()> {
        let mut put = |name: &str, value: Value| drop(schema.insert(name.to_owned(), value));
        match self.u.int_in_range(0..=if depth == 0 { 11 } else { 28 })? {
            0..=2 => put("type", self.types()?),
            3 => put("const", self.value(2)?),
            4 => put("enum", self.list(0, 4, |maker| maker.value(1))?),
            5 => put("$ref", json!(self.u.choose(&REFERENCES)?)),
            6 => {
                put(self.pick(&["minimum", "exclusiveMinimum"])?, self.number()?);
                put(self.pick(&["maximum", "exclusiveMaximum"])?, self.number()?);
            }
            7 => {
                put(self.pick(&["minLength", "minItems", "minProperties", "minContains"])?, self.count()?);
                put(self.pick(&["maxLength", "maxItems", "maxProperties", "maxContains"])?, self.count()?);
            }
            8 => put("pattern", json!(self.u.choose(&PATTERNS)?)),
            9 => put("format", json!(self.u.choose(&FORMATS)?)),
            10 => put("multipleOf", self.number()?),
            11 => match self.u.int_in_range(0..=5)? {
                0 => put("uniqueItems", json!(true)),
                1 => put("nullable", json!(true)),
                2 => put(self.pick(&["title", "description", "$comment", "x-order", "minimun"])?, json!("text")),
                3 => put("required", self.names()?),
                4 => put("$id", json!("https://example.org/a")),
                // No schema at all, or one that is malformed.
                _ => put(
                    self.pick(&["type", "properties", "items", "required", "anyOf", "minimum", "$ref"])?,
                    self.value(2)?,
                ),
            },
            12..=15 => {
                put("properties", self.members(depth)?);
                put("required", self.names()?);
            }
            16 | 17 => put(
                self.pick(&["additionalProperties", "unevaluatedProperties", "propertyNames"])?,
                self.schema(depth - 1)?,
            ),
            18 => {
                let mut members = Map::new();
                for _ in 0..self.u.int_in_range(0..=2)? {
                    members.insert((*self.u.choose(&PATTERNS)?).to_owned(), self.schema(depth - 1)?);
                }
                put("patternProperties", Value::Object(members));
            }
            19 | 20 => put(self.pick(&["items", "contains", "unevaluatedItems"])?, self.schema(depth - 1)?),
            21 => put("prefixItems", self.list(0, 3, |maker| maker.schema(depth - 1))?),
            22..=24 => put(self.pick(&["allOf", "anyOf", "oneOf"])?, self.list(0, 3, |maker| maker.schema(depth - 1))?),
            25 => put("not", self.schema(depth - 1)?),
            26 => {
                put("if", self.schema(depth - 1)?);
                put(self.pick(&["then", "else"])?, self.schema(depth - 1)?);
            }
            27 => put("dependentRequired", json!({(*self.u.choose(&NAMES)?): self.names()?})),
            _ => put("dependentSchemas", self.members(depth)?),
        }
        Ok(())
    }

    fn pick(&mut self, names: &[&'static str]) -> Result<&'static str> {
        self.u.choose(names).copied()
    }

    fn types(&mut self) -> Result<Value> {
        let one = json!(self.u.choose(&TYPES)?);
        Ok(if self.u.ratio(1, 4)? { json!([one, self.u.choose(&TYPES)?]) } else { one })
    }

    fn list(&mut self, min: usize, max: usize, mut item: impl FnMut(&mut Self) -> Result<Value>) -> Result<Value> {
        let count = self.u.int_in_range(min..=max)?;
        Ok(Value::Array((0..count).map(|_| item(self)).collect::<Result<_>>()?))
    }

    fn names(&mut self) -> Result<Value> {
        self.list(0, 2, |maker| Ok(json!(maker.u.choose(&NAMES)?)))
    }

    fn members(&mut self, depth: usize) -> Result<Value> {
        let mut members = Map::new();
        for _ in 0..self.u.int_in_range(0..=4)? {
            members.insert((*self.u.choose(&NAMES)?).to_owned(), self.schema(depth - 1)?);
        }
        Ok(Value::Object(members))
    }

    fn count(&mut self) -> Result<Value> {
        Ok(match self.u.int_in_range(0..=15)? {
            0 => json!(self.u.arbitrary::<u32>()?),
            1 => json!(u64::MAX),
            2 => json!(-1),
            3 => json!(2.0),
            _ => json!(self.u.int_in_range(0..=5_u8)?),
        })
    }

    fn number(&mut self) -> Result<Value> {
        Ok(match self.u.int_in_range(0..=7)? {
            0 => json!(self.u.arbitrary::<i64>()?),
            1 => json!(self.u.arbitrary::<u64>()?),
            2 => json!(self.u.choose(&[1e300, -1e300, 5e-324, 1e-7, 0.1, 1e15, -0.0])?),
            3 | 4 => json!(f64::from(self.u.int_in_range(-400..=400_i32)?) / 8.0),
            _ => json!(self.u.int_in_range(-120..=120_i16)?),
        })
    }

    /// Any JSON.
    fn value(&mut self, depth: usize) -> Result<Value> {
        Ok(match self.u.int_in_range(0..=if depth == 0 { 4 } else { 6 })? {
            0 => Value::Null,
            1 => json!(self.u.arbitrary::<bool>()?),
            2 | 3 => self.number()?,
            4 => json!(self.u.choose(&NAMES)?),
            5 => self.list(0, 3, |maker| maker.value(depth - 1))?,
            _ => {
                let mut members = Map::new();
                for _ in 0..self.u.int_in_range(0..=2)? {
                    members.insert((*self.u.choose(&NAMES)?).to_owned(), self.value(depth - 1)?);
                }
                Value::Object(members)
            }
        })
    }
}
