//! What may stand at the head of a chain, and be asked by itself.

/// Lets a step of your own stand at the head of a `|` chain: `pipe_head!(MyStep: MyInput)`.
///
/// # Examples
///
/// ```
/// use catena::{Result, RunContext, Runnable, map};
///
/// struct Double;
///
/// impl Runnable<u32> for Double {
///     type Output = u32;
///
///     async fn run(&self, n: u32, _: &RunContext) -> Result<u32> {
///         Ok(2 * n)
///     }
/// }
///
/// catena::pipe_head!(Double: u32);
///
/// let chain = Double | map(|n: u32| n.to_string());
/// assert_eq!(futures::executor::block_on(chain.invoke(21_u32))?, "42");
/// # Ok::<(), catena::Error>(())
/// ```
///
/// A generic type names its parameters and their bounds: `pipe_head!(impl<T> MyStep<T>: T where T: Send + 'static)`.
#[macro_export]
macro_rules! pipe_head {
    (impl<$($p:ident),*> $t:ty : $i:ty where $($w:tt)*) => { $crate::pipe_head!(@ [$($p)*] [$t] [$i] [$($w)*]); };
    ($t:ty : $i:ty) => { $crate::pipe_head!(@ [] [$t] [$i] []); };
    (@ [$($p:ident)*] [$t:ty] [$i:ty] [$($w:tt)*]) => {
        impl<$($p,)* Next> ::std::ops::BitOr<Next> for $t
        where
            Next: $crate::Runnable<<$t as $crate::Runnable<$i>>::Output>,
            $($w)*
        {
            type Output =
                $crate::Chain<$i, Next::Output, $crate::Seq<$crate::Seq<$crate::Start, $crate::Step<$t>>, $crate::Step<Next>>>;

            fn bitor(self, next: Next) -> Self::Output {
                $crate::input::<$i>().pipe(self).pipe(next)
            }
        }
    };
}

/// The ways to ask a step, beside its `invoke`, for a step that takes what a model can be asked with.
macro_rules! asked {
    (impl<$($p:ident),*> $t:ty => $out:ty, $what:literal where $($w:tt)*) => {
        impl<$($p),*> $t
        where
            $($w)*
        {
            /// As [`invoke`](Self::invoke), within this context: watched by its handlers, or as a part of the run it
            /// belongs to.
            ///
            /// # Errors
            /// As [`invoke`](Self::invoke), and those of the context.
            pub async fn invoke_in(
                &self,
                prompt: impl $crate::IntoRequest,
                cx: &$crate::RunContext,
            ) -> $crate::Result<$out> {
                cx.step($crate::Runnable::<$crate::Request>::name(self), self, prompt.into_request()).await
            }

            #[doc = concat!("Asks once, handing out ", $what, ". Dropping the stream stops the model.")]
            pub fn stream(&self, prompt: impl $crate::IntoRequest) -> $crate::ChunkStream<'_, $out> {
                self.stream_in(prompt, &$crate::RunContext::new())
            }

            /// As [`stream`](Self::stream), within this context.
            pub fn stream_in(
                &self,
                prompt: impl $crate::IntoRequest,
                cx: &$crate::RunContext,
            ) -> $crate::ChunkStream<'_, $out> {
                cx.stream_step($crate::Runnable::<$crate::Request>::name(self), self, prompt.into_request())
            }
        }
    };
}

pub(crate) use asked;
