//! The trait of a parser.
use crate::{Delta, Graph, Result, StepKind};
use serde_json::Value;

/// Reads the text that a model wrote.
///
/// The library's own parsers are in [`parse`](crate::parse). A parser of your own becomes a step, and a head of `|`
/// chains, through [`parser_step!`](crate::parser_step).
///
/// ```
/// use catena::{Error, ErrorKind, Model, OutputParser, Result, parser_step, testing::FakeLlm};
///
/// /// Reads a mark from 1 to 6.
/// struct Mark;
///
/// impl OutputParser for Mark {
///     type Output = u8;
///
///     fn parse(&self, text: &str) -> Result<u8> {
///         let mark = text.trim().parse().ok().filter(|mark| (1..=6).contains(mark));
///         mark.ok_or_else(|| Error::new(ErrorKind::Parse, "expected a mark from 1 to 6").with_partial(text))
///     }
///
///     fn format_instructions(&self) -> String {
///         "Answer with a number from 1 to 6 and nothing else.".to_owned()
///     }
/// }
///
/// parser_step!(Mark);
///
/// let chain = Model::new(FakeLlm::always("5\n")) | Mark;
/// assert_eq!(futures::executor::block_on(chain.invoke("How good is it?"))?, 5);
/// # Ok::<(), catena::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a parser of answers",
    note = "implement `catena::OutputParser` for it, or use a parser of `catena::parse`"
)]
pub trait OutputParser: Send + Sync {
    /// What is read.
    type Output: Send + 'static;

    /// Reads a whole text.
    ///
    /// # Errors
    /// The library's own parsers fail with kind [`Truncated`](crate::ErrorKind::Truncated) when more text could make a
    /// value of it, and else with [`Parse`](crate::ErrorKind::Parse); with the place where there is one, and the text
    /// as [`partial`](crate::Error::partial). Where it cannot be told what more text could make of it, the kind is
    /// `Parse`: for regular expressions, for types with a [`FromStr`](std::str::FromStr), and for a text without a fence
    /// where code is looked for.
    fn parse(&self, text: &str) -> Result<Self::Output>;

    /// What to tell a model about the form its answer must have. To be filled into a prompt as a variable.
    fn format_instructions(&self) -> String;

    /// The JSON schema of the values, where they have one. It is shown in the [`graph`](crate::Graph) of the step.
    fn schema(&self) -> Option<Value> {
        None
    }

    /// The JSON schema of the texts, where more is known than that they are texts.
    fn text_schema(&self) -> Option<Value> {
        None
    }

    /// Begins to read a text that is still being written. By default nothing is known before the end.
    fn progress(&self) -> Box<dyn Progress> {
        Box::new(Unknown)
    }
}

/// Reads a text while it is written, to hand out what is known of the value.
///
/// The value itself is read from the whole text at the end, so that nothing here can make a wrong value.
pub trait Progress: Send {
    /// Reads on, adding what is known now to `out`.
    ///
    /// # Errors
    /// When no text that begins like this has a value: the model is then stopped.
    fn push(&mut self, text: &str, out: &mut Vec<Delta>) -> Result<()>;

    /// Nothing follows: adds what was held back until now.
    fn end(&mut self, _out: &mut Vec<Delta>) {}
}

struct Unknown;

impl Progress for Unknown {
    fn push(&mut self, _: &str, _: &mut Vec<Delta>) -> Result<()> {
        Ok(())
    }
}

/// What a parser tells of itself as a step, named so: its [`graph`](crate::Runnable::graph).
pub fn graph<P: OutputParser + ?Sized>(parser: &P, name: impl Into<String>) -> Graph {
    Graph {
        input_schema: parser.text_schema(),
        output_schema: parser.schema(),
        ..Graph::of::<String, P::Output>(name, StepKind::Parser)
    }
}

/// Makes an [`OutputParser`] a step and a head of `|` chains: `parser_step!(MyParser)`.
///
/// For a generic type: `parser_step!(impl<T> MyParser<T> where T: Send + 'static)`.
#[macro_export]
macro_rules! parser_step {
    (impl<$($p:ident),*> $t:ty where $($w:tt)*) => {
        $crate::parser_step!(@ [$($p)*] [$t] [$($w)*]);
        $crate::pipe_head!(impl<$($p),*> $t: ::std::string::String where $($w)*);
    };
    ($t:ty) => {
        $crate::parser_step!(@ [] [$t] []);
        $crate::pipe_head!($t: ::std::string::String);
    };
    (@ [$($p:ident)*] [$t:ty] [$($w:tt)*]) => {
        impl<$($p),*> $crate::Runnable<::std::string::String> for $t
        where
            $($w)*
        {
            type Output = <$t as $crate::OutputParser>::Output;

            async fn run(&self, text: ::std::string::String, _: &$crate::RunContext) -> $crate::Result<Self::Output> {
                $crate::OutputParser::parse(self, &text)
            }

            fn transform<'a>(
                &'a self,
                input: $crate::ChunkStream<'a, ::std::string::String>,
                _: &$crate::RunContext,
            ) -> $crate::ChunkStream<'a, Self::Output> {
                $crate::parse::follow(self, input)
            }

            fn kind(&self) -> $crate::StepKind {
                $crate::StepKind::Parser
            }

            fn graph(&self) -> $crate::Graph {
                $crate::parse::graph(self, $crate::Runnable::<::std::string::String>::name(self))
            }
        }
    };
}
