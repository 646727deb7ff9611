//! A provider held to a rate.
use crate::{ChunkStream, Completion, Error, ErrorKind, LLM, Model, Request, Result, RunContext};
use futures::{FutureExt, StreamExt};
use governor::{DefaultDirectRateLimiter, Quota};
use std::{fmt, num::NonZeroU32, sync::Arc, time::Duration};

/// So many requests a second, after a burst of some at once: a token bucket. Clones share the bucket, so that several
/// models can be held to one rate.
///
/// # Examples
///
/// ```
/// use catena::{Model, layer::Limiter, testing::FakeLlm};
///
/// # futures::executor::block_on(async {
/// let limiter = Limiter::new(1000.0, 2)?;
/// let llm = Model::new(FakeLlm::always("hello")).limited(limiter.clone());
/// for _ in 0..5 {
///     llm.invoke("Say hello.").await?;
/// }
/// assert!(Limiter::new(0.0, 1).is_err());
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Limiter(Arc<DefaultDirectRateLimiter>);

impl Limiter {
    /// Lets `burst` requests through at once, and `per_second` a second on the whole.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`] where the rate is not above 0, or is so small or large that no clock counts it, and
    /// where the burst is 0, or so large that no clock counts the time until it is possible again.
    pub fn new(per_second: f64, burst: u32) -> Result<Self> {
        let invalid = |message: String, path: &str| Error::new(ErrorKind::InvalidOption, message).with_path(path);
        let burst =
            NonZeroU32::new(burst).ok_or_else(|| invalid("`burst` is 0: nothing would get through".into(), "burst"))?;
        let range = || invalid(format!("`per_second` is {per_second}; it must be from 1e-6 to 1e9"), "per_second");
        if !(1e-6..=1e9).contains(&per_second) {
            return Err(range());
        }
        let period = Duration::try_from_secs_f64(per_second.recip()).map_err(|_| range())?;
        // Half, since the limiter adds the time that has passed.
        if period.as_nanos().saturating_mul(u128::from(burst.get() - 1)) > u128::from(u64::MAX / 2) {
            let message =
                format!("`burst` is {burst}: at {per_second} a second no clock counts the time it takes to come back");
            return Err(invalid(message, "burst"));
        }
        let quota = Quota::with_period(period).ok_or_else(range)?.allow_burst(burst);
        Ok(Limiter(Arc::new(DefaultDirectRateLimiter::direct(quota))))
    }

    /// Waits for its turn, asleep until it has come.
    pub async fn wait(&self) {
        self.0.until_ready().await;
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").finish_non_exhaustive()
    }
}

/// A provider that is asked no faster than a [`Limiter`] allows. A request that is dropped while it waits was never
/// asked. Made by [`Model::limited`].
pub struct Limited<L: ?Sized> {
    limiter: Limiter,
    provider: Arc<L>,
}

impl<L: LLM + ?Sized> LLM for Limited<L> {
    fn generate(&self, request: Request, cx: &RunContext) -> ChunkStream<'_, Completion> {
        let cx = cx.clone();
        let turn = async move {
            self.limiter.wait().await;
            self.provider.generate(request, &cx)
        };
        turn.into_stream().flatten().boxed()
    }

    fn id(&self) -> &str {
        self.provider.id()
    }

    fn identity(&self) -> String {
        self.provider.identity()
    }

    fn configurable(&self) -> Vec<String> {
        self.provider.configurable()
    }
}

impl<L: LLM + ?Sized> Model<L> {
    /// The same model, asked no faster than this.
    pub fn limited(self, limiter: Limiter) -> Model<Limited<L>> {
        self.around(|provider| Limited { limiter, provider })
    }
}

impl<L: LLM + ?Sized> fmt::Debug for Limited<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limited").field("provider", &self.provider.id()).finish_non_exhaustive()
    }
}
