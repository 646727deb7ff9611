//! Histories cut to size.
use crate::{Error, ErrorKind, Graph, Message, Result, Role, RunContext, Runnable, StepKind, TokenCounter};
use std::{borrow::Cow, fmt};

/// How many messages at the beginning are instructions: these stay.
pub(super) fn instructions(messages: &[Message]) -> usize {
    messages.iter().take_while(|message| message.role == Role::System).count()
}

/// Of the last messages those that stay when what is before them goes, and those that go with it: answers whose question
/// is gone. Instructions stay.
pub(super) fn answered(kept: Vec<Message>) -> (Vec<Message>, Vec<Message>) {
    let first = kept.iter().position(|message| message.role == Role::User).unwrap_or(kept.len());
    let mut at = 0..;
    kept.into_iter().partition(|message| at.next().is_some_and(|at| at >= first) || message.role == Role::System)
}

/// Leaves out the messages between the instructions and the last `count`, and answers whose question is left out.
fn cut(mut messages: Vec<Message>, count: usize) -> Vec<Message> {
    let head = instructions(&messages);
    let mut rest = messages.split_off(head);
    let gone = rest.len().saturating_sub(count);
    let kept = rest.split_off(gone);
    messages.extend(if gone == 0 { kept } else { answered(kept).0 });
    messages
}

/// A step that keeps the last messages; see [`keep_last`].
#[derive(Debug, Clone, Copy)]
#[must_use = "a step does nothing until it is run"]
pub struct KeepLast(usize);

/// A step that keeps the last `count` messages at most. Instructions at the beginning stay beside them, and answers
/// whose question is left out go with it.
///
/// ```
/// use catena::{Message, input, keep_last};
///
/// let said = [Message::system("Be brief."), Message::user("1"), Message::assistant("a"), Message::user("2")];
/// let kept = futures::executor::block_on((input::<Vec<Message>>() | keep_last(2)).invoke(said.to_vec()))?;
/// assert_eq!(kept, [Message::system("Be brief."), Message::user("2")]);
/// # Ok::<(), catena::Error>(())
/// ```
pub fn keep_last(count: usize) -> KeepLast {
    KeepLast(count)
}

impl Runnable<Vec<Message>> for KeepLast {
    type Output = Vec<Message>;

    async fn run(&self, messages: Vec<Message>, _: &RunContext) -> Result<Vec<Message>> {
        Ok(cut(messages, self.0))
    }

    fn name(&self) -> Cow<'static, str> {
        "keep_last".into()
    }

    fn graph(&self) -> Graph {
        Graph::of::<Vec<Message>, Vec<Message>>(self.name(), StepKind::Step)
    }
}

crate::pipe_head!(KeepLast: Vec<Message>);

/// A step that keeps the last messages that fit; see [`keep_tokens`].
#[derive(Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct KeepTokens<C> {
    max_tokens: usize,
    overhead: usize,
    counter: C,
}

/// A step that keeps as many of the last messages as have `max_tokens` tokens at most, as this counts them. Instructions
/// at the beginning stay, and count; answers whose question is left out go with it.
///
/// What is counted is the text of the messages; for what a chat template writes around each, see
/// [`overhead`](KeepTokens::overhead).
///
/// ```
/// use catena::{Message, input, keep_tokens};
///
/// let words = |text: &str| text.split_whitespace().count();
/// let said = [Message::user("one two three"), Message::assistant("four"), Message::user("five six")];
/// let kept = futures::executor::block_on((input::<Vec<Message>>() | keep_tokens(3, words)).invoke(said.to_vec()))?;
/// assert_eq!(kept, [Message::user("five six")]);
/// # Ok::<(), catena::Error>(())
/// ```
#[doc(alias = "trim_messages")]
pub fn keep_tokens<C: TokenCounter>(max_tokens: usize, counter: C) -> KeepTokens<C> {
    KeepTokens { max_tokens, overhead: 0, counter }
}

impl<C> KeepTokens<C> {
    /// The same step, counting so many tokens more for each message.
    pub fn overhead(mut self, tokens: usize) -> Self {
        self.overhead = tokens;
        self
    }
}

impl<C: TokenCounter> Runnable<Vec<Message>> for KeepTokens<C> {
    type Output = Vec<Message>;

    async fn run(&self, messages: Vec<Message>, _: &RunContext) -> Result<Vec<Message>> {
        let head = instructions(&messages);
        let mut tokens = 0_usize;
        for message in messages.iter().take(head) {
            tokens = tokens.saturating_add(self.count(message).await?);
        }
        if tokens > self.max_tokens {
            let message = format!(
                "the instructions alone have {tokens} tokens, and {} are allowed: shorten them or allow more",
                self.max_tokens
            );
            return Err(Error::new(ErrorKind::ContextOverflow, message));
        }
        let mut kept = 0;
        for message in messages.iter().skip(head).rev() {
            tokens = tokens.saturating_add(self.count(message).await?);
            if tokens > self.max_tokens {
                break;
            }
            kept += 1;
        }
        Ok(cut(messages, kept))
    }

    fn name(&self) -> Cow<'static, str> {
        "keep_tokens".into()
    }

    fn graph(&self) -> Graph {
        Graph::of::<Vec<Message>, Vec<Message>>(self.name(), StepKind::Step)
    }
}

impl<C: TokenCounter> KeepTokens<C> {
    async fn count(&self, message: &Message) -> Result<usize> {
        Ok(self.counter.count_tokens(&message.content).await?.saturating_add(self.overhead))
    }
}

crate::pipe_head!(impl<C> KeepTokens<C>: Vec<Message> where C: TokenCounter);

impl<C> fmt::Debug for KeepTokens<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KeepTokens { max_tokens, overhead, .. } = self;
        f.debug_struct("KeepTokens").field("max_tokens", max_tokens).field("overhead", overhead).finish_non_exhaustive()
    }
}
