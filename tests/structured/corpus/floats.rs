//! Numbers with a point.
use std::collections::BTreeMap;

use super::make;

corpus! {
    types: {
        struct Floats {
            #[arbitrary(with = make::finite)] single: f32,
            #[arbitrary(with = make::finite)] double: f64,
            #[arbitrary(with = make::finite)] maybe: Option<f64>,
        }
        struct ListsOfFloats {
            #[arbitrary(with = make::finite)] list: Vec<f64>,
            #[arbitrary(with = make::finite)] pairs: Vec<(f32, f64)>,
            #[arbitrary(with = make::finite)] map: BTreeMap<String, f32>,
        }
        struct Double (#[arbitrary(with = make::finite)] f64)
        struct Single (#[arbitrary(with = make::finite)] f32)
    }
}
