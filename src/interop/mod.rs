//! Models that go between catena and the crate [langchain-rust](https://docs.rs/langchain-rust/7) 7.0, with the feature
//! `langchain-rust`.
//!
//! - [`AsLangchain`] is a [`Model`](crate::Model) where langchain-rust wants an LLM: in its chains and agents.
//! - [`FromLangchain`] is an LLM of langchain-rust's as a provider of a [`Model`](crate::Model): in chains of catena.
//!
//! What the other side cannot carry is a typed error that names it, before the model is asked; nothing is left out.
//!
//! ```
//! use catena::{ErrorKind, GenerateOptions, Model, Template, interop::{AsLangchain, CallOption, FromLangchain, error_of}};
//! use catena::testing::FakeLlm;
//! use langchain_rust::language_models::{llm::LLM, options::CallOptions};
//!
//! # futures::executor::block_on(async {
//! // Ours as theirs: options are merged, a schema becomes a grammar, errors keep their kind.
//! let mut theirs = AsLangchain::new(Model::new(FakeLlm::always("oak, ash, elm")));
//! theirs.add_options(CallOptions::new().with_max_tokens(64));
//! assert_eq!(theirs.invoke("Name three trees.").await.unwrap(), "oak, ash, elm");
//!
//! theirs.add_options(CallOptions::new().with_top_p(7.0));
//! let error = theirs.invoke("Name three trees.").await.unwrap_err();
//! assert_eq!(error_of(&error).unwrap().kind(), ErrorKind::InvalidOption);
//!
//! // Theirs as ours: options that it is not known to honour are refused.
//! let theirs = AsLangchain::new(Model::new(FakeLlm::always("oak")));
//! let llm = Model::new(FromLangchain::new("theirs", theirs).carries([CallOption::MaxTokens]));
//! let chain = Template::new("Name a {thing}.")? | llm.clone().with_options(GenerateOptions::new().max_tokens(8));
//! assert_eq!(chain.invoke([("thing", "tree")]).await?, "oak");
//!
//! let error = llm.with_options(GenerateOptions::new().seed(1)).invoke("Name a tree.").await.unwrap_err();
//! assert_eq!((error.kind(), error.path()), (ErrorKind::Unsupported, Some("seed")));
//! # Ok::<(), catena::Error>(()) }).unwrap();
//! ```
mod as_langchain;
mod errors;
mod format;
mod from_langchain;
mod messages;
mod options;
mod tools;

pub use as_langchain::AsLangchain;
pub use errors::error_of;
pub use from_langchain::FromLangchain;
pub use options::CallOption;
