//! What examples are compared by is a model of embeddings.
use catena::{SimilaritySelector, Vars};

fn main() {
    let _ = SimilaritySelector::new("bge-small", 2, ["text"], [Vars::new()]);
}
