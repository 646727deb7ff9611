//! Prompts as people read them.
use super::{ChatPrompt, Prompt, Role, Template, chat_prompt::Part};

/// A heading over a message: `── system ──`.
fn heading(role: Role) -> String {
    format!("── {role} ──")
}

impl Prompt {
    /// The prompt as people read it: each message below a heading with its role.
    ///
    /// ```
    /// use catena::{Message, Prompt};
    /// let prompt = Prompt::from([Message::system("Be brief."), Message::user("Why?")]);
    /// assert_eq!(prompt.pretty(), "── system ──\nBe brief.\n\n── user ──\nWhy?");
    /// ```
    pub fn pretty(&self) -> String {
        match self {
            Prompt::Text(text) => text.clone(),
            Prompt::Messages(messages) => {
                let one = |message: &super::Message| format!("{}\n{}", heading(message.role), message.content);
                messages.iter().map(one).collect::<Vec<_>>().join("\n\n")
            }
        }
    }
}

impl<V> Template<V> {
    /// The template as people read it: its text, and a line for each variable that was filled in ahead.
    pub fn pretty(&self) -> String {
        let filled = self.inputs.all_filled().map(|(name, value)| format!("\n[{name} = {value:?}]"));
        std::iter::once(self.source().to_owned()).chain(filled).collect()
    }
}

impl<V> ChatPrompt<V> {
    /// The conversation as people read it: each part below a heading with its role, variables as they are written.
    ///
    /// ```
    /// use catena::ChatPrompt;
    /// let prompt = ChatPrompt::from_messages([("placeholder", "{history}"), ("user", "{question}")])?;
    /// assert_eq!(prompt.pretty(), "── messages ──\n{history}\n\n── user ──\n{question}");
    /// # Ok::<(), catena::Error>(())
    /// ```
    pub fn pretty(&self) -> String {
        let one = |part: &Part| match part {
            Part::Message(message) => format!("{}\n{}", heading(message.role), message.content),
            Part::Template(role, template) => format!("{}\n{}", heading(*role), template.pretty()),
            Part::Placeholder(placeholder, filled) => {
                let filled = filled.as_ref().map(|filled| format!("\n[{} = {filled:?}]", placeholder.variable));
                format!("── messages ──\n{{{}}}{}", placeholder.variable, filled.unwrap_or_default())
            }
        };
        self.own_parts().iter().map(one).collect::<Vec<_>>().join("\n\n")
    }
}
