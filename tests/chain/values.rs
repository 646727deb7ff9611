//! What chains give, and which step an error names.
use crate::support::{block_on, fails, failure};
use catena::{
    Completion, ErrorKind, FinishReason, GenerateOptions, Model, Prompt, Request, Result, input, map, passthrough,
    testing::FakeLlm,
};

async fn count(text: String) -> Result<usize> {
    Ok(text.len())
}

async fn first<T: Clone + Send>(list: Vec<T>) -> Result<T> {
    list.first().cloned().ok_or_else(failure)
}

#[test]
fn a_value_goes_from_step_to_step() {
    let prefix = "> ".to_owned();
    let chain = input::<String>()
        | passthrough()
        | Model::new(FakeLlm::always("once upon a time"))
        | move |text: String| {
            let text = format!("{prefix}{text}");
            async move { Ok(text) }
        };
    let chain = chain | count | map(|n: usize| n * 2);
    assert_eq!(block_on(chain.invoke("go")).unwrap(), 36);
}

#[test]
fn an_empty_chain_gives_its_input() {
    assert_eq!(block_on(input::<u8>().invoke(7_u8)).unwrap(), 7);
}

#[test]
fn every_call_starts_anew() {
    let chain = input::<u32>() | map(|n: u32| n + 1) | |n: u32| async move { Ok(n.to_string()) };
    for n in 0..100_u32 {
        assert_eq!(block_on(chain.invoke(n)).unwrap(), (n + 1).to_string());
    }
}

#[test]
fn a_model_takes_text_prompts_and_requests() {
    let fake = FakeLlm::always("yes");
    let llm = Model::new(fake.clone());
    assert_eq!(block_on((input::<String>() | llm.clone()).invoke("a")).unwrap(), "yes");
    assert_eq!(block_on((input::<Prompt>() | llm.clone()).invoke("b")).unwrap(), "yes");
    assert_eq!(block_on((input::<Request>() | llm.clone()).invoke(Request::new("c"))).unwrap(), "yes");
    let asked: Vec<_> = fake.requests().iter().map(|request| request.prompt.to_string()).collect();
    assert_eq!(asked, ["a", "b", "c"]);
    let chain = llm.detailed() | map(|completion: Completion| completion.finish_reason);
    assert_eq!(block_on(chain.invoke("d")).unwrap(), FinishReason::EndOfText);
}

#[test]
fn options_given_to_a_request_twice_are_joined() {
    let options = GenerateOptions::new;
    let request = Request::new("a").with_options(options().seed(1).top_k(1).stop(["."]));
    let joined = request.with_options(options().seed(2).stop(["!"])).options;
    assert_eq!(joined, options().seed(2).top_k(1).stop([".", "!"]));
}

#[test]
fn an_error_names_the_step_it_came_from() {
    let chain = (input::<String>() | fails | count).named("outer");
    let error = block_on(chain.invoke("x")).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Other, Some("fails")));

    let inner = (input::<String>() | map(|text: String| text) | fails).named("inner");
    let error = block_on((input::<String>() | inner | count).invoke("x")).unwrap_err();
    assert_eq!(error.step(), Some("fails"), "the innermost step");

    let chain = input::<String>() | (count, fails);
    let error = block_on(chain.invoke("x")).unwrap_err();
    assert_eq!(error.step(), Some("1:fails"), "the member of the tuple");

    let llm = Model::new(FakeLlm::scripted([[""; 0]]).then_fail(failure()));
    assert_eq!(block_on((input::<String>() | llm.clone()).invoke("x")).unwrap_err().step(), Some("fake"));
    assert_eq!(block_on(llm.invoke("x")).unwrap_err().step(), Some("fake"));

    let closure = input::<u8>() | |_: u8| async move { Err::<u8, _>(failure()) };
    assert_eq!(block_on(closure.invoke(1_u8)).unwrap_err().step(), Some("closure"));

    let generic = input::<Vec<String>>() | first::<String>;
    assert_eq!(block_on(generic.invoke(Vec::new())).unwrap_err().step(), Some("first"));
}

#[test]
fn a_step_takes_more_than_one_type() {
    let twice = input::<(u8, String)>() | passthrough() | map(|(n, text): (u8, String)| text.repeat(n.into()));
    assert_eq!(block_on(twice.invoke((2, "ab".to_owned()))).unwrap(), "abab");
}

#[test]
fn fifty_steps_compile_and_run() {
    macro_rules! long {
        ($chain:expr, $($x:tt)*) => { $chain $( | { let _ = $x; map(|n: u32| n + 1) } )* };
    }
    let chain = long!(input::<u32>(), 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9);
    assert_eq!(block_on(chain.invoke(0_u32)).unwrap(), 50);
}
