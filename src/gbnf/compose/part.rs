//! What grammars are put together from.
use crate::{Grammar, gbnf::Expr};

/// A part of a grammar: a text, an expression that refers to no rules, or another grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// What an expression matches; a text becomes a literal.
    Expr(Expr),
    /// What a grammar matches.
    Grammar(Grammar),
}

impl From<Expr> for Part {
    fn from(expr: Expr) -> Self {
        Part::Expr(expr)
    }
}

impl From<Grammar> for Part {
    fn from(grammar: Grammar) -> Self {
        Part::Grammar(grammar)
    }
}

impl From<&Grammar> for Part {
    fn from(grammar: &Grammar) -> Self {
        Part::Grammar(grammar.clone())
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Part::Expr(Expr::literal(text))
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Part::Expr(Expr::literal(text))
    }
}

/// Several parts: a tuple of up to twelve of any sort, or an array or a vector of one sort.
pub trait Parts {
    /// Each of them.
    fn into_parts(self) -> Vec<Part>;
}

impl<P: Into<Part>, const N: usize> Parts for [P; N] {
    fn into_parts(self) -> Vec<Part> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<P: Into<Part>> Parts for Vec<P> {
    fn into_parts(self) -> Vec<Part> {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Into<Part>),*> Parts for ($($name,)*) {
            fn into_parts(self) -> Vec<Part> {
                #[allow(non_snake_case, reason = "the types' names serve for the values")]
                let ($($name,)*) = self;
                vec![$($name.into()),*]
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
