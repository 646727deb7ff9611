//! Which rules the texts of a grammar can need.
use super::super::{Ast, Expr};
use std::{collections::HashMap, mem};

/// For each rule whether the root refers to it, by others or itself, given the numbers of all rules.
pub(super) fn reached(ast: &Ast, numbers: &HashMap<&str, u32>, root: u32) -> Vec<bool> {
    let mut reached = vec![false; ast.rules.len()];
    let mut open = vec![root];
    while let Some(number) = open.pop() {
        let (Some(is_reached), Some(rule)) = (reached.get_mut(number as usize), ast.rules.get(number as usize)) else {
            continue;
        };
        if mem::replace(is_reached, true) {
            continue;
        }
        let mut exprs = vec![&rule.body];
        while let Some(expr) = exprs.pop() {
            match expr {
                Expr::Rule(name) => open.extend(numbers.get(name.as_str())),
                Expr::Seq(parts) | Expr::Alt(parts) => exprs.extend(parts),
                Expr::Repeat { expr, .. } => exprs.push(expr),
                Expr::Literal(_) | Expr::Class(_) | Expr::Any | Expr::Token(_) => {}
            }
        }
    }
    reached
}
