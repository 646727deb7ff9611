//! Bounds on how deeply a template may nest.
//!
//! The engine walks expressions and values recursively: a chain of thousands of operators, `elif`s, or lists in lists
//! overflows the stack, and that ends the process. The limits below keep each walk to less than half of the 2 MiB that
//! threads have by default, in unoptimised builds too; templates written by people stay far below them.
use super::scan::{Kind, Tag};
use minijinja::{Error, ErrorKind, State, Value, value::ValueKind};
use std::ops::Range;

/// Bytes of template text.
const MAX_TEXT: usize = 1 << 20;
/// Operators, names and signs that may build on each other within one tag.
const MAX_CHAIN: usize = 300;
/// Brackets within brackets in one tag, which is also how deep the value it builds can be.
const MAX_BRACKETS: usize = 12;
/// `elif`s in all: each nests within the one before.
const MAX_ELIF: usize = 200;
/// Lists within lists in a variable.
const MAX_DEPTH: usize = 32;
/// Lists within lists in JSON that is written: a variable's value within the brackets of one tag.
pub(super) const JSON_DEPTH: usize = MAX_DEPTH + MAX_BRACKETS;
/// Calls within calls while a template runs.
pub(super) const MAX_RECURSION: usize = 80;
/// Fuel for one run: about 50 ms of loops, or 64 bytes of text per unit.
pub(super) const FUEL: u64 = 1_000_000;
/// The names under which [`flat`] and [`part`] are called; templates do not spell them by chance.
pub(super) const FLAT: &str = "__catena_flat";
pub(super) const PART: &str = "__catena_part";

/// Filters that put their input into new lists.
const NESTING_FILTERS: [&str; 5] = ["batch", "slice", "groupby", "zip", "dictsort"];

/// What is wrong with the template's shape, and where.
pub(super) fn check(text: &str, tags: &[Tag]) -> Result<(), (String, Range<usize>)> {
    if text.len() > MAX_TEXT {
        return Err((format!("the template is longer than {MAX_TEXT} bytes"), 0..0));
    }
    let mut elifs = 0;
    for tag in tags {
        let place = tag.tokens.first().map_or(tag.end..tag.end, |token| token.place.start..tag.end);
        let refuse = |why: String| Err((why, place.clone()));
        match tag.keyword(text) {
            Some("elif") => elifs += 1,
            Some(word @ ("include" | "import" | "from" | "extends")) => {
                return refuse(format!("`{word}` needs other templates, and there are none: a template stands alone"));
            }
            Some("for") if (0..tag.tokens.len()).any(|at| tag.word(text, at) == Some("recursive")) => {
                return refuse("recursive loops are not supported; use a macro".to_owned());
            }
            _ => {}
        }
        if elifs > MAX_ELIF {
            return refuse(format!("the template has more than {MAX_ELIF} `elif`s"));
        }
        if (0..tag.tokens.len()).any(|at| matches!(tag.word(text, at), Some(FLAT | PART))) {
            return refuse(format!("the names `{FLAT}` and `{PART}` are taken"));
        }
        let Some((chain, brackets)) = depth(text, tag) else {
            return refuse("the brackets of this tag do not match".to_owned());
        };
        if chain > MAX_CHAIN || brackets > MAX_BRACKETS {
            return refuse("the expression nests too deeply; split it with `set`".to_owned());
        }
    }
    Ok(())
}

/// How long a chain of tokens gets that build on each other, and how deep brackets nest. Members of a list do not build
/// on each other, so a comma begins anew. None if a bracket closes nothing or is not closed.
fn depth(text: &str, tag: &Tag) -> Option<(usize, usize)> {
    let (mut open, mut here) = (vec![], 0_usize);
    let (mut below, mut chain, mut brackets, mut nesting) = (0_usize, 0, 0, 0);
    for (at, token) in tag.tokens.iter().enumerate() {
        here += 1;
        match token.kind {
            Kind::Sign(b'(' | b'[' | b'{') => {
                open.push(here);
                below += here;
                here = 0;
            }
            Kind::Sign(b')' | b']' | b'}') => {
                here = open.pop()?;
                below -= here;
                here += 1;
            }
            Kind::Sign(b',') => here = 0,
            Kind::Word if at > 0 && tag.is(at - 1, b'|') => {
                nesting += usize::from(tag.word(text, at).is_some_and(|word| NESTING_FILTERS.contains(&word)));
            }
            _ => {}
        }
        chain = chain.max(below + here);
        brackets = brackets.max(open.len());
    }
    open.is_empty().then_some((chain, brackets + 2 * nesting))
}

