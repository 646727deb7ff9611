//! Grammars from expressions, texts and other grammars.
use super::{
    builder::Builder,
    list::List,
    part::{Part, Parts},
};
use crate::{Grammar, Result, gbnf::Expr};

/// Grammars made from parts: texts, expressions and other grammars, whose rules keep apart from each other.
///
/// ```
/// use catena::{Grammar, gbnf::Expr};
///
/// let size = Grammar::one_of(["small", "medium", "large"])?;
/// let count = Expr::class([('1', '9')]);
/// let order = Grammar::seq((count, " x ", &size, Grammar::alt((" coffee", " tea"))?))?;
/// assert!(order.matches("2 x large tea")?);
///
/// let orders = Grammar::list_of(&order, "; ")?;
/// assert!(orders.matches("2 x large tea; 1 x small coffee")?);
/// # Ok::<(), catena::Error>(())
/// ```
impl Grammar {
    /// The grammar of what an expression matches, which refers to no rules. [`Builder`] makes grammars with rules.
    ///
    /// # Errors
    ///
    /// Those of [`from_ast`](Self::from_ast).
    pub fn from_expr(expr: Expr) -> Result<Self> {
        Builder::new().build(expr)
    }

    /// The grammar of a choice of texts, such as labels to classify with.
    ///
    /// Common beginnings are written once, so that the engine's time does not grow with the list. The empty text makes
    /// the choice optional; texts that are given twice count once.
    ///
    /// ```
    /// # use catena::Grammar;
    /// let months = Grammar::one_of(["June", "July", "August"])?;
    /// assert_eq!(months.text(), "root ::= \"Ju\" (\"ne\" | \"ly\") | \"August\"\n");
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`](crate::ErrorKind::Grammar) if there is no text, if one holds the character U+0000, or
    /// if the texts can begin with more than 16 384 characters.
    pub fn one_of(texts: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        let mut rules = Builder::new();
        let root = rules.one_of(texts)?;
        rules.build(root)
    }

    /// The grammar of lists of what `item` matches. A text stands for the style with it between the items.
    ///
    /// An item that may hold what separates it from the next makes lists that can be read in several ways.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`](crate::ErrorKind::Grammar) if the numbers of items are the wrong way round or too
    /// high, or if nothing separates items that may be empty.
    pub fn list_of(item: &Grammar, style: impl Into<List>) -> Result<Self> {
        let mut rules = Builder::new();
        let root = style.into().expr(&mut rules, item)?;
        rules.build(root)
    }

    /// The grammar of the parts, one after the other. No parts give the empty text.
    ///
    /// # Errors
    ///
    /// Those of [`from_ast`](Self::from_ast).
    pub fn seq(parts: impl Parts) -> Result<Self> {
        let mut rules = Builder::new();
        let parts = rules.parts(parts);
        rules.build(Expr::seq(parts))
    }

    /// The grammar of any one of the parts.
    ///
    /// The engine follows all that are still possible at once: what many have in common at the start belongs before the
    /// choice. [`one_of`](Self::one_of) does that for texts.
    ///
    /// # Errors
    ///
    /// Those of [`from_ast`](Self::from_ast), and with [`ErrorKind::Grammar`](crate::ErrorKind::Grammar) if there are no
    /// parts.
    pub fn alt(parts: impl Parts) -> Result<Self> {
        let mut rules = Builder::new();
        let parts = rules.parts(parts);
        rules.build(Expr::alt(parts))
    }

    /// The grammar of a part, at least `min` and at most `max` times, exact up to a million; without `max`, any number of
    /// times from `min` on.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`](crate::ErrorKind::Grammar) if the bounds are the wrong way round or too high, or if
    /// what may be empty is repeated without end.
    pub fn repeat(part: impl Into<Part>, min: u32, max: Option<u32>) -> Result<Self> {
        let mut rules = Builder::new();
        let part = rules.part("part", part);
        let root = rules.repeat(part, min, max)?;
        rules.build(root)
    }
}
