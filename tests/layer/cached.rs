//! What is asked again is answered from the cache, and only that.
use crate::support::{Shelf, Toned, counting, deltas};
use catena::{
    CallbackHandler, Completion, ErrorKind, FinishReason, GenerateOptions, Grammar, Message, Model, Request, RunConfig,
    RunContext, RunInfo, input, testing::FakeLlm,
};
use futures::StreamExt;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn the_same_request_is_answered_once_in_the_same_increments() {
    let llm = counting().cached(Shelf::default());
    let first = deltas(&llm, "a").await.unwrap();
    assert_eq!(first, ["answer ", "1"]);
    assert_eq!(deltas(&llm, "a").await.unwrap(), first);
    assert_eq!(llm.invoke("a").await.unwrap(), "answer 1");
    assert_eq!(llm.invoke("b").await.unwrap(), "answer 2");
}

#[tokio::test]
async fn whatever_may_change_the_answer_is_in_the_key() {
    let shelf = Shelf::default();
    let llm = counting().cached(shelf.clone());
    let options = GenerateOptions::new;
    let requests = [
        Request::new("a"),
        Request::new(vec![Message::user("a")]),
        Request::new(vec![Message::system("a")]),
        Request::new("a").with_options(options().temperature(0.5)),
        Request::new("a").with_options(options().temperature(0.25)),
        Request::new("a").with_options(options().seed(1)),
        Request::new("a").with_options(options().stop(["x"])),
        Request::new("a").with_options(options().min_p(0.1)),
        Request::new("a").with_options(options().max_tokens(9)),
        Request::new("a").with_options(options().logit_bias(3, 1.0)),
        Request::new("a").with_options(options().logit_bias(3, f32::NEG_INFINITY)),
        Request::new("a").with_options(options().logit_bias(4, f32::NEG_INFINITY)),
    ];
    for (number, request) in requests.iter().enumerate() {
        assert_eq!(llm.invoke(request.clone()).await.unwrap(), format!("answer {}", number + 1), "{request:?}");
    }
    for (number, request) in requests.iter().enumerate() {
        assert_eq!(llm.invoke(request.clone()).await.unwrap(), format!("answer {}", number + 1), "{request:?}");
    }
    assert_eq!(shelf.len(), requests.len());
}

#[tokio::test]
async fn grammars_are_told_apart_by_what_they_say() {
    let llm = Model::new(FakeLlm::scripted([["x"], ["y"]])).cached(Shelf::default());
    let of = |text: &str| Request::new("a").with_grammar(Grammar::parse(text).unwrap());
    assert_eq!(llm.invoke(of("root ::= [xy]")).await.unwrap(), "x");
    assert_eq!(llm.invoke(of("root ::= [yx]")).await.unwrap(), "y");
    assert_eq!(llm.invoke(of("root ::= [xy]")).await.unwrap(), "x");
}

#[tokio::test]
async fn two_models_do_not_share_answers() {
    struct Named(FakeLlm, &'static str);
    impl catena::LLM for Named {
        fn generate(&self, request: Request, cx: &catena::RunContext) -> catena::ChunkStream<'_, Completion> {
            self.0.generate(request, cx)
        }
        fn id(&self) -> &'static str {
            "named"
        }
        fn identity(&self) -> String {
            self.1.to_owned()
        }
    }
    let shelf = Shelf::default();
    let one = Model::new(Named(FakeLlm::always("one"), "1")).cached(shelf.clone());
    let two = Model::new(Named(FakeLlm::always("two"), "2")).cached(shelf);
    assert_eq!(one.invoke("a").await.unwrap(), "one");
    assert_eq!(two.invoke("a").await.unwrap(), "two");
}

#[tokio::test]
async fn what_the_provider_reads_of_the_call_is_in_the_key() {
    let shelf = Shelf::default();
    let llm = Model::new(Toned).cached(shelf.clone());
    let chain = input::<String>() | llm.clone();
    let toned = |tone: &str| RunContext::from(RunConfig::new().configurable("tone", tone));
    for _ in 0..2 {
        for tone in ["dry", "warm"] {
            assert_eq!(chain.invoke_in("a", &toned(tone)).await.unwrap(), format!("\"{tone}\""));
        }
        assert_eq!(llm.invoke("a").await.unwrap(), "plain");
        assert_eq!(shelf.len(), 3);
    }
}

#[derive(Default, Clone)]
struct Events(Arc<Mutex<Vec<String>>>);

