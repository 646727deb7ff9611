//! Addresses of mail.
use super::{
    either,
    net::{LETTERS, idn_pattern},
    whole,
};
use crate::regular::Dfa;

/// What may stand between dots before the `@`.
const ATEXT: &str = "0-9A-Za-z!#$%&'*+/=?^_`{|}~-";

/// `Mailbox` of RFC 5321 without quotes: up to 32 characters and dots before the `@`, behind it up to 63 that are a name
/// as [`hostname`](super::net::hostname) has it, of at least two labels, the last of which begins with a letter.
pub(super) fn email() -> Dfa {
    let top = r"(?=[^]*\.[A-Za-z][^.]*$)(?=[^]{0,63}$)";
    whole(&format!(r"{}@{top}[0-9A-Za-z](?:[.-]?[0-9A-Za-z])*", local(ATEXT, 32)))
}

/// An address as [`email`] has it, or with up to 16 letters of large scripts before the `@` and behind it up to 12 with dots
/// between.
pub(super) fn idn_email() -> Dfa {
    let local = local(&format!("{LETTERS}{ATEXT}"), 16);
    either(&email(), &whole(&format!(r"{local}@(?=[^]*\.){}", idn_pattern())))
}

/// So many of these characters, with dots between.
fn local(chars: &str, most: u8) -> String {
    format!(r"[{chars}](?:\.?[{chars}]){{0,{}}}", most - 1)
}
