//! Names of rules, each given once.
use super::super::shape;
use std::collections::{HashMap, HashSet};

/// The name of the root rule of what is built.
pub(super) const ROOT: &str = "root";

/// The names taken.
#[derive(Debug, Clone)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// The number to try next, for each name that was wanted more than once.
    next: HashMap<String, usize>,
}

impl Default for Names {
    fn default() -> Self {
        Names { taken: HashSet::from([ROOT.to_owned()]), next: HashMap::new() }
    }
}

impl Names {
    /// A name near this one that was not given before: the same, or with a number behind.
    pub(super) fn unique(&mut self, near: &str) -> String {
        let base = valid(near);
        if self.taken.insert(base.clone()) {
            return base;
        }
        let number = self.next.entry(base.clone()).or_insert(2);
        loop {
            let name = format!("{base}-{number}");
            *number += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// The name with dashes for characters that names cannot have.
fn valid(near: &str) -> String {
    let name: String = near.chars().map(|c| if shape::is_name_char(c) { c } else { '-' }).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "part".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::default();
        let given: Vec<String> =
            ["root", "a", "a", "a-2", "a", "b_c", "", "_", "größe"].iter().map(|near| names.unique(near)).collect();
        assert_eq!(given, ["root-2", "a", "a-2", "a-2-2", "a-3", "b-c", "part", "part-2", "gr--e"]);
    }
}
