//! Any JSON.
use serde_json::{Map, Number, Value};

use super::make;

corpus! {
    types: {
        struct Anything {
            #[arbitrary(with = make::json)] value: Value,
            #[arbitrary(with = |u: &mut arbitrary::Unstructured| make::list_of(u, 0..=3, make::json))] list: Vec<Value>,
            #[arbitrary(with = make::json_object)] map: Map<String, Value>,
        }
        struct Numbers { #[arbitrary(with = make::json_number)] number: Number }
        struct MaybeAnything { #[serde(default)] #[arbitrary(with = make::json)] value: Value }
        struct AnyRoot (#[arbitrary(with = make::json)] Value)
        struct AnyObject (#[arbitrary(with = make::json_object)] Map<String, Value>)
        struct Call { name: String, #[arbitrary(with = make::json_object)] arguments: Map<String, Value> }
    }
}
