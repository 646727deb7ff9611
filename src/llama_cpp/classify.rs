//! Telling which of an enum's values fits.
use super::{Choices, LlamaCpp};
use crate::{
    Error, ErrorKind, GenerateOptions, IntoRequest, LLM, Prompt, Request, Result, RunContext, Runnable, StepKind,
    parse::EnumParser,
};
use futures::lock::Mutex;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::{any::type_name, borrow::Cow, fmt, sync::Arc};

/// A step that tells which value of an enum fits, from how probable the model finds each; see [`LlamaCpp::classify`].
#[must_use = "a step does nothing until it is run"]
pub struct Classify<E> {
    model: LlamaCpp,
    labels: Result<EnumParser<E>>,
    /// What stands around a label; the quotes of JSON where nothing else is asked for.
    around: Option<(String, String)>,
    neutral: Option<Prompt>,
    /// What the model thinks of the labels anyway with each adapter, once it was asked.
    base: Arc<Mutex<Vec<Base>>>,
}

/// The adapter, and what the model thinks with it.
type Base = (Option<String>, Choices);

/// Which value of an enum fits, and how sure the model is of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Classified<E> {
    /// The most probable value.
    pub value: E,
    /// How probable each label is, in the order of the schema.
    pub choices: Choices,
    values: Vec<E>,
}

impl<E> Classified<E> {
    /// The values with their probabilities, which add up to 1, in the order of the schema.
    pub fn distribution(&self) -> impl Iterator<Item = (&E, f64)> {
        self.values.iter().zip(self.choices.probabilities().iter().copied())
    }

    /// The probability of the value, given that it is one of the enum's.
    pub fn probability(&self) -> f64 {
        self.choices.probabilities().get(self.choices.best()).copied().unwrap_or(1.0)
    }

    /// By how much the value is more probable than the next one; 1 where there is no other.
    pub fn margin(&self) -> f64 {
        self.choices.margin()
    }
}

impl LlamaCpp {
    /// A step that tells which variant of an enum without fields fits. Nothing is written: each variant's name is scored
    /// as the answer, all of them together, after a prompt that is evaluated once.
    ///
    /// A name is scored as a JSON text, in quotes, which is how [`structured`](crate::Model::structured) would write it;
    /// [`between`](Classify::between) puts other text around it. A type that is no such enum is an
    /// [`ErrorKind::Schema`] of the first run; [`Classify::check`] tells it at once.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::{LlamaCpp, Template};
    ///
    /// #[derive(Debug, Clone, PartialEq, serde::Deserialize, schemars::JsonSchema)]
    /// #[serde(rename_all = "lowercase")]
    /// enum Mood {
    ///     Good,
    ///     Bad,
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let llm = LlamaCpp::builder("models/tiny-random.gguf").n_ctx(256).load()?;
    /// let mood = llm.classify::<Mood>().between(" ", "\n").calibrated_on("Review: N/A\nMood:");
    /// let chain = Template::new("Review: {review}\nMood:")? | mood;
    /// let found = chain.invoke([("review", "I loved it.")]).await?;
    /// println!("{:?} with {:.2}, ahead by {:.2}", found.value, found.probability(), found.margin());
    /// # Ok::<(), catena::Error>(()) }).unwrap();
    /// ```
    pub fn classify<E>(&self) -> Classify<E>
    where
        E: JsonSchema + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        Classify {
            model: self.clone(),
            labels: EnumParser::of_type(),
            around: None,
            neutral: None,
            base: Arc::default(),
        }
    }
}

