//! The crate langchain-rust and catena in each other's chains: a model on llama.cpp in an `LLMChain` of theirs, held to a
//! schema, and an LLM of theirs in a chain of ours.
mod common;

use catena::{
    GenerateOptions, Model, Template,
    interop::{AsLangchain, CallOption, FromLangchain},
    map,
};
use futures::{StreamExt, executor::block_on};
use langchain_rust::{
    chain::{Chain, LLMChainBuilder, options::ChainCallOptions},
    fmt_template,
    language_models::{GenerateResult, LLMError, LLMEvent, llm::LLM, options::CallOptions},
    message_formatter,
    prompt::HumanMessagePromptTemplate,
    prompt_args,
    schemas::{Message, ResponseFormat, StreamData},
    template_fstring,
};
use std::{error::Error, pin::Pin};

fn main() -> Result<(), Box<dyn Error>> {
    let (builder, words) = common::arguments(&["a tree"]);
    let thing = words.join(" ");
    let model = builder.load()?;
    block_on(async {
        ours_as_theirs(model.erase(), &thing).await?;
        theirs_as_ours(&thing).await
    })
}

async fn ours_as_theirs(model: Model, thing: &str) -> Result<(), Box<dyn Error>> {
    let schema = serde_json::json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 20},
            "height_in_metres": {"type": "integer", "minimum": 0, "maximum": 200}
        },
        "required": ["name", "height_in_metres"]
    });
    let form = ResponseFormat::JsonSchema {
        description: Some("what it is, and how tall".to_owned()),
        name: "thing".to_owned(),
        schema: Some(schema),
        strict: Some(true),
    };
    let mut llm = AsLangchain::new(model);
    llm.add_options(CallOptions::new().with_response_format(form));

    let prompt = HumanMessagePromptTemplate::new(template_fstring!("Describe {thing}.", "thing"));
    let chain = LLMChainBuilder::new()
        .prompt(message_formatter![fmt_template!(prompt)])
        .options(ChainCallOptions::new().with_temperature(0.5).with_max_tokens(64))
        .llm(llm)
        .build()?;

    print!("their chain, our model: ");
    let mut events = chain.call_stream(prompt_args! { "thing" => thing });
    while let Some(event) = events.next().await {
        match event? {
            LLMEvent::Text(text) => print!("{text}"),
            LLMEvent::Done(result) => println!("\n  {:?}", result.tokens),
            _ => {}
        }
    }
    Ok(())
}

async fn theirs_as_ours(thing: &str) -> Result<(), Box<dyn Error>> {
    // It knows no options, so none are said to be carried but the one it reads.
    let llm = Model::new(FromLangchain::new("parrot", Parrot::default()).carries([CallOption::Stop]));
    let stopping = llm.clone().with_options(GenerateOptions::new().stop(["."]));
    let chain = Template::new("Describe {thing}. Be brief.")? | stopping | map(|text: String| text.to_uppercase());
    println!("our chain, their model: {}", chain.invoke([("thing", thing)]).await?);

    match llm.with_options(GenerateOptions::new().seed(1)).invoke("Hello").await {
        Ok(text) => println!("{text}"),
        Err(refused) => println!("what it cannot carry:   {refused}"),
    }
    Ok(())
}

/// An LLM of langchain-rust's that says what was said to it last, up to a stop text.
#[derive(Clone, Default)]
struct Parrot {
    options: CallOptions,
}

#[async_trait::async_trait]
impl LLM for Parrot {
    async fn generate(&self, messages: &[Message]) -> Result<GenerateResult, LLMError> {
        let said = messages.last().map(|message| message.content.as_str()).unwrap_or_default();
        let stops = self.options.stop_words.iter().flatten();
        let before = stops.filter_map(|stop| said.split_once(stop.as_str())).map(|(before, _)| before);
        let generation = before.min_by_key(|before| before.len()).unwrap_or(said).to_owned();
        Ok(GenerateResult { generation, ..GenerateResult::default() })
    }

    async fn stream(
        &self,
        messages: &[Message],
    ) -> Result<Pin<Box<dyn futures::Stream<Item = Result<StreamData, LLMError>> + Send>>, LLMError> {
        let text = self.generate(messages).await?.generation;
        let data = StreamData::new(serde_json::Value::Null, None, text);
        Ok(futures::stream::iter([Ok(data)]).boxed())
    }

    fn add_options(&mut self, options: CallOptions) {
        self.options.merge_options(options);
    }
}
