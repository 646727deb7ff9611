//! Answers from documents: vectors of texts, a search for what is near and not all the same, a prompt of what was found.
//! Needs no model file.
//!
//! ```sh
//! cargo run --no-default-features --example retrieval
//! ```
use async_trait::async_trait;
use catena::{
    Embeddings, Model, Result, RunContext, Runnable, StepKind, Template, Vars, VectorIndex, assign, input,
    testing::FakeLlm,
};
use futures::executor::block_on;

/// How often each letter comes: a stand-in for a model of embeddings, such as `LlamaCppEmbeddings`.
struct Letters;

#[async_trait]
impl Embeddings for Letters {
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let count =
            |text: &str, letter| text.to_lowercase().chars().filter(|c| *c == letter).fold(0.0, |sum, _| sum + 1.0);
        Ok(texts.iter().map(|text| ('a'..='z').map(|letter| count(text, letter)).collect()).collect())
    }
}

/// Searches documents for those that have to do with a question: a step like any other.
struct Search {
    index: VectorIndex<&'static str>,
}

impl Search {
    async fn new(documents: &[&'static str]) -> Result<Self> {
        let texts: Vec<String> = documents.iter().map(|text| (*text).to_owned()).collect();
        let mut index = VectorIndex::new();
        for (vector, document) in Letters.embed(&texts).await?.into_iter().zip(documents) {
            index.add(vector, *document)?;
        }
        Ok(Search { index })
    }
}

impl Runnable<Vars> for Search {
    type Output = Vec<String>;

    async fn run(&self, vars: Vars, _: &RunContext) -> Result<Vec<String>> {
        let question = vars.text("question").unwrap_or_default();
        let vector = Letters.embed_one(question).await?;
        // The nearest, and then what is near and says something else.
        let found = self.index.search_mmr(&vector, 2, 4, 0.5)?;
        Ok(found.into_iter().map(|found| (*found.item).to_owned()).collect())
    }

    fn kind(&self) -> StepKind {
        StepKind::Retriever
    }
}

fn main() -> Result<()> {
    block_on(async {
        let search = Search::new(&[
            "Oaks grow acorns.",
            "Oak trees grow acorns.",
            "Zebras have stripes.",
            "Whales sing in the deep.",
        ])
        .await?;
        let llm = Model::new(FakeLlm::always("Acorns."));
        let prompt = Template::jinja("{% for fact in facts %}- {{ fact }}\n{% endfor %}{{ question }}")?;
        let chain = input::<Vars>() | assign("facts", search) | prompt | llm.clone();
        println!("{}", chain.invoke([("question", "What grows on oaks?")]).await?);
        let asked = llm.requests().pop().map(|request| request.prompt.to_string()).unwrap_or_default();
        println!("asked with:\n{asked}");
        Ok(())
    })
}
