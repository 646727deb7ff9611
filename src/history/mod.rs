//! Conversations that go on: what was said is kept, cut to size, and put into the next prompt.
mod memory;
mod session;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod summary;
mod trim;

pub use memory::InMemoryHistory;
pub use session::{Reply, Session, WithMessageHistory, with_message_history};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteHistory;
pub use store::MessageHistory;
pub use summary::{SummariseOlder, summarise_older};
pub use trim::{KeepLast, KeepTokens, keep_last, keep_tokens};
