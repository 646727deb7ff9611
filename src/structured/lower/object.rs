//! Objects: properties in a fixed order, each optional one in its place.
use super::{
    Lowering,
    expr::{empty, many, optional, seq, text},
    factor::alt,
    key::key,
    repeat::{MAX_COUNT, counted},
};
use crate::{
    Result,
    gbnf::Expr,
    structured::{
        ir::{Extra, Field, ObjectShape},
        schema::schema_error,
    },
};

/// The most optional properties that are written where they stand. Each is a path that the engine follows at once, so
/// more of them are written as a tree over the names that may follow.
const INLINE: usize = 3;

/// The most optional properties that are written as a full tree, whose size is the square of their number.
const TREE: usize = 150;
/// How many of the names that may follow are looked at in one place where there are more than that.
const WINDOW: usize = 8;

/// An object.
pub(super) fn object(lowering: &mut Lowering<'_>, near: &str, shape: &ObjectShape) -> Result<Expr> {
    let members = Members {
        fields: shape.fields.iter().map(|field| member(lowering, field)).collect::<Result<_>>()?,
        extra: match &shape.extra {
            Some(extra) => Some(undeclared(lowering, near, extra, shape)?),
            None => None,
        },
        shape,
    };
    if shape.fields.is_empty() {
        return members.map(lowering, near);
    }
    let optional = shape.fields.iter().filter(|field| !field.required).count();
    if optional > INLINE {
        return members.tree(lowering, near);
    }
    Ok(members.inline())
}

/// `"name":value`
fn member(lowering: &mut Lowering<'_>, field: &Field) -> Result<Expr> {
    let name = serde_json::Value::from(field.name.as_str());
    Ok(seq([text(format!("{name}:")), lowering.value(field.value)?]))
}

/// `"name":value` with any other name
fn undeclared(lowering: &mut Lowering<'_>, near: &str, extra: &Extra, shape: &ObjectShape) -> Result<Expr> {
    let declared = shape.fields.iter().map(|field| &field.name).chain(&shape.absent);
    let key = key(&mut lowering.rules, near, extra.keys, declared)?;
    let pair = seq([key, text(":"), lowering.value(extra.value)?]);
    lowering.rules.add(&format!("{near}-member"), pair)
}

/// The members of an object, written out.
struct Members<'a> {
    shape: &'a ObjectShape,
    /// One for each field.
    fields: Vec<Expr>,
    extra: Option<Expr>,
}

impl Members<'_> {
    /// A map without declared properties.
    fn map(&self, lowering: &mut Lowering<'_>, near: &str) -> Result<Expr> {
        let (Some(pair), Some(extra)) = (&self.extra, &self.shape.extra) else { return Ok(text("{}")) };
        for (keyword, count) in [("minProperties", extra.min), ("maxProperties", extra.max.unwrap_or(0))] {
            if count > MAX_COUNT {
                return Err(schema_error(format!("`{keyword}` is above {MAX_COUNT}: lower it or leave it out")));
            }
        }
        let content = match extra.max {
            Some(0) => empty(),
            max => {
                let next = seq([text(","), pair.clone()]);
                let least = extra.min.saturating_sub(1);
                let rest = match max.map(|max| max - 1) {
                    None if least == 0 => many(next),
                    most => {
                        let next = lowering.rules.add(&format!("{near}-next"), next)?;
                        counted(&mut lowering.rules, near, &next, least, most)?
                    }
                };
                let all = seq([pair.clone(), rest]);
                if extra.min == 0 { optional(all) } else { all }
            }
        };
        Ok(seq([text("{"), content, text("}")]))
    }

    /// The members that may follow another one, from this field on.
    fn rest(&self, from: usize) -> Vec<Expr> {
        let fields = self.fields.iter().zip(&self.shape.fields).skip(from).map(|(member, field)| {
            let next = seq([text(","), member.clone()]);
            if field.required { next } else { optional(next) }
        });
        let extra = self.extra.iter().map(|pair| many(seq([text(","), pair.clone()])));
        fields.chain(extra).collect()
    }

    /// Each optional member written where it stands.
    fn inline(&self) -> Expr {
        let required = self.shape.fields.iter().position(|field| field.required);
        let content = if let Some(first) = required {
            let before = self.fields.iter().take(first).map(|member| optional(seq([member.clone(), text(",")])));
            let members = before.chain(self.fields.get(first).cloned()).chain(self.rest(first + 1));
            seq(members.collect::<Vec<_>>())
        } else {
            let mut starts: Vec<Expr> = vec![empty()];
            for (at, member) in self.fields.iter().enumerate() {
                starts.push(seq(std::iter::once(member.clone()).chain(self.rest(at + 1)).collect::<Vec<_>>()));
            }
            starts.extend(self.extra.iter().map(|pair| seq([pair.clone(), many(seq([text(","), pair.clone()]))])));
            alt(starts)
        };
        seq([text("{"), content, text("}")])
    }

    /// A rule for each place where an optional member may stand, which decides by the next name.
    fn tree(&self, lowering: &mut Lowering<'_>, near: &str) -> Result<Expr> {
        let names: Vec<Option<String>> = (self.shape.fields.iter())
            .map(|field| (!field.required).then(|| lowering.rules.name(&format!("{near}-rest"))))
            .collect();
        let window = if names.iter().flatten().count() > TREE { WINDOW } else { usize::MAX };
        for (at, name) in names.iter().enumerate() {
            if let Some(name) = name {
                let body = self.next(at, &names, ",", window);
                lowering.rules.define(name.clone(), body)?;
            }
        }
        Ok(seq([text("{"), self.next(0, &names, "", usize::MAX)]))
    }

    /// What may stand from this field on, the closing brace included.
    ///
    /// Behind a comma only the next `window` names are looked at; the others are left to a later rule.
    fn next(&self, from: usize, names: &[Option<String>], comma: &str, window: usize) -> Expr {
        let mut starts = Vec::new();
        for (at, (member, field)) in self.fields.iter().zip(&self.shape.fields).enumerate().skip(from) {
            if let (true, Some(Some(later))) = (at - from >= window, names.get(at)) {
                starts.push(Expr::Rule(later.clone()));
                return alt(starts);
            }
            starts.push(seq([text(comma), member.clone(), self.behind(at + 1, names)]));
            if field.required {
                return alt(starts);
            }
        }
        if let Some(pair) = &self.extra {
            starts.push(seq([text(comma), pair.clone(), many(seq([text(","), pair.clone()])), text("}")]));
        }
        starts.push(text("}"));
        alt(starts)
    }

    /// What may stand behind a member: the required ones as they come, up to the first place with a choice.
    fn behind(&self, from: usize, names: &[Option<String>]) -> Expr {
        let mut parts = Vec::new();
        for (at, member) in self.fields.iter().enumerate().skip(from) {
            if let Some(Some(name)) = names.get(at) {
                parts.push(Expr::Rule(name.clone()));
                return seq(parts);
            }
            parts.push(seq([text(","), member.clone()]));
        }
        parts.extend(self.extra.iter().map(|pair| many(seq([text(","), pair.clone()]))));
        parts.push(text("}"));
        seq(parts)
    }
}
