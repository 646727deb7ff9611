//! The value of a label is given each time it is read.
use catena::parse::EnumParser;

struct Once;

fn main() {
    let _ = EnumParser::new([("once", Once)]);
}
