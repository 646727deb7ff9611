//! Types of the standard library.
use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ops::{Bound, Range, RangeInclusive},
    sync::Mutex,
    time::Duration,
};

use super::structs::Person;

corpus! {
    types: {
        struct Results { a: Result<u8, String>, b: Result<(), Person>, c: Vec<Result<bool, ()>> }
        struct Ranges { a: Range<u8>, b: RangeInclusive<i64>, c: Bound<i8>, d: Bound<String> }
        struct Addresses { ip: IpAddr, four: Ipv4Addr, six: Ipv6Addr, maybe: Option<IpAddr> }
        struct SocketAddress { at: SocketAddr }
        struct Durations { a: Duration, b: Option<Duration> }
        struct Wrappers { a: Cell<u8>, b: RefCell<String>, c: Mutex<bool>, d: Reverse<u8>, e: Box<Box<u8>> }
        struct Markers { a: PhantomData<Person>, b: (), c: [(); 2], d: ((), PhantomData<u8>) }
    }
    roots: {
        ResultRoot = Result<u8, String>;
        RangeRoot = Range<i32>;
        BoundRoot = Bound<u8>;
        DurationRoot = Duration;
    }
}
