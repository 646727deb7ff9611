//! Nothing that saves steps changes how often a text is written.
use super::forward::bytes;
use catena::{GenerateOptions, Grammar, LlamaCpp, Model, Request};
use futures::{StreamExt, stream};
use std::{collections::HashMap, sync::LazyLock};

static BYTES: LazyLock<Model<LlamaCpp>> = LazyLock::new(bytes);

const PROMPT: &str = "Say <alpine-yes> or <beta-x1>:";
const SAMPLES: u32 = 2_000;
/// What chi-square with 8 degrees of freedom passes once in ten thousand times.
const CRITICAL: f64 = 31.83;

fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for first in ["alpha", "alpine", "beta"] {
        texts.extend(["x1", "x2", "yes"].map(|second| format!("<{first}-{second}>")));
    }
    texts
}

fn grammar() -> Grammar {
    Grammar::parse(r#"root ::= "<" ("alpha" | "alpine" | "beta") "-" ("x1" | "x2" | "yes") ">""#).unwrap()
}

fn sampled() -> GenerateOptions {
    GenerateOptions::new().temperature(1.0).top_k(0).top_p(1.0).min_p(0.0)
}

/// How probable each text is where the tokens that cannot follow are left out at each step; and how probable it would
/// be among these texts if they were not.
async fn probabilities() -> (Vec<f64>, Vec<f64>) {
    let texts = texts();
    // The probability of each byte after what is before it.
    let mut known: HashMap<(&str, u8), f64> = HashMap::new();
    for text in &texts {
        let score = BYTES.score(PROMPT, text.as_str()).await.unwrap();
        assert_eq!(score.tokens.len(), text.len());
        for (at, token) in score.tokens.iter().enumerate() {
            known.insert((&text[..at], text.as_bytes()[at]), f64::from(token.logprob).exp());
        }
    }
    let (mut masked, mut free) = (vec![1.0; texts.len()], vec![1.0; texts.len()]);
    for (at, text) in texts.iter().enumerate() {
        for length in 0..text.len() {
            let begun = &text[..length];
            let allowed = known.iter().filter(|((before, _), _)| *before == begun).map(|(_, probability)| probability);
            let this = known[&(begun, text.as_bytes()[length])];
            masked[at] *= this / allowed.sum::<f64>();
            free[at] *= this;
        }
    }
    let all: f64 = free.iter().sum();
    (masked, free.into_iter().map(|probability| probability / all).collect())
}

async fn counts(options: GenerateOptions) -> Vec<f64> {
    let one = |seed: u32| {
        let options = options.clone().seed(seed);
        BYTES.invoke(Request::new(PROMPT).with_grammar(grammar()).with_options(options))
    };
    let written: Vec<_> = stream::iter(0..SAMPLES).map(one).buffer_unordered(8).collect().await;
    let mut counts = vec![0.0; texts().len()];
    for text in written {
        let text = text.unwrap();
        counts[texts().iter().position(|known| *known == text).unwrap()] += 1.0;
    }
    counts
}

/// How far counts are from what is expected; texts too rare to count by themselves are counted together.
fn chi_square(counts: &[f64], probabilities: &[f64]) -> f64 {
    let (mut sum, mut rare) = (0.0, (0.0, 0.0));
    for (count, probability) in counts.iter().zip(probabilities) {
        let expected = probability * f64::from(SAMPLES);
        if expected < 5.0 {
            rare = (rare.0 + count, rare.1 + expected);
        } else {
            sum += (count - expected).powi(2) / expected;
        }
    }
    if rare.1 > 0.0 { sum + (rare.0 - rare.1).powi(2) / rare.1 } else { sum }
}

#[tokio::test]
async fn forced_tokens_and_guesses_leave_the_distribution_as_it_is() {
    let (exact, free) = probabilities().await;
    assert!((exact.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{exact:?}");
    let ways = [
        ("forced", sampled()),
        ("asked for each token", sampled().fast_forward(false)),
        ("forced and guessed", sampled().lookup(true)),
        ("guessed", sampled().lookup(true).fast_forward(false)),
    ];
    let before = BYTES.stats();
    for (name, options) in ways {
        let counts = counts(options).await;
        let [right, wrong, equal] = [&exact, &free, &vec![1.0 / 9.0; 9]].map(|expected| chi_square(&counts, expected));
        println!("{name}: {right:.1}; {wrong:.1} if nothing were masked, {equal:.1} if all were as probable");
        assert!(right < CRITICAL, "{name}: {counts:?} of {exact:?}");
        // So many samples tell the distributions apart that a wrong way of sampling has.
        assert!(wrong > CRITICAL && equal > CRITICAL, "{name}: {counts:?}, {free:?}");
    }
    let after = BYTES.stats();
    assert!(after.forced_tokens - before.forced_tokens > 5_000 && after.guessed_tokens > before.guessed_tokens);
}
