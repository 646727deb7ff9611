//! Identifiers of resources.
use super::{
    either,
    net::{ipv4_pattern, ipv6_pattern},
    whole,
};
use crate::regular::Dfa;

const PCT: &str = "%[0-9A-Fa-f]{2}";
const SCHEME: &str = "[A-Za-z][0-9A-Za-z+.-]*";
const WEB: &str = "(?:[Hh][Tt][Tt][Pp][Ss]?|[Ww][Ss][Ss]?|[Ff][Tt][Pp])";
const FILE: &str = "[Ff][Ii][Ll][Ee]";
/// The unreserved characters and the signs that delimit parts of components, for the beginning of a class.
const PLAIN: &str = "-0-9A-Za-z._~!$&'()*+,;=";
/// Most of the numbers that a port can have.
const PORT: &str = r"(?:\d{0,4}|[1-5]\d{4})";
/// The characters beyond ASCII of RFC 3987, and those that only queries may have.
const UCS: &str = concat!(
    r"\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF\u{10000}-\u{1FFFD}\u{20000}-\u{2FFFD}\u{30000}-\u{3FFFD}",
    r"\u{40000}-\u{4FFFD}\u{50000}-\u{5FFFD}\u{60000}-\u{6FFFD}\u{70000}-\u{7FFFD}\u{80000}-\u{8FFFD}",
    r"\u{90000}-\u{9FFFD}\u{A0000}-\u{AFFFD}\u{B0000}-\u{BFFFD}\u{C0000}-\u{CFFFD}\u{D0000}-\u{DFFFD}",
    r"\u{E1000}-\u{EFFFD}",
);
const PRIVATE: &str = r"\uE000-\uF8FF\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}";

/// The parts of an identifier as patterns.
struct Parts {
    /// Behind `//`, without a port.
    user: String,
    name: String,
    /// What is in brackets.
    literal: String,
    port: &'static str,
    /// Any number of segments, each behind a `/`.
    segments: String,
    /// A segment that is not empty, and one without a colon.
    first: String,
    first_relative: String,
    /// The query and the fragment.
    tail: String,
}

impl Parts {
    /// With these characters besides those of ASCII, in queries also those of `query`.
    fn new(more: &str, query: &str) -> Self {
        let wide = format!("(?:[{PLAIN}{more}:@/?{query}]|{PCT})*");
        let fragment = format!("(?:[{PLAIN}{more}:@/?]|{PCT})*");
        Parts {
            user: format!("(?:[{PLAIN}{more}:]|{PCT})*@"),
            name: format!("(?:[{PLAIN}{more}]|{PCT})*"),
            literal: format!(r"\[(?:{}|[Vv][0-9A-Fa-f]+\.[{PLAIN}:]+)\]", ipv6_pattern()),
            port: r"\d*",
            segments: format!("(?:/(?:[{PLAIN}{more}:@]|{PCT})*)*"),
            first: format!("(?:[{PLAIN}{more}:@]|{PCT})+"),
            first_relative: format!("(?:[{PLAIN}{more}@]|{PCT})+"),
            tail: format!(r"(?:\?{wide})?(?:#{fragment})?"),
        }
    }

    /// What may follow the scheme, with this first segment where there is no authority.
    fn hierarchy(&self, first: &str) -> String {
        let Parts { user, name, literal, port, segments, .. } = self;
        let any = &self.first;
        format!(
            "(?://(?:{user})?(?:{literal}|{name})(?::{port})?{segments}|/(?:{any}{segments})?|{first}{segments}|){}",
            self.tail
        )
    }

    fn absolute(&self) -> String {
        format!("{SCHEME}:{}", self.hierarchy(&self.first))
    }

    fn reference(&self) -> Dfa {
        either(&whole(&self.absolute()), &whole(&self.hierarchy(&self.first_relative)))
    }
}

/// `URI` of RFC 3986 that browsers also read: ports up to 59999, an authority with a port or a user has a host, no
/// addresses of later versions. The hosts of the web (`http`, `https`, `ws`, `wss`, `ftp`) are addresses or names of
/// letters, digits, `-` and `_`, whose last label begins with a letter and none of whose labels is in Punycode, and a user
/// has no password there; `file` has neither port nor user.
pub(super) fn uri() -> Dfa {
    let Parts { user, segments, first, tail, .. } = &Parts::new("", "");
    let literal = format!(r"\[{}\]", ipv6_pattern());
    let label = "(?![Xx][Nn]--)[0-9A-Za-z_](?:[0-9A-Za-z_-]*[0-9A-Za-z_])?";
    let last = "(?![Xx][Nn]--)[A-Za-z](?:[0-9A-Za-z_-]*[0-9A-Za-z_])?";
    let host = format!(r"(?:{literal}|{}|(?:{label}\.)*{last})", ipv4_pattern());
    let web = format!("{WEB}://(?:(?:[{PLAIN}]|{PCT})*@)?{host}(?::{PORT})?{segments}{tail}");
    let file = format!("{FILE}:(?:(?://(?:{host})?)?/(?:{first}{segments})?|//{host}){tail}");
    let host = format!("(?:{literal}|(?:[{PLAIN}]|{PCT})+)");
    let authority = format!("(?:(?:{user})?{host}(?::{PORT})?)?");
    let path = format!("(?://{authority}{segments}|/(?:{first}{segments})?|{first}{segments}|){tail}");
    let other = format!("(?!(?:{WEB}|{FILE}):){SCHEME}:{path}");
    either(&whole(&format!("{web}|{file}")), &whole(&other))
}

/// `URI-reference` of RFC 3986.
pub(super) fn uri_reference() -> Dfa {
    Parts::new("", "").reference()
}

/// `IRI` of RFC 3987.
pub(super) fn iri() -> Dfa {
    whole(&Parts::new(UCS, PRIVATE).absolute())
}

/// `IRI-reference` of RFC 3987.
pub(super) fn iri_reference() -> Dfa {
    Parts::new(UCS, PRIVATE).reference()
}

/// `URI-Template` of RFC 6570, without the operators that are reserved.
pub(super) fn uri_template() -> Dfa {
    let literal = format!(r"[!#$&-;=?-\[\]_a-z~{UCS}{PRIVATE}]|{PCT}");
    let name = format!("(?:[0-9A-Za-z_]|{PCT})");
    let variable = format!(r"{name}(?:\.?{name})*(?:\*|:[1-9]\d{{0,3}})?");
    whole(&format!(r"(?:{literal}|\{{[+#./;?&]?{variable}(?:,{variable})*\}})*"))
}
