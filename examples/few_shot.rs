//! Prompts that show examples, chosen by how alike they are, in Mustache. Without a model: the prompt is printed.
use async_trait::async_trait;
use catena::{Embeddings, FewShotPrompt, Result, SimilaritySelector, Template, TemplateFormat, Vars};
use futures::executor::block_on;

/// How often each letter comes: a stand-in for a model of embeddings.
struct Letters;

#[async_trait]
impl Embeddings for Letters {
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let count = |text: &str, letter| text.chars().filter(|c| *c == letter).fold(0.0, |sum, _| sum + 1.0);
        Ok(texts.iter().map(|text| ('a'..='z').map(|letter| count(text, letter)).collect()).collect())
    }
}

fn main() -> Result<()> {
    block_on(async {
        let examples = [
            ("a table and two chairs", r#"{"table": 1, "chair": 2}"#),
            ("three apples", r#"{"apple": 3}"#),
            ("one chair, one stool", r#"{"chair": 1, "stool": 1}"#),
            ("nothing at all", "{}"),
        ];
        let examples = examples.map(|(text, json)| Vars::from([("text", text), ("json", json)]));
        let selector = SimilaritySelector::new(Letters, 2, ["text"], examples).await?;

        // Braces in the examples are text; `{{{…}}}` writes a value as it is.
        let example = Template::with_format("{{{text}}}\n=> {{{json}}}", TemplateFormat::Mustache)?;
        let prompt = FewShotPrompt::of_selector(example, selector)
            .prefix(Template::new("Count what is there, as {form}.")?.partial("form", "JSON")?)
            .suffix(Template::mustache("{{{text}}}\n=>")?);
        println!("{}", prompt.format(&Vars::from([("text", "a chair and three tables")])).await?);
        Ok(())
    })
}