impl CallbackHandler for Events {
    fn on_llm_start(&self, _: &RunInfo, _: &Request) {
        self.0.lock().unwrap().push("start".into());
    }

    fn on_llm_token(&self, _: &RunInfo, text: &str) {
        self.0.lock().unwrap().push(text.into());
    }

    fn on_llm_end(&self, _: &RunInfo, completion: &Completion) {
        self.0.lock().unwrap().push(format!("end {}", completion.cached));
    }
}

#[tokio::test]
async fn an_answer_from_the_cache_has_all_events_and_says_so() {
    let events = Events::default();
    let llm = counting().cached(Shelf::default()).with_callback(events.clone());
    llm.invoke("a").await.unwrap();
    llm.invoke("a").await.unwrap();
    let once = |cached| ["start".to_owned(), "answer ".into(), "1".into(), format!("end {cached}")];
    assert_eq!(*events.0.lock().unwrap(), [once(false), once(true)].concat());
}

#[tokio::test]
async fn the_whole_completion_is_kept() {
    let fake = FakeLlm::scripted([["once"]]).then_finish(FinishReason::Stop("\n".into()));
    let llm = Model::new(fake).cached(Shelf::default()).detailed();
    let first = llm.invoke("a").await.unwrap();
    let mut second = llm.invoke("a").await.unwrap();
    assert!(second.cached && !first.cached);
    second.cached = false;
    assert_eq!(first, second);
}

#[tokio::test]
async fn what_failed_or_was_cancelled_is_not_kept() {
    let shelf = Shelf::default();
    let fake = FakeLlm::scripted([["half"]])
        .then_fail(catena::Error::new(ErrorKind::Engine, "broken"))
        .then_answer(["of ", "two"])
        .then_answer(["whole"]);
    let llm = Model::new(fake).cached(shelf.clone());
    assert_eq!(llm.invoke("a").await.unwrap_err().kind(), ErrorKind::Engine);
    assert!(llm.stream("a").next().await.unwrap().is_ok());
    assert_eq!(shelf.len(), 0);
    assert_eq!(llm.invoke("a").await.unwrap(), "whole");
    assert_eq!(shelf.len(), 1);
}

#[tokio::test]
async fn a_cache_that_fails_is_an_error_that_loses_nothing() {
    let unreadable = counting().cached(Shelf { unreadable: true, ..Shelf::default() });
    let error = unreadable.invoke("a").await.unwrap_err();
    assert_eq!((error.kind(), unreadable.invoke("a").await.is_err()), (ErrorKind::Io, true));

    let full = counting().cached(Shelf { full: true, ..Shelf::default() });
    let error = full.invoke("a").await.unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Io, Some("answer 1")));
}

#[tokio::test]
async fn a_lenient_cache_is_passed_by() {
    for shelf in [Shelf { unreadable: true, ..Shelf::default() }, Shelf { full: true, ..Shelf::default() }] {
        let llm = counting().cached_with(shelf, catena::layer::Cached::lenient);
        assert_eq!(llm.invoke("a").await.unwrap(), "answer 1");
    }
}

#[cfg(feature = "cache")]
#[tokio::test]
async fn memory_is_bounded() {
    let cache = catena::layer::MemoryCache::new(4096);
    let long = "word ".repeat(100);
    let llm = Model::new(FakeLlm::always(long)).cached(cache.clone());
    for number in 0..200 {
        llm.invoke(format!("question {number}")).await.unwrap();
    }
    cache.settle().await;
    assert!(cache.bytes() <= 4096, "{} bytes", cache.bytes());
}

/// What is not in the text counts as well: thoughts, and how probable the tokens were.
#[cfg(feature = "cache")]
#[tokio::test]
async fn all_of_an_answer_counts() {
    use catena::{
        TokenLogprob, TokenLogprobs,
        layer::{Answer, Cache, MemoryCache},
    };
    let long = "word ".repeat(100);
    let (mut thoughtful, mut unsure) = (Completion::new("short"), Completion::new("short"));
    thoughtful.reasoning = Some(long.clone());
    let token = TokenLogprob::new(1, "a", -0.5);
    unsure.logprobs = vec![TokenLogprobs::new(token.clone(), vec![token; 20]); 10];
    for completion in [thoughtful, unsure] {
        let cache = MemoryCache::new(1 << 20);
        cache.put("key", &Answer::new(Vec::new(), completion)).await.unwrap();
        cache.settle().await;
        assert!(cache.bytes() > 1_000, "{} bytes", cache.bytes());
    }
}
