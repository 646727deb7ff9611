//! The handler that knows which events must come.
use crate::support::{block_on, never};
use catena::{
    CallbackHandler, ErrorKind, Model, RunContext, RunInfo, input, map,
    testing::{Expect, ExpectHandle, FakeLlm},
};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

fn run(script: Expect) -> ExpectHandle {
    let (handler, handle) = script.handler();
    let chain = (Model::new(FakeLlm::always("a b")) | map(|text: String| text)).named("story");
    block_on(chain.invoke_in("x", &RunContext::new().with(handler))).unwrap();
    handle
}

fn complaint(check: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(check)).expect_err("it must complain");
    payload.downcast_ref::<String>().unwrap().clone()
}

fn whole() -> Expect {
    let script = Expect::new().start("story").start("fake").within("story").llm_start("fake");
    script.llm_token("a ").llm_tokens(1).llm_end("fake").end("fake").start("map").end("map").end("story")
}

#[test]
fn what_comes_as_written_passes() {
    run(whole().only()).assert_finished();
    run(whole()).assert_finished();
    run(Expect::new()).assert_finished();
}

#[test]
fn others_may_come_in_between_unless_forbidden() {
    let part = || Expect::new().start("fake").end("fake").end("story");
    run(part()).assert_finished();
    let complaint = complaint(|| run(part().only()).assert_finished());
    let wanted = "the events are not the expected ones (- did not come, + came unexpected):
  + start story
    start fake
  + llm_start fake
  + llm_end fake
    end fake
  + start map
  + end map
    end story";
    assert_eq!(complaint, wanted);
}

#[test]
fn increments_count_only_if_the_script_names_them() {
    let script = || Expect::new().start("story").start("fake").llm_start("fake");
    let rest = |script: Expect| script.llm_end("fake").end("fake").start("map").end("map").end("story").only();
    run(rest(script())).assert_finished();
    run(rest(script().llm_tokens(2))).assert_finished();
    let complaint = complaint(|| run(rest(script().llm_tokens(3))).assert_finished());
    assert!(complaint.contains("  - llm_token\n") && complaint.contains("    llm_token fake \"a \"\n"), "{complaint}");
}

#[test]
fn each_sort_of_difference_is_a_complaint() {
    let wrong = [
        Expect::new().start("other"),
        Expect::new().end("story").start("story"),
        Expect::new().start("fake").within("map"),
        Expect::new().error("story", ErrorKind::Other),
        Expect::new().cancel("story"),
        Expect::new().llm_start("map"),
        Expect::new().llm_token("c"),
        Expect::new().llm_error("fake", ErrorKind::Engine),
        Expect::new().llm_cancel("fake"),
        Expect::new().delta("story", "a "),
        Expect::new().start("story").start("story"),
        whole().start("again"),
    ];
    for script in wrong {
        let handle = run(script);
        let complaint = complaint(|| handle.assert_finished());
        assert!(complaint.contains("\n  - "), "{complaint}");
    }
}

#[test]
fn what_has_not_ended_is_a_complaint() {
    let (handler, handle) = Expect::new().start("chain").start("never").handler();
    let chain = input::<String>() | never;
    let cx = RunContext::new().with(handler);
    let mut run = Box::pin(chain.invoke_in("x", &cx));
    assert!(futures::FutureExt::now_or_never(&mut run).is_none());
    let complaint = complaint(|| handle.assert_finished());
    assert!(
        complaint.contains("`never` began and has no outcome") && complaint.contains("`chain` began"),
        "{complaint}"
    );
    drop(run);
    handle.assert_finished();
}

/// Passes some events on twice or not at all.
struct Garbled<H> {
    to: H,
    twice: bool,
}

impl<H: CallbackHandler> CallbackHandler for Garbled<H> {
    fn on_start(&self, run: &RunInfo, input: Option<&dyn Any>) {
        if run.name() != "map" || self.twice {
            self.to.on_start(run, input);
        }
    }

    fn on_end(&self, run: &RunInfo, output: &dyn Any) {
        self.to.on_end(run, output);
        if self.twice {
            self.to.on_cancel(run);
        }
    }
}

#[test]
fn a_second_outcome_or_a_missing_start_is_a_complaint() {
    for (twice, finding) in [(true, "but it had an outcome before"), (false, "but it never began")] {
        let (handler, handle) = Expect::new().handler();
        let cx = RunContext::new().with(Garbled { to: handler, twice });
        block_on((input::<u8>() | map(|n: u8| n)).invoke_in(1_u8, &cx)).unwrap();
        let complaint = complaint(|| handle.assert_outcomes());
        assert!(complaint.contains(finding), "{complaint}");
    }
}

#[test]
fn events_are_given_as_lines() {
    let handle = run(Expect::new());
    assert_eq!(handle.events()[..4], ["start story", "start fake", "llm_start fake", "llm_token fake \"a \""]);
    handle.assert_finished();
}
