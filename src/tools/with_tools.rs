//! A model that calls tools.
use super::{Tool, ToolAnswer, ToolCall, ToolMode, grammar::grammar, instructions};
use crate::{
    Chunk, ChunkStream, Completion, Delta, Error, ErrorKind, Grammar, Graph, IntoRequest, JsonParser, LLM, Model,
    OutputParser, Result, RunContext, Runnable, StepKind,
    chunk::{failed, whole},
    head::asked,
    llm::{invalid, read_json, second_grammar},
    parse::Progress,
};
use futures::{FutureExt, StreamExt, stream};
use serde_json::{Value, json};
use std::{borrow::Cow, collections::HashSet, fmt, sync::Arc};

const BRINGS: &str = "tools bring their own";

/// A [`Model`] that may call tools; see [`Model::with_tools`].
#[must_use = "a step does nothing until it is run"]
pub struct WithTools<L: ?Sized = dyn LLM> {
    tools: Arc<[Tool]>,
    mode: ToolMode,
    max_calls: u32,
    grammar: Grammar,
    instructions: Option<String>,
    model: Model<L>,
}

impl<L: LLM + ?Sized> Model<L> {
    /// A step that gives text, or calls of tools: the model is held to a grammar in which only these tools can be named,
    /// and only with arguments that they take.
    ///
    /// The prompt is told about the tools; in a conversation, as a part of its instructions. Calls are written as a JSON
    /// array, so in [`ToolMode::Auto`] an answer in text does not begin with `[`.
    ///
    /// ```
    /// use catena::{Model, Tool, ToolAnswer, ToolCall, testing::FakeLlm};
    ///
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// struct City {
    ///     city: String,
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let weather = Tool::new("weather", "Tells the weather.", |at: City| async move { Ok(format!("Rain in {}.", at.city)) })?;
    /// let llm = Model::new(FakeLlm::always(r#"[{"name":"weather","arguments":{"city":"Bergen"}}]"#));
    /// let answer = llm.with_tools([weather])?.invoke("Do I need an umbrella in Bergen?").await?;
    /// let ToolAnswer::Calls(calls) = answer else { panic!("{answer:?}") };
    /// assert_eq!(calls[0], ToolCall { name: "weather".into(), arguments: serde_json::json!({"city": "Bergen"}) });
    /// # Ok::<(), catena::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) without tools, for two of one name, and for a model with a grammar.
    #[doc(alias = "bind_tools")]
    pub fn with_tools(&self, tools: impl IntoIterator<Item = Tool>) -> Result<WithTools<L>> {
        WithTools::new(self.clone(), tools.into_iter().collect())
    }
}

impl<L: LLM + ?Sized> WithTools<L> {
    fn new(model: Model<L>, tools: Arc<[Tool]>) -> Result<Self> {
        let refused = |why: String| Err(Error::new(ErrorKind::InvalidOption, why));
        if tools.is_empty() {
            return refused("there are no tools to call: give at least one".to_owned());
        }
        let mut names = HashSet::new();
        if let Some(twice) = tools.iter().find(|tool| !names.insert(tool.name())) {
            return refused(format!("two tools have the name `{}`: rename one", twice.name()));
        }
        if model.grammar().is_some() {
            return Err(second_grammar(BRINGS));
        }
        let (mode, max_calls) = (ToolMode::Auto, 8);
        let grammar = grammar(&tools, mode, max_calls)?;
        let instructions = Some(instructions::instructions(&tools, mode));
        Ok(WithTools { tools, mode, max_calls, grammar, instructions, model })
    }

    /// The same, the model being held to this mode.
    ///
    /// # Errors
    /// Those of the grammar.
    pub fn mode(mut self, mode: ToolMode) -> Result<Self> {
        self.mode = mode;
        self.grammar = grammar(&self.tools, mode, self.max_calls)?;
        if self.instructions.is_some() {
            self.instructions = Some(instructions::instructions(&self.tools, mode));
        }
        Ok(self)
    }

    /// The same with at most so many calls in one answer; 8 unless this says otherwise.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) for 0, and those of the grammar.
    pub fn max_calls(mut self, max_calls: u32) -> Result<Self> {
        if max_calls == 0 {
            return Err(Error::new(ErrorKind::InvalidOption, "with 0 calls no tool is called: allow at least 1"));
        }
        self.max_calls = max_calls;
        self.grammar = grammar(&self.tools, self.mode, max_calls)?;
        Ok(self)
    }

    /// The same, the prompt being left as it is: for prompts that tell about the tools themselves.
    pub fn without_instructions(mut self) -> Self {
        self.instructions = None;
        self
    }

    /// The tools.
    pub fn tools(&self) -> &[Tool] {
        &self.tools
    }

    /// The grammar that answers are held to.
    pub fn grammar(&self) -> &Grammar {
        &self.grammar
    }

    /// Asks once and gives the answer.
    ///
    /// # Errors
    /// Those of [`Model::invoke`], and [`OutOfTokens`](ErrorKind::OutOfTokens), with the text so far, for calls that are cut
    /// off.
    pub async fn invoke(&self, prompt: impl IntoRequest) -> Result<ToolAnswer> {
        self.invoke_in(prompt, &RunContext::new()).await
    }

