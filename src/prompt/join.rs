//! Templates and conversations one behind the other.
use super::{
    ChatPrompt, Message, Template, Vars,
    chat_prompt::Part,
    inputs::{Inputs, Names},
    template::Body,
};
use crate::Result;
use serde::Serialize;
use std::{ops::Add, sync::Arc};

/// A template as a part of another: what was filled in ahead stays.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    body: Arc<Body>,
    inputs: Inputs,
}

impl Piece {
    pub(super) fn render(&self, vars: &Vars) -> Result<String> {
        self.body.render(self.inputs.overlay(vars)?.as_ref())
    }

    /// The names that are open in any of these.
    pub(super) fn names(pieces: &[Piece]) -> Names {
        let mut names = Names::default();
        for piece in pieces {
            names.join(&piece.inputs.open_names());
        }
        names
    }
}

impl<V> Template<V> {
    // Never a piece of pieces: so they do not nest, however often templates are joined.
    fn into_pieces(self) -> Vec<Piece> {
        let Body::Joined(pieces, _) = self.body.as_ref() else {
            return vec![Piece { body: self.body, inputs: self.inputs }];
        };
        let mut pieces = pieces.clone();
        for piece in &mut pieces {
            piece.inputs.fill_from(&self.inputs);
        }
        pieces
    }
}

/// One template behind the other, of whatever forms they are. The variables are those of both; what was filled in ahead
/// stays, in its part.
///
/// ```
/// use catena::{Template, Vars};
/// let greeting = Template::new("Hello {name}. ")? + Template::jinja("{% if late %}Good night!{% endif %}")?;
/// assert_eq!(greeting.variables().collect::<Vec<_>>(), ["late", "name"]);
/// assert_eq!(greeting.format(&Vars::new().with("name", "Ada").with("late", true))?, "Hello Ada. Good night!");
/// # Ok::<(), catena::Error>(())
/// ```
impl<V: Serialize + Send + 'static> Add for Template<V> {
    type Output = Template<V>;

    fn add(self, behind: Template<V>) -> Template<V> {
        let text = format!("{}{}", self.source(), behind.source());
        let unknown_allowed = self.inputs.unknown_allowed();
        let mut pieces = self.into_pieces();
        pieces.extend(behind.into_pieces());
        Template::from_body(Body::Joined(pieces, text), unknown_allowed)
    }
}

impl<V> ChatPrompt<V> {
    /// The parts by themselves: what the conversation was filled in with ahead is in them.
    pub(super) fn own_parts(&self) -> Vec<Part> {
        let fill = |part: &Part| match part {
            Part::Message(message) => Part::Message(message.clone()),
            Part::Template(role, template) => {
                let mut template = template.clone();
                template.inputs.fill_from(&self.inputs);
                Part::Template(*role, template)
            }
            Part::Placeholder(placeholder, filled) => {
                let filled = filled.clone().or_else(|| self.inputs.filled(&placeholder.variable).cloned());
                Part::Placeholder(placeholder.clone(), filled)
            }
        };
        self.parts.iter().map(fill).collect()
    }
}

/// One conversation behind the other. The variables are those of both; what was filled in ahead stays, in its part.
///
/// ```
/// use catena::{ChatPrompt, Message};
/// let rules = ChatPrompt::from_messages([("system", "Be {mood}.")])?;
/// let prompt = rules + ChatPrompt::from_messages([("user", "{question}")])? + Message::assistant("Well, ");
/// assert_eq!((prompt.len(), prompt.variables().collect::<Vec<_>>()), (3, vec!["mood", "question"]));
/// # Ok::<(), catena::Error>(())
/// ```
impl<V> Add for ChatPrompt<V> {
    type Output = ChatPrompt<V>;

    fn add(self, behind: ChatPrompt<V>) -> ChatPrompt<V> {
        let mut parts = self.own_parts();
        parts.extend(behind.own_parts());
        ChatPrompt::from_parts(parts, self.inputs.unknown_allowed())
    }
}

/// A message behind the conversation, as it stands.
impl<V> Add<Message> for ChatPrompt<V> {
    type Output = ChatPrompt<V>;

    fn add(self, message: Message) -> ChatPrompt<V> {
        let mut parts = self.own_parts();
        parts.push(Part::Message(message));
        ChatPrompt::from_parts(parts, self.inputs.unknown_allowed())
    }
}
