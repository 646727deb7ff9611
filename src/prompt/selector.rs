//! Which examples a prompt shows.
use super::{Template, Vars, spec::plain};
use crate::{Embeddings, Error, ErrorKind, Result, TokenCounter, VectorIndex, embeddings::mmr};
use async_trait::async_trait;
use std::fmt;

/// Chooses the examples of a [`FewShotPrompt`](crate::FewShotPrompt) for what the prompt is filled with. It is implemented
/// with [`#[catena::async_trait]`](crate::async_trait).
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not choose examples",
    label = "expected an `ExampleSelector`",
    note = "for examples that are always shown use `FewShotPrompt::of_examples`"
)]
pub trait ExampleSelector: Send + Sync {
    /// The examples to show, in their order.
    ///
    /// # Errors
    /// Those of what counts or compares.
    async fn select(&self, vars: &Vars) -> Result<Vec<Vars>>;
}

/// The values as one text.
fn text(vars: &Vars, only: Option<&[String]>) -> String {
    let mut out = String::new();
    for (name, value) in vars.iter() {
        if only.is_none_or(|only| only.iter().any(|known| known == name)) {
            if !out.is_empty() {
                out.push('\n');
            }
            plain(value, &mut out);
        }
    }
    out
}

/// Chooses as many examples as fit, in their order: those up to the first with which the examples and what the prompt is
/// filled with would have more than so many tokens.
///
/// ```
/// use catena::{ExampleSelector, LengthSelector, Template, Vars};
///
/// # futures::executor::block_on(async {
/// let words = |text: &str| text.split_whitespace().count();
/// let examples = [[("word", "happy"), ("opposite", "sad")], [("word", "tall"), ("opposite", "short")]].map(Vars::from);
/// let template = Template::new("{word} is not {opposite}")?;
/// let selector = LengthSelector::new(words, 10, &template, examples).await?;
/// assert_eq!(selector.select(&Vars::from([("word", "big")])).await?.len(), 2);
/// assert_eq!(selector.select(&Vars::from([("word", "big and round")])).await?.len(), 1);
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
pub struct LengthSelector<C> {
    counter: C,
    max_tokens: usize,
    examples: Vec<(usize, Vars)>,
}

impl<C: TokenCounter> LengthSelector<C> {
    /// Chooses from these examples, whose tokens are counted as this template writes them.
    ///
    /// # Errors
    /// Those of the counter, and of the template when an example does not fit it; the [`path`](Error::path) is the number
    /// of the example from 0.
    pub async fn new(
        counter: C,
        max_tokens: usize,
        template: &Template,
        examples: impl IntoIterator<Item = Vars, IntoIter: Send> + Send,
    ) -> Result<Self> {
        let mut measured = Vec::new();
        for (index, example) in examples.into_iter().enumerate() {
            let text = template.format(&example).map_err(|error| error.with_path(format!("/{index}")))?;
            measured.push((counter.count_tokens(&text).await?, example));
        }
        Ok(LengthSelector { counter, max_tokens, examples: measured })
    }
}

#[async_trait]
impl<C: TokenCounter> ExampleSelector for LengthSelector<C> {
    async fn select(&self, vars: &Vars) -> Result<Vec<Vars>> {
        let mut tokens = self.counter.count_tokens(&text(vars, None)).await?;
        let fits = |(length, _): &&(usize, Vars)| {
            tokens = tokens.saturating_add(*length);
            tokens <= self.max_tokens
        };
        Ok(self.examples.iter().take_while(fits).map(|(_, example)| example.clone()).collect())
    }
}

impl<C> fmt::Debug for LengthSelector<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LengthSelector { max_tokens, examples, .. } = self;
        f.debug_struct("LengthSelector").field("max_tokens", max_tokens).field("examples", &examples.len()).finish()
    }
}

/// Chooses the examples that are most like what the prompt is filled with, the most alike last, next to the question.
///
/// By [maximal marginal relevance](SimilaritySelector::max_marginal_relevance) they are also unlike each other.
#[doc(alias = "SemanticSimilarityExampleSelector")]
pub struct SimilaritySelector<E> {
    embeddings: E,
    count: usize,
    varied: Option<Varied>,
    variables: Vec<String>,
    index: VectorIndex<Vars>,
}

/// How maximal marginal relevance chooses.
#[derive(Debug, Clone, Copy)]
struct Varied {
    fetch: usize,
    lambda: f32,
}

