//! Prompts that show examples.
use super::{ChatPrompt, ExampleSelector, Message, Prompt, Template, Vars, inputs::Names};
use crate::{Graph, Result, RunContext, Runnable, StepKind, prompt::inputs::Inputs};
use std::{borrow::Cow, fmt, sync::Arc};

/// A prompt that shows examples: what stands before them, each example, and what stands behind.
///
/// Each part is filled once and never read as a template again, so braces in an example mean nothing. The examples are
/// given, or an [`ExampleSelector`] chooses them for what the prompt is filled with. Parts are [`Template`]s, joined by
/// a separator, or [`ChatPrompt`]s, whose messages follow one another; among messages text is a message of the user.
/// LangChain calls it `FewShotPromptTemplate` and `FewShotChatMessagePromptTemplate`.
///
/// ```
/// use catena::{FewShotPrompt, Prompt, Template, Vars, map};
///
/// # futures::executor::block_on(async {
/// let examples = [
///     [("text", "red and blue"), ("json", "{\"colours\": 2}")],
///     [("text", "green"), ("json", "{\"colours\": 1}")],
/// ];
/// let prompt = FewShotPrompt::of_examples(Template::new("{text} => {json}")?, examples.map(Vars::from))
///     .prefix(Template::new("Count, as {form}.")?)
///     .suffix(Template::new("{text} =>")?)
///     .separator("\n");
/// let chain = prompt | map(|prompt: Prompt| prompt.to_string());
/// assert_eq!(
///     chain.invoke([("form", "JSON"), ("text", "{text}")]).await?,
///     "Count, as JSON.\nred and blue => {\"colours\": 2}\ngreen => {\"colours\": 1}\n{text} =>"
/// );
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[doc(alias = "FewShotPromptTemplate")]
#[doc(alias = "FewShotChatMessagePromptTemplate")]
#[derive(Clone)]
pub struct FewShotPrompt {
    prefix: Option<PromptPart>,
    example: PromptPart,
    examples: Examples,
    suffix: Option<PromptPart>,
    separator: Cow<'static, str>,
}

/// A part of a [`FewShotPrompt`]: text or messages.
#[derive(Debug, Clone)]
pub enum PromptPart {
    /// Text.
    Text(Template),
    /// Messages.
    Messages(ChatPrompt),
}

#[derive(Clone)]
enum Examples {
    Given(Arc<[Vars]>),
    Chosen(Arc<dyn ExampleSelector>),
}

impl FewShotPrompt {
    /// A prompt that shows these examples, each as this template or conversation writes it.
    pub fn of_examples(example: impl Into<PromptPart>, examples: impl IntoIterator<Item = Vars>) -> Self {
        FewShotPrompt::new(example.into(), Examples::Given(examples.into_iter().collect()))
    }

    /// A prompt that shows what this selector chooses, each as this template or conversation writes it.
    pub fn of_selector(example: impl Into<PromptPart>, selector: impl ExampleSelector + 'static) -> Self {
        FewShotPrompt::new(example.into(), Examples::Chosen(Arc::new(selector)))
    }

    fn new(example: PromptPart, examples: Examples) -> Self {
        FewShotPrompt { prefix: None, example, examples, suffix: None, separator: "\n\n".into() }
    }

    /// The same prompt with this before the examples.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<PromptPart>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// The same prompt with this behind the examples.
    #[must_use]
    pub fn suffix(mut self, suffix: impl Into<PromptPart>) -> Self {
        self.suffix = Some(suffix.into());
        self
    }

    /// The same prompt with this between its texts; an empty line unless this says otherwise.
    #[must_use]
    pub fn separator(mut self, separator: impl Into<Cow<'static, str>>) -> Self {
        self.separator = separator.into();
        self
    }

    /// The names of the variables, sorted: those of what stands before and behind the examples.
    pub fn variables(&self) -> Vec<String> {
        self.inputs().variables().map(str::to_owned).collect()
    }

    /// Fills the prompt.
    ///
    /// # Errors
    /// As [`Template::format`] and [`ChatPrompt::format`]; for an example the [`path`](crate::Error::path) is its number
    /// from 0, as `/examples/2`. Those of the selector.
    pub async fn format(&self, vars: &Vars) -> Result<Prompt> {
        let inputs = self.inputs();
        let vars = inputs.resolve(vars)?;
        let examples = match &self.examples {
            Examples::Given(examples) => examples.to_vec(),
            Examples::Chosen(selector) => selector.select(&vars).await?,
        };
        let mut parts = Vec::with_capacity(examples.len() + 2);
        parts.extend(self.prefix.as_ref().map(|part| part.fill(&vars)).transpose()?);
        for (index, example) in examples.iter().enumerate() {
            let filled = match &self.example {
                PromptPart::Text(template) => template.format(example).map(Prompt::Text),
                PromptPart::Messages(chat) => chat.format(example),
            };
            parts.push(filled.map_err(|error| error.with_path(format!("/examples/{index}")))?);
        }
        parts.extend(self.suffix.as_ref().map(|part| part.fill(&vars)).transpose()?);
        Ok(self.join(parts))
    }

    fn inputs(&self) -> Inputs {
        let mut names = Names::default();
        for part in self.prefix.iter().chain(&self.suffix) {
            names.join(&part.open_names());
        }
        Inputs::new(names, false)
    }

    /// By what the parts are, and not by those that happen to be there: without examples it is the same sort of prompt.
    fn join(&self, parts: Vec<Prompt>) -> Prompt {
        let is_chat = |part: &PromptPart| matches!(part, PromptPart::Messages(_));
        if [Some(&self.example), self.prefix.as_ref(), self.suffix.as_ref()].into_iter().flatten().any(is_chat) {
            return Prompt::Messages(parts.into_iter().flat_map(Prompt::into_messages).collect::<Vec<Message>>());
        }
        let texts = parts.iter().filter_map(Prompt::as_text).filter(|text| !text.is_empty());
        Prompt::Text(texts.collect::<Vec<_>>().join(&self.separator))
    }
}

impl PromptPart {
    fn fill(&self, vars: &Vars) -> Result<Prompt> {
        match self {
            PromptPart::Text(template) => template.fill_part(vars).map(Prompt::Text),
            PromptPart::Messages(chat) => chat.fill_part(vars).map(Prompt::Messages),
        }
    }

    fn open_names(&self) -> Names {
        match self {
            PromptPart::Text(template) => template.open_names(),
            PromptPart::Messages(chat) => chat.open_names(),
        }
    }
}

impl From<Template> for PromptPart {
    fn from(template: Template) -> Self {
        PromptPart::Text(template)
    }
}

impl From<ChatPrompt> for PromptPart {
    fn from(chat: ChatPrompt) -> Self {
        PromptPart::Messages(chat)
    }
}

impl Runnable<Vars> for FewShotPrompt {
    type Output = Prompt;

    async fn run(&self, vars: Vars, _: &RunContext) -> Result<Prompt> {
        self.format(&vars).await
    }

    fn kind(&self) -> StepKind {
        StepKind::Prompt
    }

    fn graph(&self) -> Graph {
        Graph::of::<Vars, Prompt>(self.name(), StepKind::Prompt).with_input_schema(self.inputs().schema())
    }
}

crate::pipe_head!(FewShotPrompt: Vars);

impl fmt::Debug for FewShotPrompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FewShotPrompt { prefix, example, suffix, .. } = self;
        f.debug_struct("FewShotPrompt")
            .field("prefix", prefix)
            .field("example", example)
            .field("suffix", suffix)
            .finish_non_exhaustive()
    }
}
