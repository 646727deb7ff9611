//! The names of integer widths in `format`.
use super::{
    bounds::{Bound, Bounds},
    decimal::Decimal,
};

/// The range of the integer type that schemars gives this name.
pub(crate) fn integer_range(name: &str) -> Option<Bounds> {
    macro_rules! of {
        ($type:ty) => {
            range(&<$type>::MIN.to_string(), &<$type>::MAX.to_string())
        };
    }
    Some(match name {
        "int8" => of!(i8),
        "int16" => of!(i16),
        "int32" => of!(i32),
        "int64" => of!(i64),
        "int128" => of!(i128),
        "int" => of!(isize),
        "uint8" => of!(u8),
        "uint16" => of!(u16),
        "uint32" => of!(u32),
        "uint64" => of!(u64),
        "uint128" => of!(u128),
        "uint" => of!(usize),
        _ => return None,
    })
}

/// The numbers from one to another, both included.
pub(crate) fn range(min: &str, max: &str) -> Bounds {
    let bound = |text| Decimal::parse(text).map(|at| Bound { at, strict: false });
    Bounds { min: bound(min), max: bound(max) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_integers_have_exact_ends() {
        let range = integer_range("uint128").unwrap();
        assert_eq!(range.max.unwrap().at, Decimal::integer(false, u128::MAX));
        let range = integer_range("int128").unwrap();
        assert_eq!(range.min.unwrap().at, Decimal::integer(true, 1 << 127));
    }
}
