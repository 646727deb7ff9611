//! One step of many, by a key.
use crate::{
    ChunkStream, DynRunnable, Error, ErrorKind, Graph, GraphBranch, Parts, Result, RunConfig, RunContext, Runnable,
    StepKind, chunk::failed,
};
use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

type Key<I> = Arc<dyn Fn(&I) -> String + Send + Sync>;

/// The step of a key; see [`router`].
#[must_use = "a step does nothing until it is run"]
pub struct Router<I, O> {
    key: Key<I>,
    routes: BTreeMap<String, DynRunnable<I, O>>,
    otherwise: Option<DynRunnable<I, O>>,
    twice: Option<String>,
}

/// Runs the step that the input's key names.
///
/// A key that names none is an [`ErrorKind::UnknownKey`], which lists those that do, unless there is an
/// [`otherwise`](Router::otherwise). The step that is chosen is a run of its own, tagged `route:` and its key. It streams
/// as that step does.
///
/// # Examples
///
/// ```
/// use catena::{ErrorKind, input, map, router};
///
/// let areas = router(|(shape, _): &(String, f64)| shape.clone())
///     .route("square", map(|(_, a): (String, f64)| a * a))
///     .route("circle", map(|(_, r): (String, f64)| r * r * 3.0));
/// let chain = input::<(String, f64)>() | areas;
/// # futures::executor::block_on(async {
/// assert_eq!(chain.invoke(("square".to_owned(), 2.0)).await?, 4.0);
/// assert_eq!(chain.invoke(("cube".to_owned(), 2.0)).await.unwrap_err().kind(), ErrorKind::UnknownKey);
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
pub fn router<I, O, K>(key: impl Fn(&I) -> K + Send + Sync + 'static) -> Router<I, O>
where
    I: Send + 'static,
    O: Send + 'static,
    K: Into<String>,
{
    let key = Arc::new(move |input: &I| key(input).into());
    Router { key, routes: BTreeMap::new(), otherwise: None, twice: None }
}

impl<I: Send + 'static, O: Send + 'static> Router<I, O> {
    /// Adds the step of this key. A key given twice is an [`ErrorKind::InvalidOption`] of the first run.
    pub fn route<R: Runnable<I, Output = O> + 'static>(mut self, key: impl Into<String>, step: R) -> Self {
        let key = key.into();
        if self.routes.insert(key.clone(), DynRunnable::new(step)).is_some() {
            self.twice.get_or_insert(key);
        }
        self
    }

    /// The step for all other keys.
    pub fn otherwise<R: Runnable<I, Output = O> + 'static>(mut self, step: R) -> Self {
        self.otherwise = Some(DynRunnable::new(step));
        self
    }

    fn choose(&self, input: &I) -> Result<(&DynRunnable<I, O>, RunConfig)> {
        if let Some(key) = &self.twice {
            let message = format!("two routes have the key `{key}`: leave out one of them");
            return Err(Error::new(ErrorKind::InvalidOption, message));
        }
        let key = (self.key)(input);
        let step = self.routes.get(&key).or(self.otherwise.as_ref());
        let step = step.ok_or_else(|| unknown("route", &key, self.routes.keys().map(String::as_str)))?;
        Ok((step, RunConfig::new().tags([format!("route:{key}")])))
    }
}

/// The error of a key that names none of these.
pub(super) fn unknown<'a>(what: &str, key: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<_> = known.map(|known| format!("`{known}`")).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Error::new(ErrorKind::UnknownKey, format!("there is no {what} `{key}`: choose among {known}"))
}

impl<I: Send + 'static, O: Send + 'static> Runnable<I> for Router<I, O> {
    type Output = O;

    async fn run(&self, input: I, cx: &RunContext) -> Result<O> {
        let (step, config) = self.choose(&input)?;
        cx.step_with(step.name(), config, step, input).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, O> {
        match self.choose(&input) {
            Ok((step, config)) => cx.stream_step_with(step.name(), config, step, input),
            Err(error) => failed(error),
        }
    }

    fn name(&self) -> Cow<'static, str> {
        "router".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let routes = self.routes.iter().map(|(key, step)| GraphBranch::new(key, step.graph()));
        let otherwise = self.otherwise.iter().map(|step| GraphBranch::new("otherwise", step.graph()));
        Graph::of::<I, O>("router", StepKind::Chain).with_parts(Parts::Choice(routes.chain(otherwise).collect()))
    }
}

crate::pipe_head!(impl<I, O> Router<I, O>: I where I: Send + 'static, O: Send + 'static);

impl<I, O> Clone for Router<I, O> {
    fn clone(&self) -> Self {
        Router {
            key: Arc::clone(&self.key),
            routes: self.routes.clone(),
            otherwise: self.otherwise.clone(),
            twice: self.twice.clone(),
        }
    }
}

impl<I, O> fmt::Debug for Router<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router").field("routes", &self.routes.keys()).finish_non_exhaustive()
    }
}
