//! Who says a message.
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};

/// Who says a message.
///
/// Written `system`, `user`, `assistant`, `tool`, as chat templates spell them. When read, LangChain's `human` and `ai`
/// are understood too.
///
/// ```
/// use catena::Role;
/// assert_eq!("human".parse::<Role>()?, Role::User);
/// assert_eq!(Role::User.to_string(), "user");
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Instructions that stand above the conversation.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// A tool that the model called.
    Tool,
}

impl Role {
    /// The role's name in chat templates.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
        }
    }

    /// The role's label when messages are written as plain text, as LangChain labels them.
    pub(super) fn label(self) -> &'static str {
        match self {
            Role::System => "System",
            Role::User => "Human",
            Role::Assistant => "AI",
            Role::Tool => "Tool",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Error;

    /// Reads a role. Another name than `system`, `user`, `human`, `assistant`, `ai` and `tool` is an error of kind
    /// [`InvalidOption`](ErrorKind::InvalidOption).
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "system" => Ok(Role::System),
            "user" | "human" => Ok(Role::User),
            "assistant" | "ai" => Ok(Role::Assistant),
            "tool" => Ok(Role::Tool),
            _ => Err(Error::new(
                ErrorKind::InvalidOption,
                format!("`{name}` is not a role; use system, user (human), assistant (ai) or tool"),
            )),
        }
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|error: Error| de::Error::custom(error.message()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_read_back() {
        for role in [Role::System, Role::User, Role::Assistant, Role::Tool] {
            assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
            let json = serde_json::to_string(&role).unwrap();
            assert_eq!(serde_json::from_str::<Role>(&json).unwrap(), role);
        }
        assert_eq!(serde_json::from_str::<Role>("\"ai\"").unwrap(), Role::Assistant);
        assert_eq!("User".parse::<Role>().unwrap_err().kind(), ErrorKind::InvalidOption);
        assert!(serde_json::from_str::<Role>("\"robot\"").unwrap_err().to_string().contains("`robot` is not a role"));
    }
}
