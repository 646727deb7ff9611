//! Which texts are in each format.
use proptest::prelude::*;

use super::{FORMATS, format, is_standard_format};
use crate::{
    Grammar,
    gbnf::{Ast, Generator, Rule},
    regular::{Dfa, Encoding, tests::Rules, write},
};

#[track_caller]
fn has(name: &str, yes: &[&str], no: &[&str]) {
    let dfa = format(name).unwrap();
    for text in yes {
        assert!(dfa.contains(text), "{name}: {text:?} is missing");
    }
    for text in no {
        assert!(!dfa.contains(text), "{name}: {text:?} is no such text");
        assert!(!dfa.contains(&format!("{text}\n")) && !dfa.contains(&format!(" {text}")), "{name}: {text:?}");
    }
}

#[test]
fn every_format_is_made() {
    for (name, _) in &FORMATS {
        let dfa = format(name).unwrap();
        assert!(!dfa.is_none() && !dfa.is_all(), "{name}");
    }
    assert_eq!(format("regex"), None);
    assert_eq!(format("int32"), None);
    assert!(is_standard_format("regex") && is_standard_format("uri") && is_standard_format("idn-email"));
    assert!(!is_standard_format("ip") && !is_standard_format("byte") && !is_standard_format("url"));
}

#[test]
fn dates_are_of_the_calendar() {
    let date = format("date").unwrap();
    let mut count = 0;
    for year in (0..=9999).filter(|year| year % 100 < 9 || year % 97 == 0) {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for month in 0..14_usize {
            let last = month.checked_sub(1).and_then(|month| days.get(month)).copied().unwrap_or(0);
            for day in [0, 1, 9, 10, 27, 28, 29, 30, 31, 32] {
                let text = format!("{year:04}-{month:02}-{day:02}");
                assert_eq!(date.contains(&text), (1..=last).contains(&day), "{text}");
                count += 1;
            }
        }
    }
    assert!(count > 100_000);
    has("date", &[], &["998-01-01", "12020-01-01", "2020-1-1", "2020-01-0৪", "20200101", "-2020-01-01", ""]);
}

#[test]
fn times() {
    has(
        "time",
        &["08:30:06Z", "23:59:59.999999999+23:59", "00:00:00-00:00", "08:30:06z", "08:30:06.5-08:00"],
        &["24:00:00Z", "00:60:00Z", "00:00:60Z", "08:30:06", "08:30:06+24:00", "8:30:06Z", "08:30:06.Z", "08:30:06+08"],
    );
    has(
        "date-time",
        &["1963-06-19T08:30:06.283185Z", "1937-01-01T12:00:27.87+00:20", "2020-02-29t00:00:00z"],
        &["1990-02-31T15:59:59-08:00", "1963-06-19 08:30:06Z", "1963-06-19T08:30:06", "1963-06-19"],
    );
    has("partial-time", &["08:30:06", "08:30:06.123"], &["08:30:06Z", "08:30"]);
    has("partial-date-time", &["2020-02-29T08:30:06"], &["2021-02-29T08:30:06", "2020-02-29T08:30:06Z"]);
    has(
        "duration",
        &["P4DT12H30M5S", "PT0S", "P1Y2M3DT4H5M6S", "P2W", "P1M2D", "P1Y2M", "PT36H", "P01D", "PT1M2S"],
        &[
            "", "P", "PT", "P1YT", "P2D1Y", "P1D2H", "P1Y2W", "P1Y2D", "PT1H2S", "PT0.5S", "-P1D", "P1", "1D", "P1S",
            "P12345Y",
        ],
    );
}

