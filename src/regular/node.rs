//! Regular expressions as trees.
use super::{dfa::TooLarge, ranges::Ranges};
use crate::gbnf::{CharClass, Expr};

/// A regular expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// A character of a set.
    Set(Ranges),
    /// One after the other; none are the empty text.
    Seq(Vec<Node>),
    /// One of these; none match nothing.
    Alt(Vec<Node>),
    /// This so many times.
    Repeat { node: Box<Node>, min: u32, max: Option<u32> },
    /// The beginning of the text.
    Start,
    /// The end of the text.
    End,
    /// A place between a character of a word and one that is none, or not such a place.
    Word { negated: bool },
    /// Whether a match begins here (or, `behind`, ends here) or not.
    Look { behind: bool, negated: bool, node: Box<Node> },
}

impl Node {
    pub(super) fn empty() -> Self {
        Node::Seq(Vec::new())
    }

    pub(super) fn any() -> Self {
        Node::Set(Ranges::all())
    }

    /// An expression of GBNF.
    ///
    /// # Errors
    ///
    /// The expression refers to a rule or names a token.
    pub(super) fn from_expr(expr: &Expr) -> Result<Self, TooLarge> {
        let all = |parts: &[Expr]| parts.iter().map(Node::from_expr).collect::<Result<Vec<Node>, TooLarge>>();
        Ok(match expr {
            Expr::Literal(text) => Node::Seq(text.chars().map(|c| Node::Set(Ranges::single(c))).collect()),
            Expr::Class(class) => Node::Set(class_ranges(class)),
            Expr::Any => Node::any(),
            Expr::Rule(_) | Expr::Token(_) => return Err(TooLarge),
            Expr::Seq(parts) => Node::Seq(all(parts)?),
            Expr::Alt(parts) => Node::Alt(all(parts)?),
            Expr::Repeat { expr, min, max } => {
                Node::Repeat { node: Box::new(Node::from_expr(expr)?), min: *min, max: *max }
            }
        })
    }

    /// Whether a match can begin nowhere but at the beginning of the text.
    pub(super) fn is_anchored(&self) -> bool {
        match self {
            Node::Start => true,
            Node::Seq(parts) => {
                let reads = |part: &&Node| !matches!(part, Node::End | Node::Word { .. } | Node::Look { .. });
                parts.iter().find(reads).is_some_and(Node::is_anchored)
            }
            Node::Alt(parts) => parts.iter().all(Node::is_anchored),
            Node::Repeat { node, min, .. } => *min > 0 && node.is_anchored(),
            Node::Set(_) | Node::End | Node::Word { .. } | Node::Look { .. } => false,
        }
    }

    /// Whether what matches depends on what is before it: on the beginning of the text, or on whether a character of a
    /// word is there.
    pub(super) fn looks_back(&self) -> bool {
        match self {
            Node::Start | Node::Word { .. } | Node::Look { behind: true, .. } => true,
            Node::Seq(parts) | Node::Alt(parts) => parts.iter().any(Node::looks_back),
            Node::Repeat { node, .. } | Node::Look { node, .. } => node.looks_back(),
            Node::Set(_) | Node::End => false,
        }
    }
}

fn class_ranges(class: &CharClass) -> Ranges {
    Ranges::new(class.scalar_ranges().into_iter().map(|(low, high)| (low.into(), high.into())))
}
