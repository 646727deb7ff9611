//! What a model with tools may write.
use super::{Tool, ToolMode};
use crate::{
    Grammar, Result,
    gbnf::{Builder, Expr},
};
use serde_json::Value;

/// The grammar of a JSON array of calls, each with the name of a tool and what that tool takes; or text that does not
/// begin like an array, where the mode allows it.
pub(super) fn grammar(tools: &[Tool], mode: ToolMode, max_calls: u32) -> Result<Grammar> {
    let mut rules = Builder::new();
    let calls = tools.iter().map(|tool| {
        let arguments = rules.embed(&format!("{}-arguments", tool.name().replace('_', "-")), tool.grammar());
        let name = Value::from(tool.name());
        Expr::seq([Expr::literal(format!("{{\"name\":{name},\"arguments\":")), arguments, Expr::literal("}")])
    });
    let calls: Vec<Expr> = calls.collect();
    let call = rules.rule("call", Expr::alt(calls));
    let further = match mode {
        ToolMode::One => Expr::empty(),
        ToolMode::Auto | ToolMode::Any => {
            let next = Expr::seq([Expr::literal(","), call.clone()]);
            rules.repeat(next, 0, Some(max_calls.saturating_sub(1)))?
        }
    };
    let array = rules.rule("calls", Expr::seq([Expr::literal("["), call, further, Expr::literal("]")]));
    let root = match mode {
        ToolMode::One | ToolMode::Any => array,
        ToolMode::Auto => {
            let any = Expr::Any.repeat(0, None);
            let text = rules.rule("text", Expr::seq([Expr::class_except([('[', '[')]), any]));
            Expr::alt([array, text])
        }
    };
    rules.build(root)
}
