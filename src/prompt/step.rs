//! The trait of a template language.
use super::Prompt;
use crate::Result;
use serde_json::Value;

/// A template language: turns variables into a prompt.
///
/// [`Template`](crate::Template) and [`ChatPrompt`](crate::ChatPrompt) are the library's own. A language of your own
/// becomes a step, and a head of `|` chains, through [`prompt_step!`](crate::prompt_step).
///
/// ```
/// use catena::{Prompt, PromptTemplate, Result, input, map, prompt_step};
///
/// struct Greeting;
///
/// impl PromptTemplate for Greeting {
///     type Vars = String;
///
///     fn render(&self, name: &String) -> Result<Prompt> {
///         Ok(format!("Greet {name}.").into())
///     }
/// }
///
/// prompt_step!(Greeting);
///
/// # futures::executor::block_on(async {
/// let chain = Greeting | map(|prompt: Prompt| prompt.to_string());
/// assert_eq!(chain.invoke("Ada").await?, "Greet Ada.");
/// # let _ = input::<String>();
/// # Ok::<(), catena::Error>(())
/// # }).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a prompt template",
    note = "implement `PromptTemplate` for it, or use `Template` or `ChatPrompt`"
)]
pub trait PromptTemplate: Send + Sync {
    /// What fills the template.
    type Vars: Send + 'static;

    /// Fills the template.
    ///
    /// # Errors
    /// The library's own templates fail with kind [`Variables`](crate::ErrorKind::Variables) or
    /// [`Template`](crate::ErrorKind::Template).
    fn render(&self, vars: &Self::Vars) -> Result<Prompt>;

    /// The JSON schema of what fills the template, where it is known. It is shown in the [`graph`](crate::Graph) of the
    /// step.
    fn schema(&self) -> Option<Value> {
        None
    }
}

/// Makes a [`PromptTemplate`] a step and a head of `|` chains: `prompt_step!(MyTemplate)`.
///
/// For a generic type: `prompt_step!(impl<V> MyTemplate<V> where V: Send + Sync + 'static)`.
#[macro_export]
macro_rules! prompt_step {
    (impl<$($p:ident),*> $t:ty where $($w:tt)*) => {
        $crate::prompt_step!(@ [$($p)*] [$t] [$($w)*]);
        $crate::pipe_head!(impl<$($p),*> $t: <$t as $crate::PromptTemplate>::Vars where $($w)*);
    };
    ($t:ty) => {
        $crate::prompt_step!(@ [] [$t] []);
        $crate::pipe_head!($t: <$t as $crate::PromptTemplate>::Vars);
    };
    (@ [$($p:ident)*] [$t:ty] [$($w:tt)*]) => {
        impl<$($p),*> $crate::Runnable<<$t as $crate::PromptTemplate>::Vars> for $t
        where
            $($w)*
        {
            type Output = $crate::Prompt;

            async fn run(
                &self,
                vars: <$t as $crate::PromptTemplate>::Vars,
                _: &$crate::RunContext,
            ) -> $crate::Result<$crate::Prompt> {
                $crate::PromptTemplate::render(self, &vars)
            }

            fn kind(&self) -> $crate::StepKind {
                $crate::StepKind::Prompt
            }

            fn graph(&self) -> $crate::Graph {
                let name = $crate::Runnable::<<$t as $crate::PromptTemplate>::Vars>::name(self);
                let graph = $crate::Graph::of::<<$t as $crate::PromptTemplate>::Vars, $crate::Prompt>(
                    name,
                    $crate::StepKind::Prompt,
                );
                match $crate::PromptTemplate::schema(self) {
                    ::std::option::Option::Some(schema) => graph.with_input_schema(schema),
                    ::std::option::Option::None => graph,
                }
            }
        }
    };
}