/// Hands on a value that is about to be kept in a variable, unless it nests too deeply.
pub(super) fn flat(state: &State<'_, '_>, value: Value) -> Result<Value, Error> {
    if is_live(&value) {
        for key in value.try_iter()? {
            walk(state, &value.get_item(&key)?, 1)?;
        }
    } else {
        walk(state, &value, 0)?;
    }
    Ok(value)
}

/// Hands on a value that is about to be kept in a namespace, unless it nests too deeply.
///
/// A namespace keeps values from one turn of a loop to the next, so they could grow without bound; and a namespace within
/// another could hold itself.
pub(super) fn part(state: &State<'_, '_>, value: Value) -> Result<Value, Error> {
    walk(state, &value, 0)?;
    Ok(value)
}

fn walk(state: &State<'_, '_>, value: &Value, depth: usize) -> Result<(), Error> {
    state.consume_fuel(1)?;
    let refuse = |why: &'static str| Err(Error::new(ErrorKind::InvalidOperation, why));
    if depth > MAX_DEPTH {
        return refuse("the value nests too deeply");
    }
    match value.kind() {
        _ if is_live(value) => refuse("a namespace or loop cannot be part of another value"),
        ValueKind::Map => {
            for key in value.try_iter()? {
                walk(state, &key, depth + 1)?;
                walk(state, &value.get_item(&key)?, depth + 1)?;
            }
            Ok(())
        }
        ValueKind::Seq | ValueKind::Iterable => value.try_iter()?.try_for_each(|item| walk(state, &item, depth + 1)),
        _ => Ok(()),
    }
}

/// Whether this can change after it was looked at, or leads to what can. The engine keeps these types private; tests below
/// hold their names to what they are.
fn is_live(value: &Value) -> bool {
    let live = |name: &str| ["::Namespace", "::Loop", "::Module"].iter().any(|end| name.ends_with(end));
    value.as_object().is_some_and(|object| live(object.type_name()))
}

#[cfg(test)]
mod tests {
    use super::super::{Compiled, Dialect};
    use crate::Result;

    fn run(text: &str) -> Result<String> {
        Compiled::parse(text, Dialect::Chat, |_| ())?.render(minijinja::context! { a => "x", t => vec![1, 2] })
    }

