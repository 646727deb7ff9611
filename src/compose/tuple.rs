//! Steps side by side.
use super::{
    side_by_side::{Slot, merged, run_in_turn, stream_in_turn, transform_in_turn},
    tee::Tee,
};
use crate::{ChunkStream, Graph, GraphBranch, Parts, Result, RunContext, Runnable, StepKind};
use std::{borrow::Cow, sync::Arc};

/// Tuples run their members side by side, each on a clone of the input; the first failure cancels the others. In a stream
/// each has what comes in as it comes, and the increments of a member are those of a branch, named by its place.
macro_rules! tuple {
    ($($step:ident $n:tt $slot:ident),+) => {
        impl<I: Clone + Send + 'static, $($step: Runnable<I>),+> Runnable<I> for ($($step,)+) {
            type Output = ($($step::Output,)+);

            async fn run(&self, input: I, cx: &RunContext) -> Result<Self::Output> {
                let lanes = cx.lanes();
                futures::try_join!($(
                    run_in_turn(&lanes, cx, member($n, &self.$n.name()), &self.$n, input.clone())
                ),+)
            }

            fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, Self::Output> {
                let lanes = Arc::new(cx.lanes());
                $(let $slot = Slot::new();)+
                let members = [$({
                    let name = member($n, &self.$n.name());
                    $slot.fill(stringify!($n), stream_in_turn(&lanes, cx, name, &self.$n, input.clone()))
                }),+];
                merged(members, move || Ok(($($slot.take()?,)+)))
            }

            fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, Self::Output> {
                let (lanes, input) = (Arc::new(cx.lanes()), Tee::new(input));
                $(let $slot = Slot::new();)+
                let members = [$({
                    let name = member($n, &self.$n.name());
                    $slot.fill(stringify!($n), transform_in_turn(&lanes, cx, name, &self.$n, input.reader()))
                }),+];
                input.hold(merged(members, move || Ok(($($slot.take()?,)+))))
            }

            fn name(&self) -> Cow<'static, str> {
                "parallel".into()
            }

            fn kind(&self) -> StepKind {
                StepKind::Chain
            }

            fn graph(&self) -> Graph {
                let members = vec![$(GraphBranch::new(stringify!($n), self.$n.graph())),+];
                Graph::of::<I, Self::Output>("parallel", StepKind::Chain).with_parts(Parts::Parallel(members))
            }
        }
    };
}
tuple!(A 0 a, B 1 b);
tuple!(A 0 a, B 1 b, C 2 c);
tuple!(A 0 a, B 1 b, C 2 c, D 3 d);
tuple!(A 0 a, B 1 b, C 2 c, D 3 d, E 4 e);
tuple!(A 0 a, B 1 b, C 2 c, D 3 d, E 4 e, F 5 f);
tuple!(A 0 a, B 1 b, C 2 c, D 3 d, E 4 e, F 5 f, G 6 g);
tuple!(A 0 a, B 1 b, C 2 c, D 3 d, E 4 e, F 5 f, G 6 g, H 7 h);

fn member(place: usize, name: &str) -> Cow<'static, str> {
    format!("{place}:{name}").into()
}
