//! How many answers are right.
use super::{ITEMS, modes::ALONE, score::Scores};

#[test]
fn are_those_of_the_card() {
    let mut scores = Scores::default();
    for (item, answer) in ITEMS.iter().zip(ALONE.iter()) {
        scores.add(item, answer);
    }
    println!("{scores}");
    assert!(scores.fields.of_one() >= 0.97, "{scores}");
    assert!(scores.objects.of_one() >= 0.90, "{scores}");
    assert!(scores.by_task["classification"].of_one() >= 0.97, "{scores}");
}
