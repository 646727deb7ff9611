//! Steps that may not take long.
use super::configured::{Configured, with_config};
use crate::RunConfig;
use std::time::Duration;

/// The same step, failing with [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) when it has no outcome this long after
/// it began. What it was doing is dropped, and the runs in it end as cancelled.
///
/// In a chain that streams a step begins with the chain, so that its time includes that of the steps before it. A
/// duration of zero is an [`ErrorKind::InvalidOption`](crate::ErrorKind::InvalidOption) of the first run.
///
/// # Examples
///
/// ```
/// use catena::{ErrorKind, input, timeout};
/// use std::time::Duration;
///
/// let waits = |n: u32| async move { std::future::pending::<()>().await; Ok(n) };
/// let chain = input::<u32>() | timeout(waits, Duration::from_millis(5));
/// assert_eq!(futures::executor::block_on(chain.invoke(1_u32)).unwrap_err().kind(), ErrorKind::Timeout);
/// ```
pub fn timeout<R>(step: R, after: Duration) -> Configured<R> {
    with_config(step, RunConfig::new().timeout(after))
}
