//! A model that calls tools until it knows the answer.
use super::{Tool, ToolAnswer, ToolCall, WithTools};
use crate::{
    Chunk, ChunkStream, Delta, Error, ErrorKind, Graph, GraphBranch, IntoRequest, LLM, Message, Model, Parts, Prompt,
    Request, Result, Role, RunContext, Runnable, StepKind, chunk::whole, head::asked,
};
use futures::{StreamExt, future::try_join_all, stream};
use std::{borrow::Cow, fmt};

/// A model that calls tools, sees what they give, and so on until it answers in text: a step that gives that text.
///
/// The model is asked at most 10 times, unless [`max_steps`](Agent::max_steps) says otherwise. Calls of one answer run
/// side by side, each as a run of its tool's name; an error of a tool is that of the agent, unless the tool is
/// [`telling_errors`](Tool::telling_errors). What happened is in the run tree; the conversation is that of one run.
///
/// ```
/// use catena::{Agent, Model, Tool, testing::FakeLlm};
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// struct City {
///     city: String,
/// }
///
/// # futures::executor::block_on(async {
/// let weather = Tool::new("weather", "Tells the weather.", |at: City| async move { Ok(format!("Rain in {}.", at.city)) })?;
/// let answers = [[r#"[{"name":"weather","arguments":{"city":"Bergen"}}]"#], ["Yes, it rains."]];
/// let llm = Model::new(FakeLlm::scripted(answers));
/// let agent = Agent::new(&llm, [weather])?.max_steps(4);
/// assert_eq!(agent.invoke("Do I need an umbrella in Bergen?").await?, "Yes, it rains.");
/// assert!(llm.requests()[1].prompt.to_string().ends_with("Tool: Rain in Bergen."));
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[doc(alias = "AgentExecutor")]
#[must_use = "a step does nothing until it is run"]
pub struct Agent<L: ?Sized = dyn LLM> {
    max_steps: usize,
    model: WithTools<L>,
}

impl<L: LLM + ?Sized> Agent<L> {
    /// An agent with these tools.
    ///
    /// # Errors
    /// Those of [`Model::with_tools`].
    pub fn new(model: &Model<L>, tools: impl IntoIterator<Item = Tool>) -> Result<Self> {
        Ok(Agent { max_steps: 10, model: model.with_tools(tools)? })
    }

    /// The same agent, whose model is asked at most so many times. With 0, running it is an error of kind
    /// [`InvalidOption`](ErrorKind::InvalidOption).
    pub fn max_steps(mut self, max_steps: usize) -> Self {
        self.max_steps = max_steps;
        self
    }

    /// Asks the agent.
    ///
    /// # Errors
    /// Those of [`Model::invoke`] and of the tools; [`StepLimit`](ErrorKind::StepLimit), with the last calls as
    /// [`partial`](Error::partial), when there is no answer in text by then.
    pub async fn invoke(&self, prompt: impl IntoRequest) -> Result<String> {
        self.invoke_in(prompt, &RunContext::new()).await
    }

    /// What the tools give for these calls, in their order.
    async fn call(&self, calls: &[ToolCall], cx: &RunContext) -> Result<Vec<Message>> {
        let lanes = &cx.lanes();
        let call = |call: &ToolCall| {
            let tool = self.model.tools().iter().find(|tool| tool.name() == call.name).cloned();
            let ToolCall { name, arguments } = call.clone();
            async move {
                let _turn = lanes.enter().await;
                let unknown = || Error::new(ErrorKind::Parse, format!("there is no tool `{name}`"));
                let result = tool.ok_or_else(unknown)?.call(arguments, cx).await?;
                Ok(Message::new(Role::Tool, result)) as Result<_>
            }
        };
        try_join_all(calls.iter().map(call)).await
    }
}

