//! Some of the variables.
use crate::{Error, ErrorKind, Graph, Result, RunContext, Runnable, StepKind, Vars};
use serde::de::DeserializeOwned;
use std::{borrow::Cow, fmt, marker::PhantomData};

/// Some of the variables; see [`pick`].
#[derive(Debug, Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct Pick {
    names: Vec<String>,
}

/// Keeps these variables and leaves out the others. One that is missing is an [`ErrorKind::UnknownKey`].
///
/// # Examples
///
/// ```
/// use catena::{Vars, input, pick};
///
/// let chain = input::<Vars>() | pick(["topic"]);
/// let vars = futures::executor::block_on(chain.invoke([("topic", "oaks"), ("tone", "dry")]))?;
/// assert_eq!(vars.len(), 1);
/// # Ok::<(), catena::Error>(())
/// ```
pub fn pick<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Pick {
    Pick { names: names.into_iter().map(Into::into).collect() }
}

impl Runnable<Vars> for Pick {
    type Output = Vars;

    async fn run(&self, vars: Vars, _: &RunContext) -> Result<Vars> {
        for name in &self.names {
            if vars.get(name).is_none() {
                return Err(missing(name, &vars));
            }
        }
        Ok(vars.keeping(|name| self.names.iter().any(|kept| kept == name)))
    }

    fn name(&self) -> Cow<'static, str> {
        "pick".into()
    }

    fn graph(&self) -> Graph {
        Graph::of::<Vars, Vars>(self.name(), StepKind::Step)
    }
}

crate::pipe_head!(Pick: Vars);

/// The value of one variable; see [`pick_one`].
#[must_use = "a step does nothing until it is run"]
pub struct PickOne<T> {
    name: String,
    value: PhantomData<fn() -> T>,
}

/// Gives the value of one variable. If it is missing, that is an [`ErrorKind::UnknownKey`]; if it is no `T`, an
/// [`ErrorKind::Variables`].
///
/// # Examples
///
/// ```
/// use catena::{Vars, input, pick_one};
///
/// let chain = input::<Vars>() | pick_one::<u32>("count");
/// assert_eq!(futures::executor::block_on(chain.invoke([("count", 3)]))?, 3);
/// # Ok::<(), catena::Error>(())
/// ```
pub fn pick_one<T: DeserializeOwned + Send + 'static>(name: impl Into<String>) -> PickOne<T> {
    PickOne { name: name.into(), value: PhantomData }
}

impl<T: DeserializeOwned + Send + 'static> Runnable<Vars> for PickOne<T> {
    type Output = T;

    async fn run(&self, vars: Vars, _: &RunContext) -> Result<T> {
        let value = vars.get(&self.name).ok_or_else(|| missing(&self.name, &vars))?;
        T::deserialize(value).map_err(|cause| {
            let message = format!("the variable `{}` is not a `{}`: {cause}", self.name, std::any::type_name::<T>());
            Error::new(ErrorKind::Variables, message).with_source(cause)
        })
    }

    fn name(&self) -> Cow<'static, str> {
        "pick".into()
    }

    fn graph(&self) -> Graph {
        Graph::of::<Vars, T>(self.name(), StepKind::Step)
    }
}

crate::pipe_head!(impl<T> PickOne<T>: Vars where T: DeserializeOwned + Send + 'static);

impl<T> Clone for PickOne<T> {
    fn clone(&self) -> Self {
        PickOne { name: self.name.clone(), value: PhantomData }
    }
}

impl<T> fmt::Debug for PickOne<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PickOne").field("name", &self.name).finish_non_exhaustive()
    }
}

fn missing(name: &str, vars: &Vars) -> Error {
    super::router::unknown("variable", name, vars.iter().map(|(name, _)| name))
}
