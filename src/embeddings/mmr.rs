//! Searches for what is near and not all the same.
use super::{Found, VectorIndex, index::cosine};
use crate::{Error, ErrorKind, Result};

impl<T> VectorIndex<T> {
    /// `count` of the `fetch` items nearest to a vector, chosen one after the other by maximal marginal relevance: the
    /// nearest first, then always the one of which `lambda` times how near it is to the vector, less `1 - lambda` times
    /// how near it is to the nearest of those chosen, is largest.
    ///
    /// With a `lambda` of 1 it is as [`search`](VectorIndex::search); with 0 only the first is chosen for being near. Of
    /// equally good ones the nearer is chosen, and of those the one that was added first.
    ///
    /// ```
    /// use catena::VectorIndex;
    ///
    /// let mut index = VectorIndex::new();
    /// index.add(vec![1.0, 0.1], "east")?;
    /// index.add(vec![1.0, 0.11], "east as well")?;
    /// index.add(vec![0.7, 0.7], "north-east")?;
    /// let found = index.search_mmr(&[1.0, 0.1], 2, 3, 0.4)?;
    /// assert_eq!(found.iter().map(|found| *found.item).collect::<Vec<_>>(), ["east", "north-east"]);
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) for a `lambda` that is not from 0 to 1 and for a `fetch` below `count`;
    /// those of [`search`](VectorIndex::search).
    #[doc(alias = "max_marginal_relevance_search")]
    pub fn search_mmr(&self, vector: &[f32], count: usize, fetch: usize, lambda: f32) -> Result<Vec<Found<'_, T>>> {
        check(count, fetch, lambda)?;
        let mut left: Vec<_> = self.nearest(vector, fetch)?.into_iter().map(|near| (near, f32::NEG_INFINITY)).collect();
        let mut chosen: Vec<Found<'_, T>> = Vec::with_capacity(count.min(left.len()));
        while chosen.len() < count && !left.is_empty() {
            let worth = |((similarity, _), repeated): &((f32, usize), f32)| {
                // Nothing is repeated at first, and zero times infinity is no number.
                let repeated = if chosen.is_empty() { 0.0 } else { *repeated };
                lambda * similarity - (1.0 - lambda) * repeated
            };
            // The last of the equally good, which are looked at backwards: the nearest.
            let best = left.iter().enumerate().rev().max_by(|(_, a), (_, b)| worth(a).total_cmp(&worth(b)));
            let Some(at) = best.map(|(at, _)| at) else { break };
            let ((similarity, entry), _) = left.remove(at);
            let Some((vector, item)) = self.entries.get(entry) else { break };
            for ((_, other), repeated) in &mut left {
                if let Some((other, _)) = self.entries.get(*other) {
                    *repeated = repeated.max(cosine(vector, other));
                }
            }
            chosen.push(Found { similarity, item });
        }
        Ok(chosen)
    }
}

/// Whether so many can be chosen so.
pub(crate) fn check(count: usize, fetch: usize, lambda: f32) -> Result<()> {
    let refused = |why: String| Err(Error::new(ErrorKind::InvalidOption, why));
    if !(0.0..=1.0).contains(&lambda) {
        return refused(format!(
            "a lambda of {lambda} weighs nothing: give one from 0, for variety, to 1, for likeness"
        ));
    }
    if fetch < count {
        return refused(format!("{count} cannot be chosen of {fetch}: fetch as many at least"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn index(vectors: &[Vec<f32>]) -> VectorIndex<usize> {
        let mut index = VectorIndex::new();
        for (number, vector) in vectors.iter().enumerate() {
            index.add(vector.clone(), number).unwrap();
        }
        index
    }

    fn items(found: &[Found<'_, usize>]) -> Vec<usize> {
        found.iter().map(|found| *found.item).collect()
    }

    fn angle(a: &[f32], b: &[f32]) -> f64 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        let lengths = (dot(a, a) * dot(b, b)).sqrt();
        if lengths == 0.0 { 0.0 } else { dot(a, b) / lengths }
    }

    #[test]
    fn settings_are_checked() {
        let index = index(&[vec![1.0, 0.0]]);
        for (count, fetch, lambda) in [(1, 1, -0.1), (1, 1, 1.1), (1, 1, f32::NAN), (2, 1, 0.5)] {
            let error = index.search_mmr(&[1.0, 0.0], count, fetch, lambda).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidOption, "{count} {fetch} {lambda}");
        }
        assert!(index.search_mmr(&[1.0, 0.0], 0, 0, 0.5).unwrap().is_empty());
        assert!(index.search_mmr(&[1.0], 1, 1, 0.5).is_err());
    }

    #[test]
    fn a_copy_comes_after_what_is_unlike() {
        let vectors = [vec![1.0, 0.0], vec![2.0, 0.0], vec![3.0, 0.0], vec![1.0, 1.0], vec![0.5, 1.0]];
        let index = index(&vectors);
        assert_eq!(items(&index.search_mmr(&[1.0, 0.0], 3, 5, 0.3).unwrap()), [0, 4, 1]);
        assert_eq!(items(&index.search(&[1.0, 0.0], 3).unwrap()), [0, 1, 2]);
        // Of what is not fetched nothing is chosen.
        assert_eq!(items(&index.search_mmr(&[1.0, 0.0], 3, 3, 0.3).unwrap()), [0, 1, 2]);
    }

    proptest! {
        /// Each is, by the definition, at least as good as all that were left when it was chosen.
        #[test]
        fn each_is_the_best_of_those_left(
            vectors in vec(vec(-10.0_f32..10.0, 3), 1..14), query in vec(-10.0_f32..10.0, 3),
            count in 0_usize..10, more in 0_usize..8, lambda in 0.0_f32..=1.0,
        ) {
            let index = index(&vectors);
            let fetch = count + more;
            let chosen = items(&index.search_mmr(&query, count, fetch, lambda).unwrap());
            let fetched = items(&index.search(&query, fetch).unwrap());
            prop_assert_eq!(chosen.len(), count.min(vectors.len()));
            prop_assert!(chosen.iter().all(|item| fetched.contains(item)));
            prop_assert_eq!(chosen.first(), fetched.first().filter(|_| count > 0));
            for (at, item) in chosen.iter().enumerate().skip(1) {
                let (before, lambda) = (&chosen[..at], f64::from(lambda));
                prop_assert!(!before.contains(item));
                let worth = |item: usize| {
                    let repeated = before.iter().map(|other| angle(&vectors[item], &vectors[*other]));
                    lambda * angle(&vectors[item], &query) - (1.0 - lambda) * repeated.fold(f64::NEG_INFINITY, f64::max)
                };
                for other in fetched.iter().filter(|other| !before.contains(other)) {
                    prop_assert!(worth(*item) >= worth(*other) - 1e-4, "{} before {}", item, other);
                }
            }
        }

        #[test]
        fn for_likeness_alone_it_is_the_plain_search(
            vectors in vec(vec(-10.0_f32..10.0, 3), 1..14), query in vec(-10.0_f32..10.0, 3), count in 0_usize..16,
        ) {
            let index = index(&vectors);
            prop_assert_eq!(
                items(&index.search_mmr(&query, count, count + 2, 1.0).unwrap()),
                items(&index.search(&query, count).unwrap())
            );
        }
    }
}