    pub(super) fn id(&self) -> Cow<'static, str> {
        self.model.id()
    }

    fn answer(&self, input: impl IntoRequest, cx: &RunContext) -> ChunkStream<'_, Completion> {
        let mut request = input.into_request();
        if request.options.echo.or(cx.options().echo).or(self.model.options().echo) == Some(true) {
            let error = invalid("echo", &true, "left out: calls are read from the beginning of the answer");
            return stream::iter([Err(error)]).boxed();
        }
        if request.grammar.is_some() {
            return failed(second_grammar(BRINGS));
        }
        if let Some(instructions) = &self.instructions {
            request.prompt = instructions::instructed(request.prompt, instructions);
        }
        self.model.answer(request.with_grammar(self.grammar.clone()), cx)
    }

    /// The JSON schema of the answers.
    fn schema(&self) -> Value {
        let call = |tool: &Tool| {
            json!({
                "type": "object",
                "properties": { "name": { "const": tool.name() }, "arguments": tool.schema() },
                "required": ["name", "arguments"],
                "additionalProperties": false,
            })
        };
        let max_calls = if self.mode == ToolMode::One { 1 } else { self.max_calls };
        let calls: Vec<Value> = self.tools.iter().map(call).collect();
        let calls = json!({ "type": "array", "items": { "anyOf": calls }, "minItems": 1, "maxItems": max_calls });
        if self.mode == ToolMode::Auto { json!({ "anyOf": [{ "type": "string" }, calls] }) } else { calls }
    }

    fn read(&self, completion: Completion) -> Result<ToolAnswer> {
        if self.mode == ToolMode::Auto && !completion.text.starts_with('[') {
            return Ok(ToolAnswer::Text(completion.text));
        }
        let text = completion.text.clone();
        let calls: Vec<ToolCall> = read_json(completion)?;
        match calls.iter().find(|call| self.tools.iter().all(|tool| tool.name() != call.name)) {
            None => Ok(ToolAnswer::Calls(calls)),
            Some(call) => {
                let message = format!("the answer calls `{}`, and there is no such tool", call.name);
                Err(Error::new(ErrorKind::Parse, message).with_partial(text))
            }
        }
    }
}

impl<L: LLM + ?Sized, I: IntoRequest + Send + 'static> Runnable<I> for WithTools<L> {
    type Output = ToolAnswer;

    fn run(&self, input: I, cx: &RunContext) -> impl Future<Output = Result<ToolAnswer>> + Send {
        whole(self.answer(input, cx)).map(|completion| self.read(completion?))
    }

    /// Hands out text as it is written, and calls as changes of their JSON.
    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, ToolAnswer> {
        let mut writing = Writing::Unknown;
        let chunks = self.answer(input, cx).map(move |chunk| match chunk {
            Ok(Chunk::Delta(Delta::Text(text))) => {
                writing.read(text).into_iter().map(|delta| Ok(Chunk::Delta(delta))).collect()
            }
            Ok(Chunk::Delta(Delta::Restart)) => {
                writing = Writing::Unknown;
                vec![Ok(Chunk::Delta(Delta::Restart))]
            }
            Ok(Chunk::Delta(_)) => vec![],
            Ok(Chunk::Done(completion)) => vec![self.read(completion).map(Chunk::Done)],
            Err(error) => vec![Err(error)],
        });
        chunks.map(stream::iter).flatten().boxed()
    }

    fn name(&self) -> Cow<'static, str> {
        self.model.id()
    }

    fn kind(&self) -> StepKind {
        StepKind::Model
    }

    fn graph(&self) -> Graph {
        let graph = Graph::of::<I, ToolAnswer>(self.id(), StepKind::Model).reading(self.model.configurable());
        graph.with_output_schema(self.schema())
    }
}

asked!(
    impl<L> WithTools<L> => ToolAnswer, "text as it is written, and calls as changes of their JSON"
    where L: LLM + ?Sized
);
crate::pipe_head!(impl<L> WithTools<L>: crate::Prompt where L: LLM);

/// What the answer turns out to be.
enum Writing {
    Unknown,
    Text,
    Calls(Box<dyn Progress>),
}

impl Writing {
    fn read(&mut self, text: String) -> Vec<Delta> {
        if text.is_empty() {
            return vec![];
        }
        if let Writing::Unknown = self {
            *self = if text.starts_with('[') {
                Writing::Calls(JsonParser::<serde_json::Value>::without_schema().progress())
            } else {
                Writing::Text
            };
        }
        let mut out = Vec::new();
        match self {
            Writing::Unknown | Writing::Text => out.push(Delta::Text(text)),
            // What is wrong here is what is wrong with the whole answer, which is read at its end.
            Writing::Calls(progress) => drop(progress.push(&text, &mut out)),
        }
        out
    }
}

impl<L: ?Sized> Clone for WithTools<L> {
    fn clone(&self) -> Self {
        let WithTools { tools, mode, max_calls, grammar, instructions, model } = self;
        let (grammar, instructions) = (grammar.clone(), instructions.clone());
        WithTools {
            tools: Arc::clone(tools),
            mode: *mode,
            max_calls: *max_calls,
            grammar,
            instructions,
            model: model.clone(),
        }
    }
}

impl<L: LLM + ?Sized> fmt::Debug for WithTools<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WithTools { tools, mode, model, .. } = self;
        let names: Vec<&str> = tools.iter().map(Tool::name).collect();
        f.debug_struct("WithTools")
            .field("tools", &names)
            .field("mode", mode)
            .field("model", model)
            .finish_non_exhaustive()
    }
}
