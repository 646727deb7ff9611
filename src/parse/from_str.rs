//! Values that the standard library's `parse` reads.
use super::{OutputParser, fault};
use crate::Result;
use std::{any::type_name, error::Error as StdError, fmt, marker::PhantomData, str::FromStr};

/// Reads any type with a [`FromStr`]: numbers, addresses, and the dates of `chrono`, `jiff` or `time`. White space around
/// the value is passed over.
///
/// ```
/// use catena::{Model, parse::FromStrParser, testing::FakeLlm};
///
/// let chain = Model::new(FakeLlm::always(" 42\n")) | FromStrParser::<u8>::new("Answer with a number below 256.");
/// assert_eq!(futures::executor::block_on(chain.invoke("How many?"))?, 42);
/// # Ok::<(), catena::Error>(())
/// ```
pub struct FromStrParser<T> {
    instructions: String,
    value: PhantomData<fn() -> T>,
}

impl<T: FromStr<Err: StdError + Send + Sync + 'static> + Send + 'static> FromStrParser<T> {
    /// A parser, and what to tell a model about the form.
    pub fn new(instructions: impl Into<String>) -> Self {
        FromStrParser { instructions: instructions.into(), value: PhantomData }
    }
}

impl<T: FromStr<Err: StdError + Send + Sync + 'static> + Send + 'static> OutputParser for FromStrParser<T> {
    type Output = T;

    fn parse(&self, text: &str) -> Result<T> {
        text.trim().parse().map_err(|cause: T::Err| {
            let message = format!("{} is not a `{}`: {cause}", fault::shown(text), type_name::<T>());
            fault::unreadable(text, message).with_source(cause)
        })
    }

    fn format_instructions(&self) -> String {
        self.instructions.clone()
    }
}

crate::parser_step!(impl<T> FromStrParser<T> where T: FromStr<Err: StdError + Send + Sync + 'static> + Send + 'static);

impl<T> Clone for FromStrParser<T> {
    fn clone(&self) -> Self {
        FromStrParser { instructions: self.instructions.clone(), value: PhantomData }
    }
}

impl<T> fmt::Debug for FromStrParser<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromStrParser").field("value", &type_name::<T>()).finish()
    }
}
