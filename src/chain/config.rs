//! Chains that bring a configuration of their own.
use super::Chain;
use crate::{GenerateOptions, RunConfig, callback::Listeners};
use serde_json::Value;

impl<I, O, R> Chain<I, O, R> {
    /// The same chain, each run of which goes as `config` says too.
    ///
    /// What a call's context says holds as well; of metadata, configurable values and options it is the chain's own that
    /// hold where both say something, being the inner ones.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::{ErrorKind, RunConfig, input};
    /// use std::time::Duration;
    ///
    /// let waits = |n: u32| async move { std::future::pending::<()>().await; Ok(n) };
    /// let chain = (input::<u32>() | waits).with_config(RunConfig::new().timeout(Duration::from_millis(5)));
    /// let error = futures::executor::block_on(chain.invoke(1_u32)).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Timeout);
    /// ```
    pub fn with_config(mut self, mut config: RunConfig) -> Self {
        if let Some(name) = config.name.take() {
            self.name = name;
        }
        self.config = Some(match self.config.take() {
            Some(before) => Box::new(before.overridden_by(config)),
            None => Box::new(config),
        });
        self
    }

    /// The same chain, the runs of which have these tags too.
    pub fn with_tags<T: Into<String>>(self, tags: impl IntoIterator<Item = T>) -> Self {
        self.with_config(RunConfig::new().tags(tags))
    }

    /// The same chain, the runs of which have this metadata too.
    pub fn with_metadata(self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.with_config(RunConfig::new().metadata(key, value))
    }

    /// The same chain, its models generating with these options.
    pub fn bind(self, options: GenerateOptions) -> Self {
        self.with_config(RunConfig::new().options(options))
    }

    /// The same chain, its own runs (not those in it) told to these listeners.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::{callback::Listeners, input, map};
    ///
    /// let listeners = Listeners::new().on_end(|run, output| println!("{}: {:?}", run.name(), output.downcast_ref::<u32>()));
    /// let chain = (input::<u32>() | map(|n: u32| n + 1)).with_listeners(listeners);
    /// assert_eq!(futures::executor::block_on(chain.invoke(1_u32))?, 2);
    /// # Ok::<(), catena::Error>(())
    /// ```
    pub fn with_listeners(self, listeners: Listeners) -> Self {
        self.with_config(RunConfig::new().local_handler(listeners))
    }
}