    // Each of these ended the process, or took seconds and gigabytes, when the engine got it as it is.
    #[test]
    fn hostile_templates_end_in_an_error() {
        let many = |times: usize, open: &str, one: &str, close: &str| format!("{open}{}{close}", one.repeat(times));
        for n in [400, 50_000] {
            for (open, one, close) in [
                ("{{ a", "|e", " }}"),
                ("{{ a", ".a", " }}"),
                ("{{ a", "[0]", " }}"),
                ("{{ a", "()", " }}"),
                ("{{ a", " ~ a", " }}"),
                ("{{ 1", " ** 1", " }}"),
                ("{{ ", "not ", "a }}"),
                ("{{ ", "-", "1 }}"),
                ("{{ ", "a if a else ", "a }}"),
                ("{{ a", " is defined", " }}"),
                ("{{ f(a", ")(a", ") }}"),
                ("{% if not a %}", "{% elif not a %}x", "{% endif %}"),
                ("{% set x = [] %}", "{% set x = [x] %}", "{{ x }}"),
                ("{% set x = [] %}", "{% set x = {1: x} %}", "{{ x|tojson }}"),
                ("{% set n = namespace() %}", "{% set n = namespace(a=n) %}", "{{ n }}"),
            ] {
                assert!(run(&many(n, open, one, close)).is_err(), "{n} × {one}");
            }
        }
        for text in [
            "{% set ns = namespace(x=[]) %}{% for i in range(90000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
            "{% set ns = namespace(x=1) %}{% set ns.x = ns %}{{ ns }}",
            "{% set ns = namespace() %}{% set m = namespace(a=ns) %}{% set ns.x = m %}{{ ns }}",
            "{% set ns = namespace() %}{% for x in [1, ns] %}{% set ns.l = loop %}{% endfor %}{{ ns }}",
            "{% set ns = namespace(x=1) %}{% set ns.x = [ns] %}{{ ns|tojson }}",
            "{% set ns = namespace(x=1) %}{% set ns.x = a)) + ((ns %}{{ ns }}",
            "{% set __catena_flat = dict %}{% set x = [1] %}",
            "{% set x = [1,1] %}{% for i in t %}{% endfor %}{% set x = [x,x,x,x] %}{% set x = [x,x,x,x,x,x,x,x] %}\
             {% set x = [x,x,x,x,x,x,x,x] %}{% set x = [x,x,x,x,x,x,x,x] %}{% set x = [x,x,x,x,x,x,x,x] %}\
             {% set x = [x,x,x,x,x,x,x,x] %}{% set x = [x,x,x,x,x,x,x,x] %}{% set x = [x,x,x,x,x,x,x,x] %}",
            "{% macro f(x) %}{{ f([x]) }}{% endmacro %}{{ f(1) }}",
            "{% for x in t recursive %}{{ loop([[x]]) }}{% endfor %}",
            "{% include 'template' %}",
            "{% extends 'template' %}",
            "{% from 'template' import x %}",
            "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
            "{{ 'x' * 99999999999 }}",
            "{{ '{:>999999999}'.format('x') }}",
            "{{ '{:.999999999f}'.format(1.5) }}",
            "{{ '%999999999d'|format(1) }}",
            "{% set s = 'x' * 30000000 %}{{ s.replace('', s) }}",
            "{% set s = 'x' * 30000000 %}{{ s.join(range(90000)) }}",
            "{% set x = range(90000)|list %}{{ ','.join([x] * 10000) }}",
            "{% set s = 'x' * 10000000 %}{{ ([s] * 1000)|join }}",
            "{% set s = 'x' * 10000000 %}{{ ([{'a': s}] * 1000)|join(attribute='a') }}",
            "{% set s = 'x' * 10000000 %}{{ ('{0}' * 1000).format(s) }}",
            "{% set s = 'x' * 10000000 %}{{ ('{a}' * 1000).format(a=s) }}",
            "{{ ('{0:9999}' * 1000000).format('x') }}",
            "{% set s = 'x' * 10000000 %}{{ ('%(a)s' * 1000)|format(a=s) }}",
            "{% set s = 'x' * 10000000 %}{{ ([{'a': 1}] * 1000)|tojson(separators=(',', s)) }}",
            "{{ 'a'|indent(999999999) }}",
            "{{ [1]|tojson(indent=999999999) }}",
            "{{ debug() }}",
        ] {
            assert!(run(text).is_err(), "{text}");
        }
    }

    #[test]
    fn long_but_flat_templates_are_fine() {
        let list = format!("{{{{ [{}]|length }}}}", "a.b.c, ".repeat(2_000));
        let tags = "{% if a %}{{ a ~ t[0] }}{% endif %}".repeat(2_000);
        let names = format!("{{% set x = [{}] %}}{{{{ x[-1] }}}}", "'x', ".repeat(2_000));
        assert_eq!(run(&list.replace("a.b.c", "a")).unwrap(), "2000");
        assert_eq!(run(&tags).unwrap(), "x1".repeat(2_000));
        assert_eq!(run(&names).unwrap(), "x");
    }

    #[test]
    fn variables_and_namespaces_work_as_ever() {
        for (text, expected) in [
            ("{% set x, y = 1, [2, [3]] %}{{ x }}{{ y }}", "1[2, [3]]"),
            ("{% set x = 1 if false else {'a': t} %}{{ x.a[1] }}", "2"),
            ("{% set x %}{{ a }}!{% endset %}{{ x }}", "x!"),
            (
                "{% set ns = namespace(n=0, l=[]) %}{% for i in t %}{% set ns.n = ns.n + i %}{% set ns.l = ns.l + [i] %}{% endfor %}\
              {{ ns.n }}{{ ns.l }}",
                "3[1, 2]",
            ),
            ("{% set x = t|map('string')|list %}{{ '+'.join(x) }}{{ '-'.join(t) }}", "1+21-2"),
            ("{% for x in t %}{% set outer = loop %}{{ outer.index }}{% endfor %}", "12"),
            ("{{ 'a-b'.replace('-', '+') }}{{ '{} {:>3}'.format(1, 2) }}", "a+b1   2"),
            ("{{ t|join(', ') }}{{ t|join }}{{ t|join(d='+') }}{{ 'ab'|join('-') }}", "1, 2121+2a-b"),
            ("{{ [{'a': {'b': [1, 2]}}, {}]|join(',', attribute='a.b.1') }}", "2,"),
            ("{{ '%s-%03d'|format(a, 7) }}{{ '%(n)s%%'|format(n=50) }}", "x-00750%"),
        ] {
            assert_eq!(run(text).unwrap(), expected, "{text}");
        }
    }
}
