//! Steps that choose, run side by side, and go through lists: by key, by condition, for each item. Needs no model file.
//!
//! ```sh
//! cargo run --no-default-features --example routes
//! ```
use catena::{
    ErrorKind, Model, Parallel, Result, Template, Vars, assign, branch, input, map, map_each, passthrough, pick,
    router, testing::EchoLlm,
};
use futures::executor::block_on;
use std::collections::BTreeMap;

fn main() -> Result<()> {
    // A stand-in that answers with what it is asked.
    let llm = Model::new(EchoLlm);

    // By key: the topic names the chain. Variables that a prompt does not know are an error, so each picks its own.
    let maths = pick(["question"]) | Template::new("Calculate: {question}")? | llm.clone();
    let history = pick(["question"]) | Template::new("Tell the year and the place: {question}")? | llm.clone();
    let by_topic = router(|vars: &Vars| vars.text("topic").unwrap_or_default().to_owned())
        .route("maths", maths)
        .route("history", history);
    let asked = input::<Vars>() | by_topic;
    let question = |topic: &str| Vars::from([("topic", topic), ("question", "7 * 8?")]);
    println!("routed: {}", block_on(asked.invoke(question("maths")))?);
    match block_on(asked.invoke(question("cooking"))) {
        Err(error) if error.kind() == ErrorKind::UnknownKey => println!("no route: {}", error.message()),
        other => println!("{other:?}"),
    }

    // By condition, and for each item of a list, four at a time.
    let short = branch()
        .when(
            |text: &String| text.len() > 8,
            map(|text: String| format!("{}…", text.chars().take(8).collect::<String>())),
        )
        .otherwise(passthrough());
    let titles = input::<Vec<String>>() | map_each(short, 4);
    println!("shortened: {:?}", block_on(titles.invoke(vec!["Oaks".to_owned(), "Deciduous trees".to_owned()]))?);

    // Side by side, on one input; the first failure would cancel the others.
    let views = Parallel::new()
        .with("pro", Template::<String>::typed("For: {text}")? | llm.clone())
        .with("contra", Template::<String>::typed("Against: {text}")? | llm.clone());
    let debate = input::<String>()
        | views
        | map(|both: BTreeMap<String, String>| both.into_values().collect::<Vec<_>>().join(" / "));
    println!("side by side: {}", block_on(debate.invoke("tea"))?);

    // Of different types, as a tuple; and kept beside what they were made of.
    let measured = llm | (passthrough(), map(|text: String| text.len()));
    println!("a tuple: {:?}", block_on(measured.invoke("tea"))?);
    let known = map(|vars: Vars| format!("{} facts", vars.len()));
    let filled = input::<Vars>()
        | assign("facts", known)
        | Template::new("{topic}: {facts}")?
        | map(|prompt: catena::Prompt| prompt.to_string());
    println!("assigned: {}", block_on(filled.invoke([("topic", "oaks")]))?);
    Ok(())
}
