//! What holds for a rule if it holds for the parts that the rule needs: the least solution over all rules.
use super::{Expr, check::Linked};

/// For which rules a property holds that a sequence has if all of its parts have it, alternatives if one of them has it,
/// a repetition if it may come to nothing or its part has it, and other expressions if `leaf` says so.
///
/// Each part of each rule is looked at twice: where it stands, and when it is known to have the property. So the time
/// goes with the size of the grammar, however long its rules wait for one another.
pub(super) fn solution(linked: &Linked<'_>, leaf: &dyn Fn(&Expr) -> bool) -> Vec<bool> {
    let rules = &linked.parsed.ast.rules;
    let rule = Node { missing: 1, above: None };
    let (nodes, users) = (vec![rule; rules.len()], vec![Vec::new(); rules.len()]);
    let mut search = Search { linked, leaf, nodes, users, open: Vec::new() };
    for (at, rule) in rules.iter().enumerate() {
        search.add(&rule.body, at);
    }
    while let Some(at) = search.open.pop() {
        let Some(node) = search.nodes.get_mut(at).filter(|node| node.missing > 0) else { continue };
        node.missing -= 1;
        if node.missing > 0 {
            continue;
        }
        match node.above {
            Some(above) => search.open.push(above),
            None => search.open.extend(search.users.get(at).into_iter().flatten()),
        }
    }
    search.nodes.iter().take(rules.len()).map(|node| node.missing == 0).collect()
}

struct Search<'a> {
    linked: &'a Linked<'a>,
    leaf: &'a dyn Fn(&Expr) -> bool,
    /// The rules, then the sequences and alternatives in them.
    nodes: Vec<Node>,
    /// For each rule the nodes that have references to it as parts.
    users: Vec<Vec<usize>>,
    /// Nodes of which one more part has the property.
    open: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    /// How many more parts must have the property.
    missing: usize,
    /// The node that this one is a part of; a rule is one of none.
    above: Option<usize>,
}

impl Search<'_> {
    /// Looks at an expression that is a part of a node.
    fn add(&mut self, expr: &Expr, above: usize) {
        match expr {
            Expr::Rule(name) => {
                if let Some(users) = self.linked.rule(name).and_then(|rule| self.users.get_mut(rule)) {
                    users.push(above);
                }
            }
            Expr::Seq(parts) => self.add_parts(parts, parts.len(), above),
            Expr::Alt(parts) => self.add_parts(parts, 1, above),
            Expr::Repeat { min: 0, .. } => self.open.push(above),
            Expr::Repeat { expr, .. } => self.add(expr, above),
            Expr::Literal(_) | Expr::Class(_) | Expr::Any | Expr::Token(_) => {
                if (self.leaf)(expr) {
                    self.open.push(above);
                }
            }
        }
    }

    /// Looks at the parts of an expression, so many of which must have the property.
    fn add_parts(&mut self, parts: &[Expr], missing: usize, above: usize) {
        let node = self.nodes.len();
        self.nodes.push(Node { missing, above: Some(above) });
        for part in parts {
            self.add(part, node);
        }
    }
}
