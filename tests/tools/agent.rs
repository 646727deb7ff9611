//! Models that call tools until they know the answer.
use crate::support::{broken, sum, weather};
use catena::{
    Agent, ChatPrompt, ErrorKind, Message, Model, Prompt, Role, RunContext,
    testing::{Expect, FakeLlm},
};
use futures::executor::block_on;

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
