//! How long the texts of a set are.
use super::{
    cells::at,
    dfa::{Dfa, TooLarge},
};
use crate::gbnf::number;

impl Dfa {
    /// Whether the texts are of a bounded length: whether no way through the automaton comes round.
    pub(crate) fn is_finite(&self) -> bool {
        let table = self.table();
        let mut arriving = vec![0_usize; table.len()];
        for (_, to) in (0..number(table.len())).flat_map(|state| table.edges(state)) {
            arriving.get_mut(*to as usize).into_iter().for_each(|count| *count += 1);
        }
        if at(&arriving, 0_u32) > 0 {
            return false;
        }
        // The states to which only those lead that are done.
        let mut open = vec![0_u32];
        let mut done = 0;
        while let Some(state) = open.pop() {
            done += 1;
            for (_, to) in table.edges(state) {
                if let Some(count) = arriving.get_mut(*to as usize) {
                    *count -= 1;
                    if *count == 0 {
                        open.push(*to);
                    }
                }
            }
        }
        done == table.len()
    }

    /// The texts of at most so many characters, or the shortest where those are longer. Where that takes more edges than
    /// these, or too many states, the texts are of half as many characters, or half of that, and so on.
    ///
    /// # Errors
    ///
    /// The automaton grows too large however short the texts are.
    pub(crate) fn up_to(&self, most: u64, edges: usize) -> Result<Self, TooLarge> {
        let shortest = self.shortest().map_or(0, |text| text.chars().count() as u64);
        let mut most = most.max(shortest);
        loop {
            let texts = Dfa::lengths(0, Some(most)).and_then(|lengths| self.and(&lengths));
            if most / 2 < shortest.max(1) || texts.as_ref().is_ok_and(|texts| texts.edges() <= edges) {
                return texts;
            }
            most /= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::regular::{Dfa, format, pattern};

    #[test]
    fn ways_that_come_round_have_no_end() {
        for (text, finite) in [
            ("^$", true),
            ("^[a-z]{0,9}$", true),
            ("^(?:ab|a)c?$", true),
            ("a", false),
            ("^a+$", false),
            ("^(?:ab)*c$", false),
            ("^a(?!b)", false),
        ] {
            assert_eq!(pattern(text).unwrap().is_finite(), finite, "{text}");
        }
        for (name, finite) in [("date", true), ("uuid", true), ("email", true), ("uri", false), ("byte", false)] {
            assert_eq!(format(name).unwrap().is_finite(), finite, "{name}");
        }
        assert!(Dfa::none().is_finite() && !Dfa::all().is_finite());
        assert!(Dfa::lengths(2, Some(5)).unwrap().is_finite() && !Dfa::lengths(2, None).unwrap().is_finite());
    }

    #[test]
    fn texts_are_cut_where_they_end() {
        let pairs = pattern("^(?:ab)*$").unwrap();
        let cut = pairs.up_to(5, 100).unwrap();
        assert_eq!(cut.finite(9).unwrap(), ["", "ab", "abab"]);
        assert_eq!(pattern("^a{4,}$").unwrap().up_to(2, 100).unwrap().finite(9).unwrap(), ["aaaa"]);
        let fewer = pairs.up_to(1_000_000, 100).unwrap();
        assert!(fewer.is_finite() && fewer.edges() <= 100 && fewer.contains(&"ab".repeat(10)));
    }
}
