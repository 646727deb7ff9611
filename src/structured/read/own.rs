//! What a schema says of values by itself, without other schemas in place of it.
use serde_json::Value;

use super::fields::Fields;
use crate::{
    Result, regular,
    structured::{
        bounds::{Bound, Bounds, Count, Types},
        decimal::Decimal,
        draft::Draft,
        format,
        options::{Formats, Settings},
        report::Standing,
        sets::{ArraySet, Booleans, Contains, Item, Kind, Language, NumberSet, ObjectSet, TextSet, Values, Width},
        term::Terms,
    },
};

/// One record for each type, and the types that are possible.
#[derive(Debug, Clone)]
pub(crate) struct Own<'a> {
    pub(crate) types: Types,
    pub(crate) number: NumberSet,
    pub(crate) text: TextSet<'a>,
    pub(crate) array: ArraySet,
    pub(crate) object: ObjectSet<'a>,
}

impl<'a> Own<'a> {
    pub(crate) fn any() -> Self {
        Own {
            types: Types::ALL,
            number: NumberSet::ANY,
            text: TextSet::ANY,
            array: ArraySet::ANY,
            object: ObjectSet::any(),
        }
    }

    /// The values that it describes.
    pub(crate) fn values(&self) -> Values<'a> {
        let has = |types| self.types.meets(types);
        let kind = match (has(Types::INTEGER), has(Types::FRACTION)) {
            (true, true) => Kind::Any,
            (true, false) => Kind::Integer,
            _ => Kind::Fraction,
        };
        let number = NumberSet { kind, ..NumberSet::ANY }.and(&self.number);
        let one = |wanted: bool| usize::from(wanted);
        Values {
            null: has(Types::NULL),
            booleans: Booleans { yes: has(Types::BOOLEAN), no: has(Types::BOOLEAN) },
            numbers: number.filter(|_| has(Types::NUMBER)).into_iter().collect(),
            texts: vec![self.text.clone(); one(has(Types::STRING) && !self.text.length.is_empty())],
            arrays: vec![self.array.clone(); one(has(Types::ARRAY) && !self.array.count.is_empty())],
            objects: vec![self.object.clone(); one(has(Types::OBJECT) && !self.object.count.is_empty())],
        }
    }
}

/// Reads the keywords about types, numbers and strings.
pub(super) fn scalars<'a>(fields: &mut Fields<'_, 'a>, settings: &mut Settings, own: &mut Own<'a>) -> Result<()> {
    if let Some((_, value)) = fields.get("type") {
        own.types = types(fields, value)?;
    }
    own.number.bounds = bounds(fields)?;
    if let Some(multiple) = fields.number("multipleOf")? {
        if multiple <= Decimal::ZERO {
            return Err(fields.error("multipleOf", "`multipleOf` must be a number above zero"));
        }
        own.number.multiples.push(multiple);
    }
    if settings.report.is_some() {
        note_numbers(fields, settings, own);
    }
    own.text.length = count(fields, "minLength", "maxLength")?;
    if let Some(text) = fields.text("pattern")? {
        let texts = fields
            .document
            .pattern(text)
            .map_err(|cause| fields.error("pattern", format!("`pattern` `{text}` cannot be kept: {cause}")))?;
        let narrowed = if settings.of_type { regular::narrowed(text, &texts) } else { None };
        if settings.of_type && regular::is_decimal(text) {
            // Read as a number it has the same width.
            own.number.bounds = own
                .number
                .bounds
                .clone()
                .and(&format::range("-10000000000000000000000000000", "10000000000000000000000000000"));
        }
        let texts = narrowed.unwrap_or(Ok(texts)).map_err(|cause| fields.error("pattern", cause.to_string()))?;
        if !texts.is_all() {
            own.text.language = Some(Language { texts, format: None });
        }
    }
    if let Some(name) = fields.text("format")? {
        with_format(fields, settings, own, name)?;
    }
    Ok(())
}

/// Numbers have a bounded number of digits, and so have integers without bounds.
fn note_numbers(fields: &Fields<'_, '_>, settings: &mut Settings, own: &Own<'_>) {
    let has_fractions = own.types.meets(Types::FRACTION);
    let is_endless = own.number.bounds.min.is_none() || own.number.bounds.max.is_none();
    let is_sized = settings.is_typed() && fields.get("format").is_some();
    if has_fractions || (own.types.meets(Types::INTEGER) && is_endless && !is_sized) {
        for keyword in ["type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] {
            if fields.get(keyword).is_some() {
                settings.note(fields.document, fields.node, keyword, Standing::Subset);
            }
        }
    }
}

fn types(fields: &Fields<'_, '_>, value: &Value) -> Result<Types> {
    let named = |value: &Value| {
        let name = value.as_str().unwrap_or_default();
        Types::named(name).ok_or_else(|| {
            let message = format!(
                "`type` {value} is none: use `null`, `boolean`, `integer`, `number`, `string`, `array` or `object`"
            );
            fields.error("type", message)
        })
    };
    match value {
        Value::Array(listed) if !listed.is_empty() => {
            listed.iter().try_fold(Types::NONE, |types, name| Ok(types.or(named(name)?)))
        }
        Value::Array(_) => Err(fields.error("type", "`type` lists no type: name one")),
        name => named(name),
    }
}

