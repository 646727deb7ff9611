//! Types of other crates that schemars knows.
use std::collections::BTreeMap;

use arbitrary::Unstructured;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use rust_decimal::Decimal;
use semver::Version;
use uuid::Uuid;

use super::make;

fn uuid(u: &mut Unstructured<'_>) -> arbitrary::Result<Uuid> {
    Ok(Uuid::from_u128(u.arbitrary()?))
}

fn by_uuid(u: &mut Unstructured<'_>) -> arbitrary::Result<BTreeMap<Uuid, u8>> {
    Ok(make::list_of(u, 0..=2, |u| Ok((uuid(u)?, u.arbitrary()?)))?.into_iter().collect())
}

fn weekday(u: &mut Unstructured<'_>) -> arbitrary::Result<Weekday> {
    Ok(Weekday::try_from(u.int_in_range(0..=6)?).unwrap())
}

fn decimal(u: &mut Unstructured<'_>) -> arbitrary::Result<Decimal> {
    Ok(Decimal::new(u.arbitrary()?, u.int_in_range(0..=4)?))
}

fn version(u: &mut Unstructured<'_>) -> arbitrary::Result<Version> {
    let mut version = Version::new(u.arbitrary()?, u.arbitrary()?, u.arbitrary()?);
    if u.arbitrary()? {
        version.pre = make::dotted(u, "abz-", 1..=3)?.parse().unwrap();
    }
    if u.arbitrary()? {
        version.build = make::dotted(u, "ab-019", 1..=2)?.parse().unwrap();
    }
    Ok(version)
}

corpus! {
    types: {
        struct Uuids {
            #[arbitrary(with = uuid)] id: Uuid,
            #[arbitrary(with = |u: &mut Unstructured| make::list_of(u, 0..=2, uuid))] more: Vec<Uuid>,
        }
        struct KeysOfUuids { #[arbitrary(with = by_uuid)] counts: BTreeMap<Uuid, u8> }
        struct Dates {
            #[arbitrary(with = make::date)] date: NaiveDate,
            #[arbitrary(with = make::time)] time: NaiveTime,
        }
        struct DateTimes { #[arbitrary(with = make::date_time)] at: NaiveDateTime }
        struct Instants { #[arbitrary(with = make::utc)] at: DateTime<Utc> }
        struct ZonedInstants { #[arbitrary(with = make::zoned)] at: DateTime<FixedOffset> }
        struct Weekdays { #[arbitrary(with = weekday)] day: Weekday }
        struct Decimals {
            #[arbitrary(with = decimal)] price: Decimal,
            #[arbitrary(with = |u: &mut Unstructured| make::list_of(u, 0..=2, decimal))] more: Vec<Decimal>,
        }
        struct Versions { #[arbitrary(with = version)] version: Version }
    }
}
