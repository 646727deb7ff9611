//! Structs and the attributes of their fields.
#![allow(deprecated, reason = "one of the cases")]
use super::make;

fn seven() -> u8 {
    7
}

fn is_zero(n: &u8) -> bool {
    *n == 0
}

corpus! {
    types: {
        struct Person { name: String, age: u8, city: Option<String>, occupation: Option<String> }
        struct Team { lead: Person, members: Vec<Person>, motto: String }
        struct OneField { only: bool }
        struct Empty {}
        struct UnitLike ()
        struct Renamed {
            #[serde(rename = "First")] first_name: String,
            #[serde(rename = "the \"last\" name\n")] last_name: bool,
        }
        #[serde(rename_all = "camelCase")]
        struct Camel { first_name: String, last_name: String, #[serde(rename = "AGE")] age_in_years: u8 }
        #[serde(rename_all = "kebab-case")]
        struct Kebab { first_name: u8, r#type: u8, last: u8 }
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        struct Screaming { first_name: u8, last: Option<u8> }
        struct Aliased { #[serde(alias = "x", alias = "z")] y: u8, #[serde(alias = "label")] name: Option<String> }
        #[derive(Default)]
        #[serde(default)]
        struct AllDefault { a: u16, b: String, c: Vec<bool>, d: bool, e: char }
        struct SomeDefault { a: u8, #[serde(default)] b: u8, c: u8, #[serde(default = "seven")] d: u8 }
        struct Skipped { a: u8, #[serde(skip)] b: u8, c: bool }
        struct SkippedIf {
            a: u8,
            #[serde(default, skip_serializing_if = "Option::is_none")] b: Option<u8>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")] c: Vec<u8>,
            #[serde(default, skip_serializing_if = "is_zero")] d: u8,
        }
        struct ReadOnly { a: u8, #[serde(default, skip_serializing)] secret: Option<String> }
        #[serde(deny_unknown_fields)]
        struct Strict { a: u8, b: Option<u8> }
        #[serde(deny_unknown_fields, default)]
        #[derive(Default)]
        struct StrictDefault { a: u8, b: Vec<u8> }
        /// What it is.
        ///
        /// # More
        struct Documented {
            /// The first "field".
            a: u8,
            /// The second, optional.
            b: Option<u8>,
            #[deprecated] #[schemars(title = "C", description = "the third", example = 3_u8)] c: u8,
        }
        #[serde(from = "RawPoint", into = "RawPoint")]
        #[derive(Clone)]
        struct Converted { x: i16, y: i16 }
        struct RawPoint (i16, i16)
        struct Seconds {
            #[serde(with = "seconds")]
            #[schemars(with = "u32")]
            #[arbitrary(with = seconds::make)]
            wait: std::time::Duration,
        }
        struct Borrowed {
            #[arbitrary(with = make::cow)] a: std::borrow::Cow<'static, str>,
            b: Box<u8>,
            c: Box<str>,
            d: Box<[u8]>,
        }
        struct Wide {
            a: u8, b: Option<u8>, c: bool, d: Option<String>, e: u8, f: Option<bool>, g: (), h: Option<Empty>, i: u8,
            j: Option<u8>, k: bool, l: Option<String>, m: u8, n: Option<bool>, o: (), p: Option<Empty>, q: u8,
            #[arbitrary(with = make::finite)] r: f64,
        }
    }
    roots: {
        Boxed = Box<Person>;
        Unit = ();
    }
}

impl From<RawPoint> for Converted {
    fn from(RawPoint(x, y): RawPoint) -> Self {
        Converted { x, y }
    }
}

impl From<Converted> for RawPoint {
    fn from(point: Converted) -> Self {
        RawPoint(point.x, point.y)
    }
}

mod seconds {
    use std::time::Duration;

    use arbitrary::{Result, Unstructured};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn make(u: &mut Unstructured<'_>) -> Result<Duration> {
        Ok(Duration::from_secs(u.arbitrary::<u32>()?.into()))
    }

    pub(super) fn serialize<S: Serializer>(wait: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(wait.as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Ok(Duration::from_secs(u32::deserialize(deserializer)?.into()))
    }
}
