//! Answers against the right ones, field by field.
use super::items::Item;
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// How many of how many are right.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Share {
    pub(crate) right: usize,
    pub(crate) all: usize,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }

    /// The share, of 1.
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    pub(crate) fn of_one(self) -> f64 {
        self.right as f64 / self.all.max(1) as f64
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} % ({} of {})", 100.0 * self.of_one(), self.right, self.all)
    }
}

/// Shares by what is asked.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    /// Scalar fields, wherever they stand.
    pub(crate) fields: Share,
    /// Whole answers of extraction.
    pub(crate) objects: Share,
    /// Answers of extraction that are JSON of the schema, where the prompt shows it.
    pub(crate) parsed: Share,
    /// Scalar fields by their kind, and by domain.
    pub(crate) by_kind: BTreeMap<String, Share>,
    pub(crate) by_domain: BTreeMap<String, Share>,
    /// Whole answers of each task.
    pub(crate) by_task: BTreeMap<String, Share>,
}

impl Scores {
    /// Counts one answer.
    pub(crate) fn add(&mut self, item: &Item, answer: &str) {
        let whole = if item.kinds.is_empty() && item.domain.is_empty() {
            answer == item.answer
        } else {
            self.add_object(item, answer)
        };
        self.by_task.entry(item.task.clone()).or_default().add(whole);
    }

    fn add_object(&mut self, item: &Item, answer: &str) -> bool {
        if item.shown {
            self.parsed.add(item.fits(answer).unwrap_or(false));
        }
        let given = leaves(&serde_json::from_str(answer).unwrap_or_default());
        let expected = leaves(&serde_json::from_str(&item.answer).unwrap_or_default());
        for (path, value) in &expected {
            let right = given.get(path).unwrap_or(&Value::Null) == value;
            self.fields.add(right);
            let field = item.kinds.keys().find(|name| path.split('/').any(|part| part == *name));
            let kind = field.and_then(|name| item.kinds.get(name)).map_or("within", String::as_str);
            self.by_kind.entry(kind.to_owned()).or_default().add(right);
            self.by_domain.entry(item.domain.clone()).or_default().add(right);
        }
        let told = |leaves: &BTreeMap<String, Value>| -> Vec<(String, Value)> {
            leaves
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(path, value)| (path.clone(), value.clone()))
                .collect()
        };
        let whole = told(&given) == told(&expected);
        self.objects.add(whole);
        whole
    }
}

/// Scalars by their path. Numbers are equal by value; a list without items is a leaf.
fn leaves(value: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    collect("", value, &mut found);
    found
}

fn collect(path: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, inner)| collect(&format!("{path}/{key}"), inner, found));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(i, inner)| collect(&format!("{path}/{i}"), inner, found));
        }
        Value::Number(number) => {
            found.insert(path.to_owned(), number.as_f64().map_or(Value::Null, Value::from));
        }
        scalar => {
            found.insert(path.to_owned(), scalar.clone());
        }
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | right |\n|:--|--:|")?;
        if self.objects.all > 0 {
            writeln!(
                f,
                "| scalar fields | {} |\n| whole objects | {} |\n| JSON of the schema | {} |",
                self.fields, self.objects, self.parsed
            )?;
        }
        for (name, share) in self.by_task.iter().chain(&self.by_kind).chain(&self.by_domain) {
            writeln!(f, "| {name} | {share} |")?;
        }
        Ok(())
    }
}
