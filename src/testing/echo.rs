//! A model that says what it is told.
use super::fake::{words, write};
use crate::{ChunkStream, Completion, LLM, Prompt, Request, Role, RunContext};

/// A model that answers with the last message of the user, or with the prompt if it is text, a word at a time.
///
/// As with [`FakeLlm`](super::FakeLlm), an answer outside of the request's grammar is an error.
///
/// ```
/// use catena::{ChatPrompt, Model, testing::EchoLlm};
///
/// let prompt = ChatPrompt::from_messages([("system", "Be brief."), ("user", "{text}!")])?;
/// let chain = prompt | Model::new(EchoLlm);
/// assert_eq!(futures::executor::block_on(chain.invoke([("text", "Hello")]))?, "Hello!");
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct EchoLlm;

impl LLM for EchoLlm {
    fn generate(&self, request: Request, _: &RunContext) -> ChunkStream<'_, Completion> {
        let text = match &request.prompt {
            Prompt::Text(text) => text.clone(),
            Prompt::Messages(messages) => {
                let said = messages.iter().rev().find(|message| message.role == Role::User);
                said.map(|message| message.content.clone()).unwrap_or_default()
            }
        };
        write(words(&text).collect(), request, None)
    }

    fn id(&self) -> &'static str {
        "echo"
    }
}