impl<E: Embeddings> SimilaritySelector<E> {
    /// Chooses `count` of these examples, compared by these variables, which the examples and the prompt have.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) when there is no variable to compare by,
    /// [`Variables`](ErrorKind::Variables) when an example has none of them (the [`path`](Error::path) is its number from
    /// 0), and those of the embeddings.
    pub async fn new<S: Into<String>>(
        embeddings: E,
        count: usize,
        variables: impl IntoIterator<Item = S>,
        examples: impl IntoIterator<Item = Vars>,
    ) -> Result<Self> {
        let variables: Vec<String> = variables.into_iter().map(Into::into).collect();
        if variables.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidOption,
                "examples are compared by at least one variable: name it",
            ));
        }
        let examples: Vec<Vars> = examples.into_iter().collect();
        let texts = examples.iter().enumerate().map(|(index, example)| {
            compared(example, &variables).map_err(|error| error.with_path(format!("/{index}")))
        });
        let texts = texts.collect::<Result<Vec<_>>>()?;
        let vectors = embeddings.embed(&texts).await?;
        if vectors.len() != examples.len() {
            let message = format!("the model gave {} vectors for {} texts", vectors.len(), examples.len());
            return Err(Error::new(ErrorKind::Engine, message));
        }
        let mut index = VectorIndex::new();
        for (vector, example) in vectors.into_iter().zip(examples) {
            index.add(vector, example)?;
        }
        Ok(SimilaritySelector { embeddings, count, varied: None, variables, index })
    }

    /// The same, the examples being chosen of the `fetch` most alike such that they are also unlike each other, as
    /// [`VectorIndex::search_mmr`] does; the one chosen first still comes last. LangChain takes a `fetch` of 20 and a
    /// `lambda` of 0.5.
    ///
    /// ```
    /// use catena::{Embeddings, ExampleSelector, Result, SimilaritySelector, Vars};
    ///
    /// /// How often a, b and c come: a stand-in.
    /// struct Letters;
    ///
    /// #[async_trait::async_trait]
    /// impl Embeddings for Letters {
    ///     async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
    ///         let count = |text: &str, letter| text.chars().filter(|c| *c == letter).fold(0.0, |sum, _| sum + 1.0);
    ///         Ok(texts.iter().map(|text| ['a', 'b', 'c'].map(|letter| count(text, letter)).to_vec()).collect())
    ///     }
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let examples = ["aab", "aaabb", "aaacc"].map(|text| Vars::from([("q", text)]));
    /// let selector = SimilaritySelector::new(Letters, 2, ["q"], examples).await?;
    /// let chosen = |chosen: Vec<Vars>| chosen.iter().map(|vars| vars.get("q").unwrap().to_string()).collect::<Vec<_>>();
    /// let question = Vars::from([("q", "aaab")]);
    /// assert_eq!(chosen(selector.select(&question).await?), ["\"aaabb\"", "\"aab\""]);
    /// let varied = selector.max_marginal_relevance(3, 0.4)?;
    /// assert_eq!(chosen(varied.select(&question).await?), ["\"aaacc\"", "\"aab\""]);
    /// # Ok::<(), catena::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) for a `lambda` that is not from 0 to 1, and for a `fetch` below the number
    /// of examples to choose.
    #[doc(alias = "MaxMarginalRelevanceExampleSelector")]
    #[doc(alias = "mmr")]
    pub fn max_marginal_relevance(mut self, fetch: usize, lambda: f32) -> Result<Self> {
        mmr::check(self.count, fetch, lambda)?;
        self.varied = Some(Varied { fetch, lambda });
        Ok(self)
    }
}

fn compared(vars: &Vars, variables: &[String]) -> Result<String> {
    if !variables.iter().any(|name| vars.get(name).is_some()) {
        let names = variables.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let message = format!("examples are compared by {names}, and there is no such variable");
        return Err(Error::new(ErrorKind::Variables, message));
    }
    Ok(text(vars, Some(variables)))
}

#[async_trait]
impl<E: Embeddings> ExampleSelector for SimilaritySelector<E> {
    async fn select(&self, vars: &Vars) -> Result<Vec<Vars>> {
        let vector = self.embeddings.embed_one(&compared(vars, &self.variables)?).await?;
        let found = match self.varied {
            None => self.index.search(&vector, self.count)?,
            Some(Varied { fetch, lambda }) => self.index.search_mmr(&vector, self.count, fetch, lambda)?,
        };
        Ok(found.into_iter().rev().map(|found| found.item.clone()).collect())
    }
}

impl<E> fmt::Debug for SimilaritySelector<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimilaritySelector")
            .field("count", &self.count)
            .field("varied", &self.varied)
            .field("variables", &self.variables)
            .field("examples", &self.index.len())
            .finish_non_exhaustive()
    }
}
