//! What models are asked with: messages and prompts, and the templates that make them.
mod chat_builder;
mod chat_prompt;
mod chat_template;
mod clock;
mod fstring;
mod inputs;
mod jinja;
mod message;
mod placeholder;
mod role;
mod spec;
mod step;
mod template;
mod value;
mod vars;

pub use chat_builder::ChatPromptBuilder;
pub use chat_prompt::ChatPrompt;
pub use chat_template::ChatTemplate;
pub use message::Message;
pub use placeholder::MessagesPlaceholder;
pub use role::Role;
pub use step::PromptTemplate;
pub use template::Template;
pub use value::Prompt;
pub use vars::Vars;
