//! Vectors in memory.
use crate::{Error, ErrorKind, Result};

/// Vectors in memory, each with an item, searched one by one for those nearest to another.
///
/// Near is a high cosine of the angle between two vectors, from -1 to 1; their lengths do not matter, and with the zero
/// vector it is 0. All vectors have the same number of dimensions, that of the first.
///
/// ```
/// use catena::VectorIndex;
///
/// let mut index = VectorIndex::new();
/// index.add(vec![1.0, 0.0], "east")?;
/// index.add(vec![0.0, 2.0], "north")?;
/// let found = index.search(&[0.1, 1.0], 1)?;
/// assert_eq!((found.len(), *found[0].item), (1, "north"));
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct VectorIndex<T> {
    /// Vectors of length 1, or the zero vector.
    pub(super) entries: Vec<(Vec<f32>, T)>,
    dimensions: Option<usize>,
}

/// What a search finds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Found<'i, T> {
    /// The cosine of the angle between the two vectors.
    pub similarity: f32,
    /// What stands with the vector.
    pub item: &'i T,
}

/// The cosine of the angle between two vectors of length 1.
pub(super) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl<T> VectorIndex<T> {
    /// Without vectors.
    pub fn new() -> Self {
        VectorIndex { entries: Vec::new(), dimensions: None }
    }

    /// Adds a vector and its item.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) for a vector without dimensions, with another number of them than the
    /// first, or with a part that is not finite.
    pub fn add(&mut self, vector: Vec<f32>, item: T) -> Result<()> {
        let vector = self.unit(vector)?;
        self.dimensions = Some(vector.len());
        self.entries.push((vector, item));
        Ok(())
    }

    /// The `count` items nearest to a vector, the nearest first; of those equally near the one that was added first.
    ///
    /// # Errors
    /// As [`add`](VectorIndex::add).
    pub fn search(&self, vector: &[f32], count: usize) -> Result<Vec<Found<'_, T>>> {
        let nearest = self.nearest(vector, count)?.into_iter();
        let found = nearest.filter_map(|(similarity, at)| Some(Found { similarity, item: &self.entries.get(at)?.1 }));
        Ok(found.collect())
    }

    /// How near the `count` nearest are, and which they are, the nearest first.
    pub(super) fn nearest(&self, vector: &[f32], count: usize) -> Result<Vec<(f32, usize)>> {
        let vector = self.unit(vector.to_vec())?;
        let all = self.entries.iter().enumerate();
        let mut found: Vec<_> = all.map(|(at, (other, _))| (cosine(&vector, other), at)).collect();
        found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        found.truncate(count);
        Ok(found)
    }

    /// How many vectors there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no vectors.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The vector with length 1.
    fn unit(&self, mut vector: Vec<f32>) -> Result<Vec<f32>> {
        let refused = |why: String| Err(Error::new(ErrorKind::InvalidOption, why));
        if let Some(wanted) = self.dimensions.filter(|wanted| *wanted != vector.len()) {
            return refused(format!("the vector has {} dimensions, those in the index {wanted}", vector.len()));
        }
        if vector.is_empty() {
            return refused("the vector has no dimensions".to_owned());
        }
        if vector.iter().any(|part| !part.is_finite()) {
            return refused("a part of the vector is not finite".to_owned());
        }
        // Scaled first, so that squares neither overflow nor vanish.
        let largest = vector.iter().fold(0.0_f32, |largest, part| largest.max(part.abs()));
        if largest > 0.0 {
            for part in &mut vector {
                *part /= largest;
            }
            let length = vector.iter().map(|part| part * part).sum::<f32>().sqrt();
            for part in &mut vector {
                *part /= length;
            }
        }
        Ok(vector)
    }
}

impl<T> Default for VectorIndex<T> {
    fn default() -> Self {
        VectorIndex::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shapes_are_checked() {
        let mut index = VectorIndex::new();
        assert_eq!(index.search(&[1.0], 3).unwrap(), []);
        assert_eq!(index.add(vec![], 0).unwrap_err().kind(), ErrorKind::InvalidOption);
        index.add(vec![1.0, 0.0], 1).unwrap();
        assert!(index.add(vec![1.0], 2).unwrap_err().message().contains("1 dimensions, those in the index 2"));
        assert!(index.search(&[f32::NAN, 0.0], 1).is_err());
        assert!(index.add(vec![f32::INFINITY, 0.0], 2).is_err());
        index.add(vec![0.0, 0.0], 3).unwrap();
        index.add(vec![f32::MAX, f32::MAX], 4).unwrap();
        index.add(vec![1e-40, 1e-40], 5).unwrap();
        let found = index.search(&[3.0, 3.0], 9).unwrap();
        assert_eq!(found.iter().map(|found| *found.item).collect::<Vec<_>>(), [4, 5, 1, 3]);
        assert!(found[3].similarity.abs() < f32::EPSILON);
    }

    proptest! {
        #[test]
        fn the_nearest_come_first(vectors in proptest::collection::vec(proptest::collection::vec(-100.0_f32..100.0, 3), 1..20), at: usize, count in 0_usize..25) {
            let mut index = VectorIndex::new();
            for (number, vector) in vectors.iter().enumerate() {
                index.add(vector.clone(), number).unwrap();
            }
            let query = &vectors[at % vectors.len()];
            let found = index.search(query, count).unwrap();
            prop_assert_eq!(found.len(), count.min(vectors.len()));
            prop_assert!(found.is_sorted_by(|a, b| a.similarity >= b.similarity));
            prop_assert!(found.iter().all(|found| (-1.001..=1.001).contains(&found.similarity)));
            if let Some(first) = found.first() {
                prop_assert!(first.similarity > 0.999 || query.iter().all(|part| *part == 0.0));
            }
        }
    }
}
