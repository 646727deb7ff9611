//! What schemars' attributes say about values.
use arbitrary::Unstructured as U;

use super::make::{self, between, dotted, list, list_of, text, text_of};

/// Words of small letters.
fn word(u: &mut U<'_>) -> arbitrary::Result<String> {
    text_of(u, "abcxyz", 1..=8)
}

fn even(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"enum": [0, 2, 4, 6, 8]})
}

corpus! {
    types: {
        struct IntegerRanges {
            #[arbitrary(with = |u: &mut U| u.int_in_range(1..=120))] #[schemars(range(min = 1, max = 120))] age: u8,
            #[arbitrary(with = |u: &mut U| u.int_in_range(-5..=i32::MAX))] #[schemars(range(min = -5))] from: i32,
            #[arbitrary(with = |u: &mut U| u.int_in_range(i64::MIN..=1024))] #[schemars(range(max = 1024))] to: i64,
            #[arbitrary(with = |u: &mut U| u.int_in_range(150..=u64::MAX))] #[schemars(range(min = 150))] above: u64,
            #[arbitrary(with = |u: &mut U| u.int_in_range(-1000..=-1000))]
            #[schemars(range(min = -1000, max = -1000))]
            exact: i16,
        }
        struct FloatRanges {
            #[arbitrary(with = |u: &mut U| between(u, 0.0, 1.0))] #[schemars(range(min = 0.0, max = 1.0))] share: f64,
            #[arbitrary(with = |u: &mut U| between(u, -90.0, 90.0))]
            #[schemars(range(min = -90.0, max = 90.0))]
            latitude: f64,
            #[arbitrary(with = |u: &mut U| between(u, 0.0, 5e9))] #[schemars(range(min = 0.0))] weight: f64,
            #[arbitrary(with = |u: &mut U| between(u, 0.125, 9.0))] #[schemars(range(min = 0.125))] above: f64,
            #[arbitrary(with = |u: &mut U| between(u, -1e6, 37.5))] #[schemars(range(max = 37.5))] below: f64,
        }
        struct SingleRanges {
            #[arbitrary(with = |u: &mut U| Ok(*u.choose(&[1.0, 1.5, 3e9, 1e20])?))] #[schemars(range(min = 1.0))] above: f32,
            #[arbitrary(with = |u: &mut U| Ok(*u.choose(&[-1e20, -1.0, 0.0, 9.5])?))] #[schemars(range(max = 10.0))] below: f32,
            #[arbitrary(with = |u: &mut U| Ok(*u.choose(&[1e-30, 0.5, 1e20])?))]
            #[schemars(extend("exclusiveMinimum" = 0))]
            positive: f32,
        }
        struct TinyInRange {
            #[arbitrary(with = |u: &mut U| Ok(*u.choose(&[0.0, 1e-5, 1e-7, 1.5e-300, 5e-324, 1.0])?))]
            #[schemars(range(min = 0.0, max = 1.0))]
            share: f64,
            #[arbitrary(with = |u: &mut U| Ok(*u.choose(&[0.0, 1e16, 1e17, 1.5e300, f64::MAX, 123_456_789_012_345_680.0])?))]
            #[schemars(range(min = 0.0))]
            weight: f64,
        }
        struct Lengths {
            #[arbitrary(with = |u: &mut U| text(u, 1..=5))] #[schemars(length(min = 1, max = 5))] short: String,
            #[arbitrary(with = |u: &mut U| text(u, 3..=3))] #[schemars(length(equal = 3))] exact: String,
            #[arbitrary(with = |u: &mut U| text(u, 2..=9))] #[schemars(length(min = 2))] open: String,
            #[arbitrary(with = |u: &mut U| Ok("é".repeat(u.int_in_range(0..=600)?)))]
            #[schemars(length(max = 600))]
            long: String,
        }
        struct ListLengths {
            #[arbitrary(with = |u: &mut U| list(u, 1..=3))] #[schemars(length(min = 1, max = 3))] few: Vec<u8>,
            #[arbitrary(with = |u: &mut U| list(u, 2..=9))] #[schemars(length(min = 2))] some: Vec<bool>,
            #[arbitrary(with = |u: &mut U| list(u, 0..=0))] #[schemars(length(equal = 0))] none: Vec<bool>,
        }
        struct LongText {
            #[arbitrary(with = |u: &mut U| Ok("x".repeat(u.int_in_range(2990..=3000)?)))]
            #[schemars(length(min = 2990, max = 3000))]
            text: String,
        }
        struct Patterned {
            #[arbitrary(with = word)] #[schemars(regex(pattern = r"^[a-z]+$"))] anchored: String,
        }
        struct PatternedShorthand {
            #[arbitrary(with = |u: &mut U| Ok(format!("{:03}-{:02}", u.int_in_range(0..=999)?, u.int_in_range(0..=99)?)))]
            
            #[schemars(regex(pattern = r"^\d{3}-\d{2}$"))] code: String,
        }
        struct PatternedInside {
            #[arbitrary(with = |u: &mut U| Ok(format!("{}x1{}", u.arbitrary::<String>()?, u.arbitrary::<String>()?)))]
            #[schemars(regex(pattern = r"x\d"))] inside: String,
        }
        struct PatternedLength {
            #[arbitrary(with = |u: &mut U| text_of(u, "abc", 2..=4))]
            #[schemars(regex(pattern = r"^[a-c]*$"), length(min = 2, max = 4))]
            both: String,
        }
        struct Containing {
            #[arbitrary(with = |u: &mut U| Ok(format!("{}a.b{}", u.arbitrary::<String>()?, u.arbitrary::<String>()?)))]
            #[schemars(contains(pattern = "a.b"))] text: String,
        }
        struct Inner {
            #[arbitrary(with = |u: &mut U| list_of(u, 0..=4, |u| u.int_in_range(1..=6)))]
            #[schemars(inner(range(min = 1, max = 6)))]
            dice: Vec<u8>,
            #[arbitrary(with = |u: &mut U| list_of(u, 0..=3, |u| text(u, 1..=2)))]
            #[schemars(inner(length(min = 1, max = 2)))]
            initials: Vec<String>,
        }
        struct InnerPattern {
            #[arbitrary(with = |u: &mut U| list_of(u, 0..=3, word))]
            #[schemars(length(max = 3), inner(regex(pattern = "^[a-z]*$")))]
            words: Vec<String>,
        }
        struct Multiples {
            #[arbitrary(with = |u: &mut U| Ok(u.int_in_range(0..=51_u8)? * 5))]
            #[schemars(extend("multipleOf" = 5))]
            n: u8,
        }
        struct Extended {
            #[arbitrary(with = |u: &mut U| Ok((*u.choose(&["a", "b\""])?).to_owned()))]
            #[schemars(extend("enum" = ["a", "b\""]))]
            s: String,
            #[schemars(extend("x-order" = 1, "examples" = [1, 2]))] n: u8,
        }
        struct Custom {
            #[arbitrary(with = |u: &mut U| Ok(u.int_in_range(0..=4_u8)? * 2))] #[schemars(schema_with = "even")] n: u8,
            #[schemars(with = "Option<u8>")] m: Option<u8>,
        }
        struct Contacts {
            #[arbitrary(with = |u: &mut U| Ok(format!("{}@{}.org", dotted(u, "abz019_+-", 1..=2)?, text_of(u, "abz", 1..=9)?)))]
            #[schemars(email)]
            email: String,
            #[arbitrary(with = |u: &mut U| Ok(format!("https://{}.org/{}", text_of(u, "abz", 1..=9)?, text_of(u, "ab/-._~1", 0..=9)?)))]
            #[schemars(url)]
            url: String,
        }
        struct ValidateSpelling {
            #[arbitrary(with = |u: &mut U| u.int_in_range(1..=9))] #[validate(range(min = 1, max = 9))] n: u8,
            #[arbitrary(with = |u: &mut U| text(u, 1..=2))] #[validate(length(min = 1, max = 2))] s: String,
        }
        struct GardeSpelling {
            #[arbitrary(with = |u: &mut U| u.int_in_range(1..=9))] #[garde(range(min = 1, max = 9))] n: u8,
            #[arbitrary(with = |u: &mut U| text(u, 1..=2))] #[garde(length(min = 1, max = 2))] s: String,
        }
        #[schemars(title = "A \"title\"", description = "with\nlines", extend("x-unit" = "m"))]
        struct Annotated {
            #[schemars(description = "the height", example = 1.5)] #[arbitrary(with = make::finite)] height: f64,
        }
    }
}
