//! Integers of every width.
use std::{
    num::{
        NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64,
        NonZeroU128, NonZeroUsize, Wrapping,
    },
    sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize},
};

corpus! {
    types: {
        struct Integers {
            a: i8, b: i16, c: i32, d: i64, e: i128, f: isize, g: u8, h: u16, i: u32, j: u64, k: u128, l: usize,
        }
        struct NonZeroSigned {
            a: NonZeroI8, b: NonZeroI16, c: NonZeroI32, d: NonZeroI64, e: NonZeroI128, f: NonZeroIsize,
        }
        struct NonZeroUnsigned {
            a: NonZeroU8, b: NonZeroU16, c: NonZeroU32, d: NonZeroU64, e: NonZeroU128, f: NonZeroUsize,
        }
        struct OptionalIntegers { a: Option<NonZeroU8>, b: Option<u64>, c: Option<i128>, d: Vec<Option<NonZeroI8>> }
        struct Wrapped { a: Wrapping<u8>, b: Wrapping<i64>, c: AtomicUsize, d: AtomicIsize, e: AtomicBool }
    }
    roots: {
        Int8 = i8;
        Int32 = i32;
        Int64 = i64;
        Int128 = i128;
        Uint32 = u32;
        Uint64 = u64;
        Uint128 = u128;
        Bool = bool;
    }
}
