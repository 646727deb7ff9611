//! Models that call tools until they know the answer.
use crate::support::{City, broken, sum, weather};
use catena::{
    Agent, ChatPrompt, Chunk, Delta, ErrorKind, Message, Model, Prompt, Role, RunConfig, RunContext, Template, Tool,
    input, map,
    testing::{Expect, FakeLlm},
    with_config,
};
use futures::{FutureExt, StreamExt, TryStreamExt, executor::block_on};

const BOTH: &str =
    r#"[{"name":"weather","arguments":{"city":"Bergen"}},{"name":"sum_up","arguments":{"numbers":[1,3]}}]"#;

#[test]
fn it_calls_several_tools_and_answers() {
    let llm = Model::new(FakeLlm::scripted([[BOTH], ["Rain, and 4."]]));
    let agent = Agent::new(&llm, [weather(), sum()]).unwrap();
    let script = Expect::new().start("agent").start("fake").within("agent").end("fake");
    let script = script.start("weather").within("agent").end("weather").start("sum_up").within("agent").end("sum_up");
    let (handler, handle) = script.start("fake").end("fake").end("agent").handler();
    let chain = ChatPrompt::from_messages([("system", "Be brief."), ("user", "{q}")]).unwrap() | agent;
    let answer = block_on(chain.invoke_in([("q", "Rain? 1+3?")], &RunContext::new().with(handler))).unwrap();
    assert_eq!(answer, "Rain, and 4.");
    handle.assert_finished();
    handle.assert_outcomes();

    let Prompt::Messages(messages) = llm.requests()[1].prompt.clone() else { panic!() };
    assert!(messages[0].content.starts_with("Be brief.\n\nYou may call tools."));
    assert_eq!(messages[0].content.matches("You may call tools.").count(), 1);
    assert_eq!(
        messages[1..],
        [
            Message::user("Rain? 1+3?"),
            Message::assistant(BOTH),
            Message::new(Role::Tool, "Rain in Bergen."),
            Message::new(Role::Tool, r#"{"total":4}"#),
        ]
    );
}

#[test]
fn its_steps_are_bounded() {
    for steps in [1, 3] {
        let llm = Model::new(FakeLlm::always(BOTH));
        let agent = Agent::new(&llm, [weather(), sum()]).unwrap().max_steps(steps);
        let error = block_on(agent.invoke("?")).unwrap_err();
        assert_eq!((error.kind(), error.partial()), (ErrorKind::StepLimit, Some(BOTH)));
        assert_eq!(llm.requests().len(), steps);
    }
    let llm = Model::new(FakeLlm::always("x"));
    let error = block_on(Agent::new(&llm, [weather()]).unwrap().max_steps(0).invoke("?")).unwrap_err();
    assert_eq!((error.kind(), llm.requests().len()), (ErrorKind::InvalidOption, 0));
}

#[test]
fn errors_of_tools_end_it_or_are_told() {
    let call = r#"[{"name":"broken","arguments":{"city":"x"}}]"#;
    let llm = Model::new(FakeLlm::scripted([[call], [call], ["It is broken."]]));
    let error = block_on(Agent::new(&llm, [broken()]).unwrap().invoke("?")).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Io, Some("broken")));
    let agent = Agent::new(&llm, [broken().telling_errors()]).unwrap();
    assert_eq!(block_on(agent.invoke("?")).unwrap(), "It is broken.");
    assert!(llm.requests()[2].prompt.to_string().contains("Tool: error: the line is dead"));
}

#[test]
fn the_answer_is_handed_out_as_it_is_written() {
    let llm = Model::new(FakeLlm::scripted([vec![BOTH], vec!["Rain, ", "and 4."]]));
    let chain = Template::new("{q}").unwrap() | Agent::new(&llm, [weather(), sum()]).unwrap();
    let chunks: Vec<_> = block_on(chain.stream([("q", "?")]).try_collect()).unwrap();
    let text = |text: &str| Chunk::Delta(Delta::Text(text.to_owned()));
    assert_eq!(chunks, [text("Rain, "), text("and 4."), Chunk::Done("Rain, and 4.".to_owned())]);
}

#[test]
fn an_error_on_the_way_ends_it() {
    let llm = Model::new(FakeLlm::scripted([[BOTH]]));
    let chain = Template::new("{q}").unwrap() | Agent::new(&llm, [weather(), sum()]).unwrap();
    let (handler, handle) = Expect::new().start("weather").end("sum_up").error("agent", ErrorKind::Other).handler();
    let mut chunks = chain.stream_in([("q", "?")], &RunContext::new().with(handler));
    assert!(block_on(chunks.next()).unwrap().is_err());
    assert!(block_on(chunks.next()).is_none());
    handle.assert_finished();
    handle.assert_outcomes();
}

#[test]
fn dropped_while_the_model_writes_it_calls_nothing() {
    let script = FakeLlm::scripted([["["]]).then_wait(std::future::pending()).then_write(&BOTH[1..]);
    let chain = Template::new("{q}").unwrap() | Agent::new(&Model::new(script), [weather(), sum()]).unwrap();
    let (handler, handle) = Expect::new().llm_token("[").llm_cancel("fake").cancel("agent").handler();
    let mut chunks = chain.stream_in([("q", "?")], &RunContext::new().with(handler));
    assert!(chunks.next().now_or_never().is_none());
    drop(chunks);
    handle.assert_finished();
    handle.assert_outcomes();
    assert!(!handle.events().iter().any(|event| event.contains("weather")));
}

/// An agent waits while its tools work: a tool under the limit that the agent is under has a turn.
#[test]
fn tools_work_under_the_limit_of_their_agent() {
    let limit = RunConfig::new().max_concurrency(1);
    let called = r#"[{"name":"ask","arguments":{"city":"Bergen"}},{"name":"ask","arguments":{"city":"Oslo"}}]"#;
    for streaming in [false, true] {
        let inner = Model::new(FakeLlm::always("Rain."));
        let question = input::<City>() | map(|at: City| at.city) | with_config(inner.clone(), limit.clone());
        let llm = Model::new(FakeLlm::scripted([[called], ["It rains."]]));
        let agent = Agent::new(&llm, [Tool::new("ask", "Asks.", question).unwrap()]).unwrap();
        let chain = Template::new("{q}").unwrap() | with_config(agent, limit.clone());
        let answer = if streaming {
            let chunks: Option<Vec<_>> = chain.stream([("q", "?")]).map(Result::unwrap).collect().now_or_never();
            match chunks.and_then(|mut chunks| chunks.pop()) {
                Some(Chunk::Done(answer)) => Some(answer),
                _ => None,
            }
        } else {
            chain.invoke([("q", "?")]).now_or_never().map(Result::unwrap)
        };
        assert_eq!(answer.as_deref(), Some("It rains."), "nothing here waits for anything outside");
        assert_eq!(inner.requests().len(), 2);
    }
}
