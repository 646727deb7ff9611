//! A summary instead of what was said long ago.
use super::trim::{answered, instructions};
use crate::{Graph, Message, Parts, Prompt, Result, RunContext, Runnable, StepKind, Vars};
use std::borrow::Cow;

/// A step that puts a summary in place of older messages; see [`summarise_older`].
#[derive(Debug, Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct SummariseOlder<R> {
    keep: usize,
    chain: R,
}

/// A step that keeps the last `keep` messages and puts in place of those before them what this chain makes of them, as
/// one message of instructions. The chain takes the older messages as text in the variable `conversation`. Instructions
/// at the beginning stay, and answers whose question is summed up are summed up with it. With no more than `keep` messages
/// nothing is asked.
///
/// ```
/// use catena::{Message, Model, Template, input, summarise_older, testing::FakeLlm};
///
/// # futures::executor::block_on(async {
/// let llm = Model::new(FakeLlm::always("They said hello."));
/// let summary = Template::new("Summarise in one sentence:\n{conversation}")? | llm;
/// let said = [Message::user("Hi"), Message::assistant("Hello"), Message::user("How are you?")];
/// let kept = (input::<Vec<Message>>() | summarise_older(1, summary)).invoke(said.to_vec()).await?;
/// assert_eq!(kept, [Message::system("The conversation so far: They said hello."), Message::user("How are you?")]);
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
pub fn summarise_older<R: Runnable<Vars, Output = String>>(keep: usize, chain: R) -> SummariseOlder<R> {
    SummariseOlder { keep, chain }
}

impl<R: Runnable<Vars, Output = String>> Runnable<Vec<Message>> for SummariseOlder<R> {
    type Output = Vec<Message>;

    async fn run(&self, mut messages: Vec<Message>, cx: &RunContext) -> Result<Vec<Message>> {
        let mut rest = messages.split_off(instructions(&messages));
        let mut kept = rest.split_off(rest.len().saturating_sub(self.keep));
        if !rest.is_empty() {
            let (stay, go) = answered(kept);
            rest.extend(go);
            kept = stay;
            let vars = Vars::new().with("conversation", Prompt::Messages(rest).to_string());
            let summary = cx.step(self.chain.name(), &self.chain, vars).await?;
            messages.push(Message::system(format!("The conversation so far: {}", summary.trim())));
        }
        messages.extend(kept);
        Ok(messages)
    }

    fn name(&self) -> Cow<'static, str> {
        "summarise_older".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let inner = Parts::Inner(Box::new(self.chain.graph()));
        let note = format!("all but the last {}", self.keep);
        let messages = Graph::of::<Vec<Message>, Vec<Message>>("summarise_older", StepKind::Chain);
        messages.with_note(note).with_parts(inner).running_perhaps()
    }
}

crate::pipe_head!(impl<R> SummariseOlder<R>: Vec<Message> where R: Runnable<Vars, Output = String>);
