//! Values that `Arbitrary` does not make by itself, for `#[arbitrary(with = ...)]`.
use std::{borrow::Cow, collections::BTreeMap, ops::RangeInclusive};

use arbitrary::{Arbitrary, Result, Unstructured};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde_json::{Map, Number, Value};

/// What has no values that JSON cannot write.
pub(super) trait Finite: Sized {
    fn finite(u: &mut Unstructured<'_>) -> Result<Self>;
}

impl Finite for f64 {
    fn finite(u: &mut Unstructured<'_>) -> Result<Self> {
        let any = match u.int_in_range(0..=5)? {
            0 => f64::arbitrary(u)?,
            1 => f64::from(i8::arbitrary(u)?),
            2 => f64::from(i32::arbitrary(u)?) / 1000.0,
            #[expect(clippy::cast_precision_loss, reason = "large numbers are wanted")]
            3 => i64::arbitrary(u)? as f64,
            4 => 10_f64.powi(u.int_in_range(-30..=30)?),
            _ => *u.choose(&[f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, -0.0, 0.1 + 0.2, f64::EPSILON])?,
        };
        Ok(if any.is_finite() { any } else { 0.0 })
    }
}

impl Finite for f32 {
    fn finite(u: &mut Unstructured<'_>) -> Result<Self> {
        let any = match u.int_in_range(0..=3)? {
            0 => f32::arbitrary(u)?,
            1 => f32::from(i8::arbitrary(u)?),
            2 => f32::from(i16::arbitrary(u)?) / 100.0,
            _ => *u.choose(&[f32::MAX, f32::MIN, f32::MIN_POSITIVE, 1e-45, -0.0, 0.3, 16_777_216.0])?,
        };
        Ok(if any.is_finite() { any } else { 0.0 })
    }
}

impl<T: Finite> Finite for Option<T> {
    fn finite(u: &mut Unstructured<'_>) -> Result<Self> {
        Ok(if u.arbitrary()? { Some(T::finite(u)?) } else { None })
    }
}

impl<T: Finite> Finite for Vec<T> {
    fn finite(u: &mut Unstructured<'_>) -> Result<Self> {
        list_of(u, 0..=4, T::finite)
    }
}

impl<A: Finite, B: Finite> Finite for (A, B) {
    fn finite(u: &mut Unstructured<'_>) -> Result<Self> {
        Ok((A::finite(u)?, B::finite(u)?))
    }
}

impl<T: Finite> Finite for BTreeMap<String, T> {
    fn finite(u: &mut Unstructured<'_>) -> Result<Self> {
        Ok(list_of(u, 0..=4, |u| Ok((u.arbitrary()?, T::finite(u)?)))?.into_iter().collect())
    }
}

/// A value whose numbers are all finite.
pub(super) fn finite<T: Finite>(u: &mut Unstructured<'_>) -> Result<T> {
    T::finite(u)
}

/// A number in a range.
pub(super) fn between(u: &mut Unstructured<'_>, low: f64, high: f64) -> Result<f64> {
    let share = u.int_in_range(0..=1000_u32)?;
    Ok(low + (high - low) * f64::from(share) / 1000.0)
}

/// A list of a length in a range.
pub(super) fn list_of<T>(
    u: &mut Unstructured<'_>,
    lengths: RangeInclusive<usize>,
    item: impl Fn(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let length = u.int_in_range(lengths)?;
    (0..length).map(|_| item(u)).collect()
}

/// As many arbitrary items as a range says.
pub(super) fn list<T: for<'a> Arbitrary<'a>>(
    u: &mut Unstructured<'_>,
    lengths: RangeInclusive<usize>,
) -> Result<Vec<T>> {
    list_of(u, lengths, any)
}

fn any<T: for<'a> Arbitrary<'a>>(u: &mut Unstructured<'_>) -> Result<T> {
    u.arbitrary()
}

/// A text of as many characters as a range says.
pub(super) fn text(u: &mut Unstructured<'_>, lengths: RangeInclusive<usize>) -> Result<String> {
    Ok(list::<char>(u, lengths)?.into_iter().collect())
}

/// A text of these characters.
pub(super) fn text_of(u: &mut Unstructured<'_>, letters: &str, lengths: RangeInclusive<usize>) -> Result<String> {
    let letters: Vec<char> = letters.chars().collect();
    Ok(list_of(u, lengths, |u| u.choose(&letters).copied())?.into_iter().collect())
}

/// A map without some keys, to be flattened beside fields of those names.
pub(super) fn without<T: for<'a> Arbitrary<'a>>(
    u: &mut Unstructured<'_>,
    names: &[&str],
) -> Result<BTreeMap<String, T>> {
    let mut map: BTreeMap<String, T> = u.arbitrary()?;
    map.retain(|name, _| !names.contains(&name.as_str()));
    Ok(map)
}

pub(super) fn cow(u: &mut Unstructured<'_>) -> Result<Cow<'static, str>> {
    Ok(Cow::Owned(u.arbitrary()?))
}

/// Any JSON, not deep.
pub(super) fn json(u: &mut Unstructured<'_>) -> Result<Value> {
    json_below(u, 3)
}

/// Any JSON object, not deep.
pub(super) fn json_object(u: &mut Unstructured<'_>) -> Result<Map<String, Value>> {
    members(u, 2)
}

/// An object without some keys, to be flattened beside fields of those names.
pub(super) fn json_without(u: &mut Unstructured<'_>, names: &[&str]) -> Result<Map<String, Value>> {
    Ok(json_object(u)?.into_iter().filter(|(name, _)| !names.contains(&name.as_str())).collect())
}

pub(super) fn json_number(u: &mut Unstructured<'_>) -> Result<Number> {
    Ok(match u.int_in_range(0..=2)? {
        0 => u64::arbitrary(u)?.into(),
        1 => i64::arbitrary(u)?.into(),
        _ => Number::from_f64(finite(u)?).unwrap_or_else(|| 0.into()),
    })
}

fn json_below(u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    Ok(match u.int_in_range(0..=if depth == 0 { 3 } else { 5 })? {
        0 => Value::Null,
        1 => u.arbitrary::<bool>()?.into(),
        2 => Value::Number(json_number(u)?),
        3 => Value::String(u.arbitrary()?),
        4 => Value::Array(list_of(u, 0..=3, |u| json_below(u, depth - 1))?),
        _ => Value::Object(members(u, depth - 1)?),
    })
}

fn members(u: &mut Unstructured<'_>, depth: usize) -> Result<Map<String, Value>> {
    Ok(list_of(u, 0..=3, |u| Ok((u.arbitrary()?, json_below(u, depth)?)))?.into_iter().collect())
}

/// A day of a year of four digits.
pub(super) fn date(u: &mut Unstructured<'_>) -> Result<NaiveDate> {
    let date = NaiveDate::from_yo_opt(u.int_in_range(0..=9999)?, u.int_in_range(1..=366)?);
    Ok(date.unwrap_or_default())
}

pub(super) fn time(u: &mut Unstructured<'_>) -> Result<NaiveTime> {
    let nanos = *u.choose(&[0, 1, 500_000_000, 123_000_000, 123_456_000, 999_999_999])?;
    Ok(NaiveTime::from_num_seconds_from_midnight_opt(u.int_in_range(0..=86_399)?, nanos).unwrap_or_default())
}

pub(super) fn date_time(u: &mut Unstructured<'_>) -> Result<NaiveDateTime> {
    Ok(NaiveDateTime::new(date(u)?, time(u)?))
}

pub(super) fn utc(u: &mut Unstructured<'_>) -> Result<DateTime<Utc>> {
    Ok(date_time(u)?.and_utc())
}

/// A time away from the ends of the calendar, which an offset could take out of the years of four digits.
pub(super) fn zoned(u: &mut Unstructured<'_>) -> Result<DateTime<FixedOffset>> {
    let minutes: i32 = u.int_in_range(-1439..=1439)?;
    let zone = FixedOffset::east_opt(minutes * 60).unwrap_or_else(|| FixedOffset::east_opt(0).unwrap());
    let day = NaiveDate::from_yo_opt(u.int_in_range(1..=9998)?, u.int_in_range(1..=365)?).unwrap_or_default();
    Ok(day.and_time(time(u)?).and_utc().with_timezone(&zone))
}

/// Names joined by dots.
pub(super) fn dotted(u: &mut Unstructured<'_>, letters: &str, parts: RangeInclusive<usize>) -> Result<String> {
    Ok(list_of(u, parts, |u| text_of(u, letters, 1..=8))?.join("."))
}
