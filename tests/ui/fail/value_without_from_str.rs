//! A value is read by its `FromStr`.
use catena::parse::FromStrParser;

struct Colour;

fn main() {
    let _ = FromStrParser::<Colour>::new("a colour");
}
