//! Requests come through as fast as allowed, and no faster.
use catena::{ErrorKind, Model, layer::Limiter, testing::FakeLlm};
use futures::FutureExt;

#[tokio::test]
async fn what_is_over_the_burst_waits_and_dropping_it_asks_nothing() {
    let limiter = Limiter::new(0.001, 2).unwrap();
    let fake = Model::new(FakeLlm::always("hello"));
    let (one, two) = (fake.clone().limited(limiter.clone()), fake.clone().limited(limiter));
    assert!(one.invoke("a").now_or_never().is_some());
    assert!(two.invoke("b").now_or_never().is_some());
    // A request a thousand seconds: the third does not come through while the test runs.
    assert!(one.invoke("c").now_or_never().is_none());
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn those_that_wait_come_through_in_the_end() {
    let llm = Model::new(FakeLlm::always("hello")).limited(Limiter::new(500.0, 1).unwrap());
    let answers = futures::future::join_all((0..20).map(|number| llm.invoke(number.to_string()))).await;
    assert!(answers.iter().all(Result::is_ok));
}

#[test]
fn a_rate_that_lets_nothing_through_is_an_error() {
    for (rate, burst) in [
        (0.0, 1),
        (-1.0, 1),
        (f64::NAN, 1),
        (f64::INFINITY, 1),
        (1e-300, 1),
        (1.0, 0),
        (1.0 / 3600.0, u32::MAX),
        (1e-6, 18_448),
    ] {
        let error = Limiter::new(rate, burst).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidOption, "{rate} {burst}");
        assert!(error.path().is_some());
    }
    assert!(Limiter::new(1.0, u32::MAX).is_ok());
}