impl<L: LLM + ?Sized, I: IntoRequest + Send + 'static> Runnable<I> for Agent<L> {
    type Output = String;

    fn run(&self, input: I, cx: &RunContext) -> impl Future<Output = Result<String>> + Send {
        whole(self.run_stream(input, cx))
    }

    /// Hands out the answer in text as it is written, and nothing of the calls before it.
    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, String> {
        let mut request = input.into_request();
        let prompt = std::mem::replace(&mut request.prompt, Prompt::Messages(Vec::new()));
        let going = Going {
            agent: self,
            cx: cx.clone(),
            request,
            messages: prompt.into_messages(),
            steps: 0,
            last: String::new(),
            answer: None,
            ended: false,
        };
        stream::unfold(going, |mut going| async { going.next().await.map(|chunk| (chunk, going)) }).boxed()
    }

    fn name(&self) -> Cow<'static, str> {
        "agent".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let model = GraphBranch::new("until there is text", Runnable::<Request>::graph(&self.model));
        let tools = self.model.tools().iter().map(|tool| GraphBranch::new("when called", tool.graph()));
        let note = format!("up to {} steps", self.max_steps);
        let parts = Parts::Choice([model].into_iter().chain(tools).collect());
        Graph::of::<I, String>("agent", StepKind::Chain).with_note(note).with_parts(parts)
    }
}

/// An agent at work.
struct Going<'a, L: ?Sized> {
    agent: &'a Agent<L>,
    cx: RunContext,
    request: Request,
    messages: Vec<Message>,
    /// How often the model was asked.
    steps: usize,
    /// The last calls, as JSON.
    last: String,
    /// What the model answers now.
    answer: Option<ChunkStream<'a, ToolAnswer>>,
    ended: bool,
}

impl<'a, L: LLM + ?Sized> Going<'a, L> {
    async fn next(&mut self) -> Option<Result<Chunk<String>>> {
        while !self.ended {
            let chunk = match self.step().await {
                Ok(None) => continue,
                Ok(Some(chunk)) => Ok(chunk),
                Err(error) => Err(error),
            };
            if !matches!(chunk, Ok(Chunk::Delta(_))) {
                self.ended = true;
                self.answer = None;
            }
            return Some(chunk);
        }
        None
    }

    /// Asks the model once more.
    fn ask(&mut self) -> Result<ChunkStream<'a, ToolAnswer>> {
        let agent = self.agent;
        if agent.max_steps == 0 {
            return Err(Error::new(
                ErrorKind::InvalidOption,
                "with 0 steps the model is never asked: allow at least 1",
            ));
        }
        if self.steps == agent.max_steps {
            let message =
                format!("after {} steps the model still calls tools: allow more with `max_steps`", agent.max_steps);
            return Err(Error::new(ErrorKind::StepLimit, message).with_partial(self.last.as_str()));
        }
        self.steps += 1;
        self.request.prompt = Prompt::Messages(self.messages.clone());
        Ok(self.cx.stream_step(agent.model.id(), &agent.model, self.request.clone()))
    }

    /// Goes on by one chunk of the model's.
    async fn step(&mut self) -> Result<Option<Chunk<String>>> {
        let answer = match &mut self.answer {
            Some(answer) => answer,
            None => {
                let asked = self.ask()?;
                self.answer.insert(asked)
            }
        };
        match answer.next().await.transpose()? {
            Some(Chunk::Delta(Delta::Text(text))) => Ok(Some(Chunk::Delta(Delta::Text(text)))),
            Some(Chunk::Delta(Delta::Restart)) => Ok(Some(Chunk::Delta(Delta::Restart))),
            Some(Chunk::Delta(_)) => Ok(None),
            Some(Chunk::Done(ToolAnswer::Text(text))) => Ok(Some(Chunk::Done(text))),
            Some(Chunk::Done(ToolAnswer::Calls(calls))) => {
                self.answer = None;
                self.last = serde_json::to_string(&calls).map_err(Error::other)?;
                // What nobody would see is not done.
                if self.steps < self.agent.max_steps {
                    self.messages.push(Message::assistant(self.last.as_str()));
                    self.messages.extend(self.agent.call(&calls, &self.cx).await?);
                }
                Ok(None)
            }
            None => Err(Error::new(ErrorKind::Incomplete, "the model's stream ended without an answer")),
        }
    }
}

asked!(
    impl<L> Agent<L> => String, "the answer in text as it is written, and nothing of the calls before it"
    where L: LLM + ?Sized
);
crate::pipe_head!(impl<L> Agent<L>: Prompt where L: LLM);

impl<L: ?Sized> Clone for Agent<L> {
    fn clone(&self) -> Self {
        Agent { max_steps: self.max_steps, model: self.model.clone() }
    }
}

impl<L: LLM + ?Sized> fmt::Debug for Agent<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent").field("max_steps", &self.max_steps).field("model", &self.model).finish()
    }
}
