//! Steps side by side.
use crate::{Result, RunContext, Runnable};
use std::borrow::Cow;

/// Tuples run their members side by side, each on a clone of the input; the first failure cancels the others.
macro_rules! tuple {
    ($($step:ident $n:tt),+) => {
        impl<I: Clone + Send + 'static, $($step: Runnable<I>),+> Runnable<I> for ($($step,)+) {
            type Output = ($($step::Output,)+);

            async fn run(&self, input: I, cx: &RunContext) -> Result<Self::Output> {
                futures::try_join!($(cx.step(format!("{}:{}", $n, self.$n.name()), &self.$n, input.clone())),+)
            }

            fn name(&self) -> Cow<'static, str> {
                "parallel".into()
            }
        }
    };
}
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
