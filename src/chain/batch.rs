//! Many inputs.
use super::Chain;
use crate::{Error, ErrorKind, Result, RunConfig, RunContext, Runnable};
use futures::{Stream, StreamExt, TryStreamExt, stream};

impl<I: Send + 'static, O: Send + 'static, R: Runnable<I, Output = O>> Chain<I, O, R> {
    /// Runs the chain on many inputs, at most `limit` at a time. There is one result for each input, in the inputs'
    /// order; one failure leaves the others alone. Each input goes through the chain by itself: none waits for
    /// another at a step.
    ///
    /// A `limit` of 0 gives [`ErrorKind::InvalidOption`] for each input.
    pub async fn batch<T: Into<I>>(
        &self,
        inputs: impl IntoIterator<Item = T, IntoIter: Send>,
        limit: usize,
    ) -> Vec<Result<O>> {
        self.batch_in(inputs, limit, &RunContext::new()).await
    }

    /// As [`batch`](Chain::batch), within this context. Its
    /// [`max_concurrency`](RunConfig::max_concurrency) holds beside `limit`, for everything within the inputs' runs too.
    pub async fn batch_in<T: Into<I>>(
        &self,
        inputs: impl IntoIterator<Item = T, IntoIter: Send>,
        limit: usize,
        cx: &RunContext,
    ) -> Vec<Result<O>> {
        if limit == 0 {
            return inputs.into_iter().map(|_| Err(no_limit())).collect();
        }
        let lanes = cx.lanes();
        let runs = inputs.into_iter().map(|input| {
            let (input, lanes) = (input.into(), &lanes);
            async move {
                let _turn = lanes.enter().await;
                self.invoke_in(input, cx).await
            }
        });
        stream::iter(runs).buffered(limit).collect().await
    }

    /// As [`batch_in`](Chain::batch_in), each input with a configuration of its own over the context's.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::{RunConfig, RunContext, input, map};
    ///
    /// let chain = input::<u32>() | map(|n: u32| n * n);
    /// let inputs = (1..4_u32).map(|n| (n, RunConfig::new().name(format!("square of {n}"))));
    /// let squares = futures::executor::block_on(chain.batch_with(inputs, 2, &RunContext::new()));
    /// assert_eq!(squares.into_iter().collect::<Result<Vec<_>, _>>()?, [1, 4, 9]);
    /// # Ok::<(), catena::Error>(())
    /// ```
    pub async fn batch_with<T: Into<I>>(
        &self,
        inputs: impl IntoIterator<Item = (T, RunConfig), IntoIter: Send>,
        limit: usize,
        cx: &RunContext,
    ) -> Vec<Result<O>> {
        if limit == 0 {
            return inputs.into_iter().map(|_| Err(no_limit())).collect();
        }
        let lanes = cx.lanes();
        let runs = inputs.into_iter().map(|(input, config)| {
            let (input, lanes, cx) = (input.into(), &lanes, cx.configured(&config));
            async move {
                let _turn = lanes.enter().await;
                self.invoke_in(input, &cx).await
            }
        });
        stream::iter(runs).buffered(limit).collect().await
    }

    /// Runs the chain on many inputs, at most `limit` at a time. The first failure, in time, is that of the batch: the
    /// inputs that run are cancelled, the others do not begin.
    ///
    /// # Errors
    /// The first error of any input; [`ErrorKind::InvalidOption`] for a `limit` of 0.
    pub async fn try_batch<T: Into<I>>(
        &self,
        inputs: impl IntoIterator<Item = T, IntoIter: Send>,
        limit: usize,
    ) -> Result<Vec<O>> {
        self.try_batch_in(inputs, limit, &RunContext::new()).await
    }

    /// As [`try_batch`](Chain::try_batch), within this context.
    ///
    /// # Errors
    /// The first error of any input; [`ErrorKind::InvalidOption`] for a `limit` of 0.
    pub async fn try_batch_in<T: Into<I>>(
        &self,
        inputs: impl IntoIterator<Item = T, IntoIter: Send>,
        limit: usize,
        cx: &RunContext,
    ) -> Result<Vec<O>> {
        let completed = self.batch_as_completed_in(inputs, limit, cx);
        let completed = completed.map(|(at, result)| result.map(|value| (at, value)));
        let mut values: Vec<_> = completed.try_collect().await?;
        values.sort_unstable_by_key(|(at, _)| *at);
        Ok(values.into_iter().map(|(_, value)| value).collect())
    }

    /// Runs the chain on many inputs, at most `limit` at a time, and hands out each result, with the place of its input,
    /// as soon as it is there. Dropping the stream cancels what still runs.
    ///
    /// A `limit` of 0 gives [`ErrorKind::InvalidOption`] for each input.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::input;
    /// use futures::StreamExt;
    ///
    /// let chain = input::<u32>() | |n: u32| async move { Ok(n * n) };
    /// let squares: Vec<_> = futures::executor::block_on(chain.batch_as_completed([2_u32, 3], 2).collect());
    /// assert!(squares.iter().any(|(at, square)| *at == 1 && square.as_ref().is_ok_and(|square| *square == 9)));
    /// ```
    pub fn batch_as_completed<T: Into<I>>(
        &self,
        inputs: impl IntoIterator<Item = T, IntoIter: Send>,
        limit: usize,
    ) -> impl Stream<Item = (usize, Result<O>)> + Send {
        self.batch_as_completed_in(inputs, limit, &RunContext::new())
    }

    /// As [`batch_as_completed`](Chain::batch_as_completed), within this context.
    pub fn batch_as_completed_in<T: Into<I>, N: IntoIterator<Item = T, IntoIter: Send>>(
        &self,
        inputs: N,
        limit: usize,
        cx: &RunContext,
    ) -> impl Stream<Item = (usize, Result<O>)> + Send + use<'_, I, O, R, T, N> {
        let (lanes, cx) = (std::sync::Arc::new(cx.lanes()), cx.clone());
        let runs = inputs.into_iter().enumerate().map(move |(at, input)| {
            let (input, lanes, cx) = (input.into(), std::sync::Arc::clone(&lanes), cx.clone());
            async move {
                if limit == 0 {
                    return (at, Err(no_limit()));
                }
                let _turn = lanes.enter().await;
                (at, self.invoke_in(input, &cx).await)
            }
        });
        stream::iter(runs).buffer_unordered(limit.max(1))
    }
}

fn no_limit() -> Error {
    Error::new(ErrorKind::InvalidOption, "a batch with a limit of 0 never runs: give at least 1")
}
