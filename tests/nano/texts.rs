//! Texts that nobody generated, as a user would type them.
use super::nano;
use catena::{
    Agent, ChatPrompt, InMemoryHistory, OutputParser, Result, Template, Tool, map, parse::CommaListParser,
    with_message_history,
};
use futures::executor::block_on;
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use std::fmt::Debug;

/// Reads all texts, several at once, and compares.
#[track_caller]
fn read<T>(system: &str, expected: &[(&str, T)])
where
    T: DeserializeOwned + JsonSchema + Debug + PartialEq + Send + Sync + 'static,
{
    let prompt = ChatPrompt::from_messages([("system", system), ("user", "{text}")]).unwrap();
    let chain = prompt | nano().load().unwrap().structured::<T>();
    let read = block_on(chain.batch(expected.iter().map(|(text, _)| [("text", *text)]), 8));
    for ((text, expected), read) in expected.iter().zip(read) {
        assert_eq!(read.unwrap(), *expected, "{text}");
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Person {
    name: String,
    age: u8,
    city: Option<String>,
    occupation: Option<String>,
}

#[test]
fn people() {
    let person = |name: &str, age, city: Option<&str>, occupation: Option<&str>| Person {
        name: name.to_owned(),
        age,
        city: city.map(str::to_owned),
        occupation: occupation.map(str::to_owned),
    };
    read(
        "You read a text and fill in what it says about the person in it, as JSON.",
        &[
            (
                "Ada Lovelace, 36, is a mathematician who lives in London.",
                person("Ada Lovelace", 36, Some("London"), Some("mathematician")),
            ),
            (
                "Grace Hopper, 85, is a computer scientist in Arlington.",
                person("Grace Hopper", 85, Some("Arlington"), Some("computer scientist")),
            ),
            ("Alan Turing is 41 years old and lives in Wilmslow.", person("Alan Turing", 41, Some("Wilmslow"), None)),
            ("My name is Emmy Noether. I am 53.", person("Emmy Noether", 53, None, None)),
            (
                "Katherine Johnson works as an engineer. She is 62 and comes from Hampton.",
                person("Katherine Johnson", 62, Some("Hampton"), Some("engineer")),
            ),
            (
                "Name: Edsger Dijkstra\nAge: 72\nCity: Nuenen\nOccupation: teacher",
                person("Edsger Dijkstra", 72, Some("Nuenen"), Some("teacher")),
            ),
        ],
    );
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Trip {
    passenger: String,
    destination: String,
    nights: Option<u16>,
}

#[test]
fn trips() {
    let trip = |passenger: &str, destination: &str, nights| Trip {
        passenger: passenger.to_owned(),
        destination: destination.to_owned(),
        nights,
    };
    read(
        "Fill in what the text says about the trip in it, as JSON.",
        &[
            ("Grace Hopper is flying to Rome. She stays for four nights.", trip("Grace Hopper", "Rome", Some(4))),
            ("Alan Turing travels to Lisbon for 12 nights.", trip("Alan Turing", "Lisbon", Some(12))),
            ("Passenger: Emmy Noether; Destination: Oslo; Nights: 3.", trip("Emmy Noether", "Oslo", Some(3))),
            ("Edsger Dijkstra is going to Vienna.", trip("Edsger Dijkstra", "Vienna", None)),
        ],
    );
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Order {
    customer: String,
    items: Vec<Item>,
    shipping: Shipping,
    payment: Payment,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Item {
    name: String,
    quantity: u8,
    unit_price: f64,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Shipping {
    Standard,
    Express,
    Pickup,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Payment {
    Card { last_digits: u16 },
    Invoice { days: u8 },
    Cash,
}

#[test]
fn orders() {
    let item = |name: &str, quantity, unit_price| Item { name: name.to_owned(), quantity, unit_price };
    let customer = |name: &str| name.to_owned();
    read(
        "Write the order in this text as JSON.",
        &[
            (
                "Grace Hopper orders two lamps at 30.35 each and a notebook for 4.50. It is paid with the card ending in 1906. \
                 Please use express shipping.",
                Order {
                    customer: customer("Grace Hopper"),
                    items: vec![item("lamps", 2, 30.35), item("notebook", 1, 4.5)],
                    shipping: Shipping::Express,
                    payment: Payment::Card { last_digits: 1906 },
                },
            ),
            (
                "Alan Turing bought 3 chairs at 45 each. It will be paid in cash. Delivery is pickup.",
                Order {
                    customer: customer("Alan Turing"),
                    items: vec![item("chairs", 3, 45.0)],
                    shipping: Shipping::Pickup,
                    payment: Payment::Cash,
                },
            ),
        ],
    );
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Device {
    product: String,
    color: Option<String>,
    wireless: Option<bool>,
}

#[test]
fn devices() {
    read(
        "Fill in what the text says about the device, as JSON.",
        &[(
            "The Nimbus 5 is wireless. The Nimbus 5 is painted black.",
            Device { product: "Nimbus 5".to_owned(), color: some("black"), wireless: Some(true) },
        )],
    );
}

#[test]
fn questions() {
    let chain = Template::new("Text: {text}\nQuestion: {question}\nAnswer:").unwrap()
        | nano().stop(["\n"]).load().unwrap()
        | map(|answer: String| answer.trim().to_owned());
    let text = "Ada Lovelace, 36, is a mathematician who lives in London.";
    for (question, answer) in
        [("What is the occupation?", "mathematician"), ("What is the age?", "36"), ("What is the city?", "London")]
    {
        assert_eq!(block_on(chain.invoke([("text", text), ("question", question)])).unwrap(), answer, "{question}");
    }
}

#[test]
fn lists() {
    let llm = nano().load().unwrap();
    assert_eq!(
        block_on(llm.invoke("Q: Name the planets in the solar system. A:")).unwrap().trim(),
        "Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus, Neptune"
    );
    let prompt = ChatPrompt::from_messages([("user", "Name four dishes.\n{format}")]).unwrap();
    let format = CommaListParser.format_instructions();
    let dishes = block_on((prompt | llm | CommaListParser).invoke([("format", format)])).unwrap();
    assert_eq!(dishes.len(), 4, "{dishes:?}");
}

#[test]
fn conversations() {
    let prompt = ChatPrompt::from_messages([
        ("system", "You are a helpful assistant."),
        ("placeholder", "{history}"),
        ("user", "{input}"),
    ])
    .unwrap();
    let chat = with_message_history(prompt | nano().load().unwrap(), InMemoryHistory::new()).session("ada");
    let say = |said: &'static str| block_on(chat.invoke([("input", said)])).unwrap();
    for said in ["My name is Ada.", "I live in London.", "My dog is called Turing."] {
        say(said);
    }
    assert_eq!(say("Where do I live?"), "You live in London.");
    assert_eq!(say("What is my name?"), "Your name is Ada.");
    assert_eq!(say("What is my dog called?"), "Your dog is called Turing.");
}

#[derive(Deserialize, JsonSchema)]
struct City {
    city: String,
}

#[derive(Deserialize, JsonSchema)]
struct Numbers {
    a: i64,
    b: i64,
}

#[test]
fn tools() {
    let weather = |at: City| async move { Ok(format!("It is rainy in {}.", at.city)) };
    let add = |numbers: Numbers| async move { Ok(numbers.a + numbers.b) };
    let tools = [Tool::new("weather", "The weather in a city.", weather), Tool::new("add", "Adds two numbers.", add)];
    let llm = nano().load().unwrap();
    let agent = Agent::new(&llm, tools.map(Result::unwrap)).unwrap().max_steps(3);
    let chain = ChatPrompt::from_messages([("user", "{question}")]).unwrap() | agent;
    let ask = |question: &'static str| block_on(chain.invoke([("question", question)])).unwrap();
    assert_eq!(ask("Do I need an umbrella in Bergen?"), "It is rainy in Bergen.");
    assert_eq!(ask("What is 17 plus 25?"), "It is 42.");
}