#[test]
fn hosts() {
    has(
        "ipv4",
        &["0.0.0.0", "255.255.255.255", "192.168.0.1", "10.20.30.40", "249.199.99.9"],
        &["256.0.0.0", "01.2.3.4", "1.2.3", "1.2.3.4.5", "1.2.3.4/8", "1..2.3", "১.0.0.1", ""],
    );
    has(
        "ipv6",
        &["::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "1:2::7:8", "::1.2.3.4"],
        &[
            "1",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1::2::3",
            ":::",
            ":1::",
            "12345::",
            "::1.2.3.04",
            "1.2.3.4",
            "::g",
        ],
    );
    has("ipv6", &["1:2:3:4:5:6:1.2.3.4", "fFfF::1:1.2.3.4", "1:2:3:4:5::8"], &["1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5"]);
    has("ip", &["1.2.3.4", "::"], &["1.2.3", ":"]);
    has(
        "hostname",
        &["www.example.com", "a", "1host", "host-name", "a.b.c.d.e.f.g.h", &"a".repeat(63)],
        &[
            "",
            ".",
            "a.",
            ".a",
            "-a",
            "a-",
            "a..b",
            "a_b",
            "a b",
            "a-.b",
            "xn--X",
            "\u{212A}.com",
            "a．b",
            &"a".repeat(64),
        ],
    );
    has("idn-hostname", &["실례.테스트", "hostname", "παράδειγμα.gr"], &["〮실례", "-a", "aא", "a·l", "ﬁ", ""]);
    has(
        "email",
        &["joe.bloggs@example.com", "te~st@a.b", "a+b@mail.163.com", "~a@x-y.example.co.uk"],
        &[
            "2962", "@a.b", "a@", ".a@b.c", "a.@b.c", "a..b@c.d", "a b@c.d", "a@b", "a@b.1", "a@b_c.d", "a@-b.c",
            "a@b@c.d",
        ],
    );
    has(
        "idn-email",
        &["실례@실례.테스트", "joe@example.com", "δοκιμή@example.com"],
        &["2962", "a@b@c.d", "실례＠실례.테스트"],
    );
}

#[test]
fn identifiers_of_resources() {
    has(
        "uri",
        &[
            "http://foo.bar/?baz=qux#quux",
            "https://example.com:8080/a/b_(c)?d=%20e",
            "http://223.255.255.254",
            "http://user@[2001:db8::7]:80/",
            "ldap://[2001:db8::7]/c=GB?objectClass?one",
            "mailto:John.Doe@example.com",
            "tel:+1-816-555-1212",
            "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
            "file:///etc/hosts",
            "file:/etc/hosts",
            "file://server/share?q",
            "file://server",
            "postgres://user:secret@db_1:5432/main",
            "HTTPS://EXAMPLE.COM",
            "a:",
            "foo:///x//y",
            "httpx://a_b!c",
        ],
        &[
            "//foo.bar/?baz=qux#quux",
            "/abc",
            "abc",
            "http:// shouldfail.com",
            ":// should fail",
            "bar,baz:foo",
            "1http://a.b",
            "http://",
            "http:///a",
            "file:a",
            "file://a:80/b",
            "file://a@b/c",
            "http:a",
            "http://a:99999",
            "http://256.256.256.256",
            "http://1.2.3",
            "http://a%20b",
            "http://xn--a",
            "http://a.xn--",
            "http://[::1",
            "http://[v1.a]",
            "x://[v1.a]",
            "x://:80",
            "x://a@",
            "http://a/%6G",
            "http://a/\\b",
            "http\u{17F}://a",
            "http://a/é",
            "x:/[::1]",
        ],
    );
    has(
        "uri-reference",
        &["", "/abc", "abc", "#f", "?q", "//", "//a:80/b", "./this:that", "http://a", "http://999.999.999.999/", "x:y"],
        &["\\\\WINDOWS\\fileshare", "#a\\b", "1:b", "/%zz", "//a:b/c", "/[::1]", "é", "a\"b"],
    );
    has(
        "iri",
        &["http://ƒøø.ßår/?∂éœ=πîx#πîüx", "http://[V1.fe]", "urn:a:b", "http://ƒøø.ßår/𐌀", "http://a/?q=\u{F0000}"],
        &["/abc", "âππ", "http://2001:0db8:85a3:0000:0000:8a2e:0370:7334", "http://a/\u{F0000}", "x:\u{FFFF}"],
    );
    has("iri-reference", &["âππ", "/âππ", "#ƒrägmênt", "//ƒøø.ßår/"], &["#ƒräg\\mênt", "a b"]);
    has(
        "uri-template",
        &[
            "",
            "http://a/{term:1}/{term}",
            "{+var}{#v}{.v}{/v}{;v}{?v}{&v}",
            "{v*}",
            "{x,y}",
            "{a.b}",
            "{%41}",
            "{v:1000}",
            "a'b",
        ],
        &["{}", "{a,,b}", "{v:0}", "{v:10000}", "}", "{", "{a..b}", "{v:01}", "a b", "{a,}", "{v=d}", "{,+v}", "%4"],
    );
}

#[test]
fn identifiers_and_pointers() {
    has(
        "uuid",
        &["2EB8AA08-aa98-11ea-B4AA-73B441D16380", "00000000-0000-0000-0000-000000000000"],
        &[
            "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
            "2eb8aa08aa9811eab4aa73b441d16380",
            "2eb8aa08-aa98-11ea-b4ga-73b441d16380",
        ],
    );
    has(
        "json-pointer",
        &["", "/", "/foo/bar~0/baz~1/%a", "/foo//bar", "/i\\j", "/k\"l", "/\u{0}\n", "/😎"],
        &["#", "a", "/~", "/~2", "/~~", "#/a"],
    );
    has(
        "relative-json-pointer",
        &["1", "0/foo/bar", "0#", "120/~0", "0//"],
        &["", "/a", "-1", "+1", "01", "0##", "1#/a", "0/~2", "١/a"],
    );
    has(
        "byte",
        &["", "QUJD", "QUI=", "QQ==", "+/+/"],
        &["Q", "QQ", "QQ=", "QUI", "QR==", "QUJ=", "QQ==QQ==", "Q-_Q", "===="],
    );
    assert_eq!(format("byte"), format("base64"));
}

#[test]
fn addresses_parse() {
    let sentences = |name: &str| sentences(&format(name).unwrap(), 300);
    assert!(sentences("ipv4").iter().all(|text| text.parse::<std::net::Ipv4Addr>().is_ok()));
    assert!(sentences("ipv6").iter().all(|text| text.parse::<std::net::Ipv6Addr>().is_ok()));
    assert!(sentences("ip").iter().all(|text| text.parse::<std::net::IpAddr>().is_ok()));
}

/// Texts of a set, by way of a grammar.
fn sentences(dfa: &Dfa, count: u64) -> Vec<String> {
    let mut rules = Rules::default();
    let root = write(dfa, Encoding::Raw, "x", &mut rules).unwrap();
    let root = Rule { name: "root".into(), body: root };
    let ast = Ast { rules: std::iter::once(root).chain(rules.0).collect() };
    let generator = Generator::new(&Grammar::from_ast(ast, "root").unwrap()).unwrap();
    (0..count).map(|seed| generator.generate(seed, 40)).collect()
}

proptest! {
    #[test]
    fn every_address_of_the_first_form_is_one(a: [u8; 4], b: [u16; 8]) {
        let (v4, v6) = (std::net::Ipv4Addr::from(a), std::net::Ipv6Addr::from(b));
        prop_assert!(format("ipv4").unwrap().contains(&v4.to_string()));
        prop_assert!(format("ipv6").unwrap().contains(&v6.to_string()));
        let sparse = std::net::Ipv6Addr::from(b.map(|group| if group % 3 == 0 { group } else { 0 }));
        prop_assert!(format("ipv6").unwrap().contains(&sparse.to_string()), "{}", sparse);
    }
}