impl<E: Clone + Send + Sync + 'static> Classify<E> {
    /// The same step, once its type is known to be an enum of variants without fields.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`].
    pub fn check(self) -> Result<Self> {
        match self.labels {
            Ok(_) => Ok(self),
            Err(error) => Err(error),
        }
    }

    /// The same with these texts around each name, in place of quotes: mostly the space that follows the prompt, and
    /// what ends the answer and so tells a name from a longer one.
    pub fn between(mut self, before: impl Into<String>, after: impl Into<String>) -> Self {
        self.around = Some((before.into(), after.into()));
        self.base = Arc::default();
        self
    }

    /// The same without what the model thinks of the names anyway: how probable they are after this prompt, which says
    /// nothing, is asked once and taken away from each answer; see [`Choices::calibrated`].
    pub fn calibrated_on(mut self, neutral: impl Into<Prompt>) -> Self {
        self.neutral = Some(neutral.into());
        self.base = Arc::default();
        self
    }

    /// Asks once. Of the options those count that say how long the call may take, and its adapter.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`] for a type that is no enum of variants without fields, [`ErrorKind::InvalidOption`] for a
    /// request with a grammar, and those of [`LlamaCpp::choose`].
    pub async fn invoke(&self, prompt: impl IntoRequest) -> Result<Classified<E>> {
        self.invoke_in(prompt, &RunContext::new()).await
    }

    /// As [`invoke`](Classify::invoke), within this context: watched by its handlers, or as a part of the run it belongs to.
    ///
    /// # Errors
    /// As [`invoke`](Classify::invoke), and those of the context.
    pub async fn invoke_in(&self, prompt: impl IntoRequest, cx: &RunContext) -> Result<Classified<E>> {
        cx.step(Runnable::<Request>::name(self), self, prompt.into_request()).await
    }

    fn texts(&self, labels: &EnumParser<E>) -> Vec<String> {
        let text = |label: &str| match &self.around {
            Some((before, after)) => format!("{before}{label}{after}"),
            None => serde_json::Value::from(label).to_string(),
        };
        labels.labels().map(text).collect()
    }

    async fn classify(&self, request: Request, options: &GenerateOptions) -> Result<Classified<E>> {
        let labels = self.labels.as_ref().map_err(Clone::clone)?;
        if request.grammar.is_some() {
            let message = "a classification has its answers already: leave out the grammar";
            return Err(Error::new(ErrorKind::InvalidOption, message));
        }
        let options = options.clone().overridden_by(request.options);
        let texts = self.texts(labels);
        let mut choices = self.model.choose_with(request.prompt, texts.clone(), &options).await?;
        if let Some(neutral) = &self.neutral {
            let mut base = self.base.lock().await;
            if !base.iter().any(|(lora, _)| *lora == options.lora) {
                let asked = self.model.choose_with(neutral.clone(), texts, &options).await?;
                base.push((options.lora.clone(), asked));
            }
            if let Some((_, base)) = base.iter().find(|(lora, _)| *lora == options.lora) {
                choices = choices.calibrated(base);
            }
        }
        let values: Vec<E> = labels.values().iter().map(|(_, value)| value.clone()).collect();
        let value = values.get(choices.best()).cloned();
        let value = value.ok_or_else(|| Error::new(ErrorKind::Engine, "there is no value for the best label"))?;
        Ok(Classified { value, choices, values })
    }
}

impl<E: Clone + Send + Sync + 'static, I: IntoRequest + Send + 'static> Runnable<I> for Classify<E> {
    type Output = Classified<E>;

    async fn run(&self, input: I, cx: &RunContext) -> Result<Classified<E>> {
        cx.aborted()?;
        self.classify(input.into_request(), cx.options()).await
    }

    fn name(&self) -> Cow<'static, str> {
        self.model.id().to_owned().into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Model
    }
}

crate::pipe_head!(impl<E> Classify<E>: crate::Prompt where E: Clone + Send + Sync + 'static);

impl<E: Clone> Clone for Classify<E> {
    fn clone(&self) -> Self {
        let Classify { model, labels, around, neutral, base } = self;
        Classify {
            model: model.clone(),
            labels: labels.clone(),
            around: around.clone(),
            neutral: neutral.clone(),
            base: Arc::clone(base),
        }
    }
}

impl<E> fmt::Debug for Classify<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classify")
            .field("target", &type_name::<E>())
            .field("around", &self.around)
            .field("neutral", &self.neutral)
            .finish_non_exhaustive()
    }
}
