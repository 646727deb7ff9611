//! A step for each item of a list.
use super::side_by_side::{Slot, run_in_turn, stream_in_turn, with_value};
use crate::{ChunkStream, Error, ErrorKind, Graph, Parts, Result, RunContext, Runnable, StepKind, chunk::failed};
use futures::{StreamExt, TryStreamExt, stream};
use std::{borrow::Cow, sync::Arc};

/// A step for each item of a list; see [`map_each`].
#[derive(Debug, Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct MapEach<R> {
    step: R,
    limit: usize,
}

/// Runs a step on each item of a list, at most `limit` at a time, and gives the list of the values in the items' order.
///
/// Each item is a run of its own. The first failure, in time, cancels the others. What an item's run hands out on the way
/// comes as [`Delta::Branch`](crate::Delta::Branch), named by the item's place. A `limit` of 0 is an
/// [`ErrorKind::InvalidOption`].
///
/// # Examples
///
/// ```
/// use catena::{input, map, map_each};
///
/// let chain = input::<Vec<String>>() | map_each(map(|word: String| word.len()), 4);
/// let words = vec!["oak".to_owned(), "maple".to_owned()];
/// assert_eq!(futures::executor::block_on(chain.invoke(words))?, [3, 5]);
/// # Ok::<(), catena::Error>(())
/// ```
pub fn map_each<R>(step: R, limit: usize) -> MapEach<R> {
    MapEach { step, limit }
}

fn no_limit() -> Error {
    Error::new(ErrorKind::InvalidOption, "`map_each` with a limit of 0 never runs: give at least 1")
}

impl<I: Send + 'static, R: Runnable<I>> Runnable<Vec<I>> for MapEach<R> {
    type Output = Vec<R::Output>;

    async fn run(&self, items: Vec<I>, cx: &RunContext) -> Result<Self::Output> {
        if self.limit == 0 {
            return Err(no_limit());
        }
        let lanes = &cx.lanes();
        let runs = items.into_iter().enumerate().map(|(at, item)| async move {
            Ok((at, run_in_turn(lanes, cx, self.step.name(), &self.step, item).await?)) as Result<_>
        });
        let mut values: Vec<_> = stream::iter(runs).buffer_unordered(self.limit).try_collect().await?;
        values.sort_unstable_by_key(|(at, _)| *at);
        Ok(values.into_iter().map(|(_, value)| value).collect())
    }

    fn run_stream(&self, items: Vec<I>, cx: &RunContext) -> ChunkStream<'_, Self::Output> {
        if self.limit == 0 {
            return failed(no_limit());
        }
        let (lanes, cx) = (Arc::new(cx.lanes()), cx.clone());
        let slots: Vec<_> = items.iter().map(|_| Slot::new()).collect();
        let filled: Vec<_> = slots.iter().map(Slot::share).collect();
        let members = items.into_iter().zip(filled).enumerate().map(move |(at, (item, slot))| {
            let chunks = stream_in_turn(&lanes, &cx, self.step.name(), &self.step, item);
            slot.fill(at.to_string(), chunks)
        });
        let increments = stream::iter(members).flatten_unordered(self.limit);
        with_value(increments, move || slots.iter().map(Slot::take).collect())
    }

    fn name(&self) -> Cow<'static, str> {
        "map_each".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let note = format!("{} at a time", self.limit);
        let inner = Parts::Inner(Box::new(self.step.graph()));
        Graph::of::<Vec<I>, Self::Output>("map_each", StepKind::Chain)
            .with_note(note)
            .with_parts(inner)
            .running_perhaps()
    }
}
