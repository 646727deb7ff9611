//! Making conversations fit into the context.
use super::LlamaCpp;
use crate::{GenerateOptions, Message, Overflow, Result, Role};

impl LlamaCpp {
    /// The prompt of a conversation; where asked to, without the oldest turns that it has no room for.
    pub(super) async fn prompt_of(&self, mut messages: Vec<Message>, options: &GenerateOptions) -> Result<String> {
        let mut text = self.render_chat(&messages)?;
        if options.overflow != Some(Overflow::DropOldest) {
            return Ok(text);
        }
        let n_ctx = self.report().n_ctx as usize;
        let answer = options.max_tokens.unwrap_or(n_ctx / 4);
        while self.tokenize(text.as_str(), true).await?.len() + answer > n_ctx && drop_oldest(&mut messages) {
            text = self.render_chat(&messages)?;
        }
        Ok(text)
    }
}

/// Takes the oldest turn out: what stands behind the instructions, up to where the person speaks again. The last message
/// of the person stays, with all behind it. Says whether there was a turn to take.
fn drop_oldest(messages: &mut Vec<Message>) -> bool {
    let Some(start) = messages.iter().position(|message| message.role != Role::System) else { return false };
    let later = messages.iter().enumerate().skip(start + 1);
    let Some((end, _)) = later.clone().find(|(_, message)| message.role == Role::User) else { return false };
    messages.drain(start..end);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_go_from_the_oldest_on() {
        let mut messages = vec![
            Message::system("Be brief."),
            Message::user("1"),
            Message::assistant("one"),
            Message::user("2"),
            Message::assistant("two"),
            Message::user("3"),
        ];
        let mut left = Vec::new();
        while drop_oldest(&mut messages) {
            left.push(messages.iter().map(|message| message.content.as_str()).collect::<Vec<_>>().join(" "));
        }
        assert_eq!(left, ["Be brief. 2 two 3", "Be brief. 3"]);
    }
}
