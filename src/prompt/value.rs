//! What a model is asked.
use super::{Message, Role};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// What a model is asked: plain text, or a conversation.
///
/// A conversation goes through the model's own chat template; text goes to the model as it is.
///
/// ```
/// use catena::{Message, Prompt};
/// let prompt = Prompt::from([Message::system("Be brief."), Message::user("Why is the sky blue?")]);
/// assert_eq!(prompt.to_string(), "System: Be brief.\nHuman: Why is the sky blue?");
/// assert_eq!(Prompt::from("Once upon a time").to_string(), "Once upon a time");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Prompt {
    /// Text that the model continues.
    Text(String),
    /// A conversation that the model answers.
    Messages(Vec<Message>),
}

impl Prompt {
    /// The text, if this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Prompt::Text(text) => Some(text),
            Prompt::Messages(_) => None,
        }
    }

    /// The messages, if this is a conversation.
    pub fn as_messages(&self) -> Option<&[Message]> {
        match self {
            Prompt::Text(_) => None,
            Prompt::Messages(messages) => Some(messages),
        }
    }

    /// The prompt as a conversation; text is one message of the user.
    pub fn to_messages(&self) -> Cow<'_, [Message]> {
        match self {
            Prompt::Text(text) => Cow::Owned(vec![Message::new(Role::User, text.as_str())]),
            Prompt::Messages(messages) => Cow::Borrowed(messages),
        }
    }

    /// The prompt as a conversation; text is one message of the user.
    pub fn into_messages(self) -> Vec<Message> {
        match self {
            Prompt::Text(text) => vec![Message::user(text)],
            Prompt::Messages(messages) => messages,
        }
    }

    /// Whether there is nothing in it: no text, or no message.
    pub fn is_empty(&self) -> bool {
        match self {
            Prompt::Text(text) => text.is_empty(),
            Prompt::Messages(messages) => messages.is_empty(),
        }
    }
}

/// The text, or the messages one under the other, labelled `System:`, `Human:`, `AI:` and `Tool:` as LangChain does.
impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Prompt::Text(text) => f.write_str(text),
            Prompt::Messages(messages) => {
                for (index, message) in messages.iter().enumerate() {
                    let newline = if index == 0 { "" } else { "\n" };
                    write!(f, "{newline}{}: {}", message.role.label(), message.content)?;
                }
                Ok(())
            }
        }
    }
}

impl From<&str> for Prompt {
    fn from(text: &str) -> Self {
        Prompt::Text(text.to_owned())
    }
}

impl From<String> for Prompt {
    fn from(text: String) -> Self {
        Prompt::Text(text)
    }
}

impl From<Message> for Prompt {
    fn from(message: Message) -> Self {
        Prompt::Messages(vec![message])
    }
}

impl From<Vec<Message>> for Prompt {
    fn from(messages: Vec<Message>) -> Self {
        Prompt::Messages(messages)
    }
}

impl<const N: usize> From<[Message; N]> for Prompt {
    fn from(messages: [Message; N]) -> Self {
        Prompt::Messages(messages.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_read_back_from_json() {
        let chat = Prompt::from([Message::user("hi"), Message::assistant("ho")]);
        for prompt in [Prompt::from("text"), chat, Prompt::from(vec![])] {
            let json = serde_json::to_string(&prompt).unwrap();
            assert_eq!(serde_json::from_str::<Prompt>(&json).unwrap(), prompt);
        }
        let read: Prompt = serde_json::from_str(r#"[{"role":"ai","content":"ho"}]"#).unwrap();
        assert_eq!(read, Prompt::from(Message::assistant("ho")));
    }

    #[test]
    fn text_is_one_message_of_the_user() {
        assert_eq!(Prompt::from("hi").to_messages(), [Message::user("hi")].as_slice());
        assert_eq!(Prompt::from("hi").into_messages(), [Message::user("hi")]);
        let chat = Prompt::from([Message::assistant("a"), Message::new(Role::Tool, "b")]);
        assert_eq!(chat.to_string(), "AI: a\nTool: b");
        assert!(!chat.is_empty() && Prompt::from("").is_empty() && chat.as_text().is_none());
    }
}
