//! Identifiers, pointers and encoded bytes.
use super::whole;
use crate::regular::Dfa;

/// `UUID` of RFC 4122, in either case.
pub(super) fn uuid() -> Dfa {
    whole("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
}

/// `json-pointer` of RFC 6901.
pub(super) fn json_pointer() -> Dfa {
    whole("(?:/(?:[^/~]|~[01])*)*")
}

/// A relative pointer, without arithmetic on indexes.
pub(super) fn relative_json_pointer() -> Dfa {
    whole(r"(?:0|[1-9]\d*)(?:#|(?:/(?:[^/~]|~[01])*)*)")
}

/// `base64` of RFC 4648 with padding, the bits that stand for nothing zero.
pub(super) fn base64() -> Dfa {
    whole("(?:[0-9A-Za-z+/]{4})*(?:[0-9A-Za-z+/][AQgw]==|[0-9A-Za-z+/]{2}[AEIMQUYcgkosw048]=)?")
}
