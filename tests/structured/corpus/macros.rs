//! How a theme lists its types.

/// Defines types and gives each a test of its name, in the module `each`.
///
/// `types` holds structs and enums as they are written elsewhere; `roots` names other types.
macro_rules! corpus {
    (types: { $($(#[$attribute:meta])* $kind:ident $name:ident $body:tt)* } $(roots: { $($root:ident = $type:ty;)* })?) => {
        $(define!($(#[$attribute])* $kind $name $body);)*
        $($(type $root = $type;)*)?

        pub(super) const NAMES: &[&str] = &[$(stringify!($name),)* $($(stringify!($root),)*)?];

        #[allow(non_snake_case, reason = "tests are named as the types are")]
        mod each {
            $(#[test] fn $name() { $crate::corpus::check::Subject::new::<super::$name>(stringify!($name)).check(); })*
            $($(#[test] fn $root() { $crate::corpus::check::Subject::new::<super::$root>(stringify!($root)).check(); })*)?
        }
    };
}

macro_rules! define {
    ($(#[$attribute:meta])* $kind:ident $name:ident ($($tuple:tt)*)) => {
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema, arbitrary::Arbitrary)]
        $(#[$attribute])*
        #[allow(dead_code, reason = "serde reads the fields")]
        pub(super) $kind $name($($tuple)*);
    };
    ($(#[$attribute:meta])* $kind:ident $name:ident {$($body:tt)*}) => {
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema, arbitrary::Arbitrary)]
        $(#[$attribute])*
        #[allow(dead_code, reason = "serde reads the fields")]
        pub(super) $kind $name { $($body)* }
    };
}
