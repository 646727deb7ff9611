//! Histories cut to size.
use catena::{
    ErrorKind, Message, Model, Role, Template, input, keep_last, keep_tokens, summarise_older, testing::FakeLlm,
};
use futures::executor::block_on;
use proptest::prelude::*;

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn conversations() -> impl Strategy<Value = Vec<Message>> {
    let turn = (prop_oneof![Just(Role::User), Just(Role::Assistant), Just(Role::Tool)], "(a ){0,5}")
        .prop_map(|(role, text)| Message::new(role, text));
    let head = proptest::collection::vec(Just(Message::system("be brief")), 0..2);
    (head, proptest::collection::vec(turn, 0..12)).prop_map(|(head, turns)| [head, turns].concat())
}

/// Whether `kept` is the instructions and an end of the rest, beginning with a user if something is gone.
fn is_cut_of(kept: &[Message], all: &[Message]) -> bool {
    let head = all.iter().take_while(|message| message.role == Role::System).count();
    let tail = &kept[head..];
    kept[..head] == all[..head]
        && all.ends_with(tail)
        && (kept.len() == all.len() || tail.first().is_none_or(|first| first.role == Role::User))
}

proptest! {
    #[test]
    fn what_fits_is_kept(all in conversations(), max in 2_usize..40, overhead in 0_usize..3) {
        let chain = input::<Vec<Message>>() | keep_tokens(max, words).overhead(overhead);
        match block_on(chain.invoke(all.clone())) {
            Ok(kept) => {
                prop_assert!(is_cut_of(&kept, &all), "{kept:?}");
                let cost = |messages: &[Message]| messages.iter().map(|message| words(&message.content) + overhead).sum::<usize>();
                prop_assert!(cost(&kept) <= max);
                // No more would have fit: the next question back makes it too long.
                let gone = all.len() - kept.len();
                let head = all.iter().take_while(|message| message.role == Role::System).count();
                let next = all[head..head + gone].iter().rposition(|message| message.role == Role::User);
                if let Some(next) = next {
                    let longer = cost(&all[..head]) + cost(&all[head + next..]);
                    prop_assert!(longer > max, "{kept:?} of {all:?}");
                }
            }
            Err(error) => prop_assert_eq!(error.kind(), ErrorKind::ContextOverflow),
        }
    }

    #[test]
    fn the_last_are_kept(all in conversations(), count in 0_usize..15) {
        let kept = block_on((input::<Vec<Message>>() | keep_last(count)).invoke(all.clone())).unwrap();
        prop_assert!(is_cut_of(&kept, &all), "{kept:?}");
        let head = all.iter().take_while(|message| message.role == Role::System).count();
        prop_assert!(kept.len() <= head + count);
    }
}

#[test]
fn instructions_given_later_stay_while_they_are_among_the_last() {
    let said = [
        Message::user("1"),
        Message::assistant("a"),
        Message::system("Answer in French from now on."),
        Message::user("2"),
    ];
    let kept = |step| block_on((input::<Vec<Message>>() | step).invoke(said.to_vec())).unwrap();
    assert_eq!(kept(keep_last(2)), said[2..]);
    assert_eq!(kept(keep_last(3)), said[2..]);
    let fits = block_on((input::<Vec<Message>>() | keep_tokens(7, words)).invoke(said.to_vec())).unwrap();
    assert_eq!(fits, said[2..]);
    let summary = Template::new("{conversation}").unwrap() | Model::new(FakeLlm::always("A number."));
    let kept = block_on((input::<Vec<Message>>() | summarise_older(3, summary)).invoke(said.to_vec())).unwrap();
    assert_eq!(kept, [Message::system("The conversation so far: A number."), said[2].clone(), said[3].clone()]);
}

#[test]
fn instructions_that_do_not_fit_are_an_error() {
    let chain = input::<Vec<Message>>() | keep_tokens(2, words);
    let error = block_on(chain.invoke(vec![Message::system("one two three")])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContextOverflow);
}

#[test]
fn a_summary_takes_the_place_of_what_is_older() {
    let llm = Model::new(FakeLlm::always("They counted.\n"));
    let summary = Template::new("Summarise: {conversation}").unwrap() | llm.clone();
    let chain = input::<Vec<Message>>() | summarise_older(2, summary) | keep_last(2);
    let all = vec![
        Message::system("Be brief."),
        Message::user("1"),
        Message::assistant("one"),
        Message::user("2"),
        Message::assistant("two"),
    ];
    let kept = block_on(chain.invoke(all)).unwrap();
    let expected = [
        Message::system("Be brief."),
        Message::system("The conversation so far: They counted."),
        Message::user("2"),
        Message::assistant("two"),
    ];
    assert_eq!(kept, expected);
    assert_eq!(llm.requests()[0].prompt.to_string(), "Summarise: Human: 1\nAI: one");
    let short = vec![Message::user("1"), Message::assistant("one")];
    assert_eq!(block_on(chain.invoke(short.clone())).unwrap(), short);
    assert_eq!(llm.requests().len(), 1);
}

/// The end of a history is an answer, and what is kept of it begins with a question.
#[test]
fn no_answer_is_kept_without_its_question() {
    let llm = Model::new(FakeLlm::always("They counted."));
    let summary = Template::new("{conversation}").unwrap() | llm.clone();
    let chain = input::<Vec<Message>>() | summarise_older(1, summary);
    let turns = [("1", "one"), ("2", "two")];
    let all: Vec<_> =
        turns.iter().flat_map(|(question, answer)| [Message::user(*question), Message::assistant(*answer)]).collect();
    let told = Message::system("The conversation so far: They counted.");
    assert_eq!(block_on(chain.invoke(all.clone())).unwrap(), std::slice::from_ref(&told));
    let asked: Vec<_> = all.into_iter().chain([Message::user("3")]).collect();
    assert_eq!(block_on(chain.invoke(asked)).unwrap(), [told, Message::user("3")]);
    assert_eq!(llm.requests()[0].prompt.to_string(), "Human: 1\nAI: one\nHuman: 2\nAI: two");
}
