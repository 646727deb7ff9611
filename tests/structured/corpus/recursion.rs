//! Types that hold themselves.
use std::collections::BTreeMap;

use super::make;

corpus! {
    types: {
        struct Tree { value: u8, children: Vec<Tree> }
        struct Linked { value: u8, next: Option<Box<Linked>> }
        struct Holder { tree: Tree, linked: Option<Linked>, expression: Expression }
        #[serde(tag = "op")]
        enum Expression {
            Number { #[arbitrary(with = make::finite)] value: f64 },
            Add { left: Box<Expression>, right: Box<Expression> },
            Not(Box<Negated>),
        }
        struct Negated { of: Expression }
        enum ExternalExpression { Zero, Number(u8), Sum(Vec<ExternalExpression>), Negative(Box<ExternalExpression>) }
        #[serde(untagged)]
        enum Json { Null, Bool(bool), Integer(i64), Text(String), List(Vec<Json>), Map(BTreeMap<String, Json>) }
        #[serde(tag = "t", content = "c")]
        enum AdjacentTree { Leaf(u8), Node(Box<AdjacentTree>, Box<AdjacentTree>) }
        struct Folder { files: Vec<String>, folders: BTreeMap<String, Folder> }
        struct Author { name: String, books: Vec<Book> }
        struct Book { title: String, author: Option<Box<Author>> }
        struct Even (Vec<Odd>)
        struct Odd (Box<Even>)
        struct FlatRecursive { id: u8, #[serde(flatten)] kind: FlatKind }
        #[serde(tag = "kind")]
        enum FlatKind { Leaf, Node { children: Vec<FlatRecursive> } }
        struct ThroughTuple { pair: Option<(Box<ThroughTuple>, u8)> }
        struct ThroughArray { both: Option<Box<[ThroughArray; 2]>> }
    }
    roots: {
        Trees = Vec<Tree>;
        OptionTree = Option<Tree>;
        MapOfTrees = BTreeMap<String, ExternalExpression>;
    }
}