/// The range that the four keywords give; in draft 4 two of them are flags.
fn bounds(fields: &Fields<'_, '_>) -> Result<Bounds> {
    let mut bounds = Bounds::default();
    for (plain, exclusive, is_lower) in [("minimum", "exclusiveMinimum", true), ("maximum", "exclusiveMaximum", false)]
    {
        let flag = matches!(fields.get(exclusive), Some((_, Value::Bool(true))));
        let is_flag = matches!(fields.get(exclusive), Some((_, Value::Bool(_))));
        let mut add = |keyword, strict| -> Result<()> {
            let Some(at) = bound(fields, keyword, is_lower)? else { return Ok(()) };
            if is_lower {
                bounds.raise(Bound { at, strict });
            } else {
                bounds.lower(Bound { at, strict });
            }
            Ok(())
        };
        add(plain, flag)?;
        if !is_flag {
            add(exclusive, true)?;
        }
    }
    Ok(bounds)
}

/// A bound. One beyond all digits that are written is as good as the longest of them.
fn bound(fields: &Fields<'_, '_>, keyword: &str, is_lower: bool) -> Result<Option<Decimal>> {
    let far = fields.get(keyword).and_then(|(_, value)| value.as_f64()).filter(|value| value.abs() > 1e38);
    match far {
        Some(value) if (value < 0.0) == is_lower => Ok(Some(Decimal::integer(is_lower, 10_u128.pow(38)))),
        _ => fields.number(keyword),
    }
}

/// How many there may be, from two keywords.
pub(super) fn count(fields: &Fields<'_, '_>, min: &str, max: &str) -> Result<Count> {
    Ok(Count { min: fields.count(min)?.unwrap_or(0), max: fields.count(max)? })
}

/// Formats that schemars gives to types, and that no pattern tells.
const OTHER_FORMATS: [&str; 1] = ["zoned-date-time"];

fn with_format<'a>(fields: &Fields<'_, 'a>, settings: &mut Settings, own: &mut Own<'a>, name: &'a str) -> Result<()> {
    if settings.is_typed() {
        if let Some(range) = format::integer_range(name) {
            own.number.bounds = own.number.bounds.clone().and(&range);
            own.number.sized = true;
            return Ok(());
        }
        if name == "float" {
            own.number.width = Width::Single;
            return Ok(());
        }
    }
    let asserted = match settings.options.formats {
        Formats::Assert => true,
        Formats::Annotate => false,
        Formats::Standard => settings.is_typed() || !fields.document.draft.format_is_annotation(),
    };
    // In the standard, only its own formats bind: others are what somebody means by them.
    let meant = settings.is_typed() || regular::is_standard_format(name);
    match regular::format(name) {
        Some(texts) if asserted && meant => {
            let language = match own.text.language.take() {
                Some(pattern) => {
                    let texts = pattern.texts.and(&texts).map_err(|cause| {
                        fields.error("format", format!("`format` beside `pattern` cannot be kept: {cause}"))
                    })?;
                    Language { texts, format: None }
                }
                None => Language { texts, format: Some(name) },
            };
            own.text.language = Some(language);
            if !regular::is_exact_format(name) {
                settings.note(fields.document, fields.node, "format", Standing::Subset);
            }
        }
        None if asserted
            && settings.is_typed()
            && (regular::is_standard_format(name) || OTHER_FORMATS.contains(&name)) =>
        {
            let message =
                format!("`format` `{name}` cannot be kept by a grammar: remove it, or check the value afterwards");
            return Err(fields.error("format", message));
        }
        _ => settings.note(fields.document, fields.node, "format", Standing::Ignored),
    }
    Ok(())
}

/// Reads the keywords about arrays.
pub(super) fn array<'a>(fields: &mut Fields<'_, 'a>, terms: &mut Terms, own: &mut Own<'a>) -> Result<()> {
    let tuple = if fields.get("prefixItems").is_some() {
        Some("prefixItems")
    } else {
        fields.get("items").filter(|(_, items)| items.is_array()).map(|_| "items")
    };
    if let (Some("items"), Draft::Twenty) = (tuple, fields.document.draft) {
        return Err(fields.error("items", "`items` is a list, the old form of a tuple: use `prefixItems`"));
    }
    if let Some(keyword) = tuple {
        let literals = fields.schemas(keyword)?;
        own.array.prefix = literals.into_iter().map(|literal| Item::evaluated(terms.literal(literal))).collect();
    }
    let rest = match tuple {
        Some("items") => fields.schema("additionalItems")?,
        _ => fields.schema("items")?,
    };
    if let Some(rest) = rest {
        own.array.rest = Item::evaluated(terms.literal(rest));
    }
    own.array.count = count(fields, "minItems", "maxItems")?;
    if fields.flag("uniqueItems")? {
        own.array.unique = Some(fields.node);
    }
    if let Some(literal) = fields.schema("contains")? {
        let min = fields.count("minContains")?.unwrap_or(1);
        let count = Count { min, max: fields.count("maxContains")? };
        own.array.contains.push(Contains { from: 0, value: terms.literal(literal), count, evaluates: true });
    }
    Ok(())
}
