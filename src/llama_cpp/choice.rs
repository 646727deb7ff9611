//! How probable a model finds given texts.
use crate::TokenLogprob;

/// How probable a model finds a text after a prompt; see [`LlamaCpp::score`](crate::LlamaCpp::score).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Score {
    /// The text.
    pub text: String,
    /// Its tokens, each with its probability after those before.
    pub tokens: Vec<TokenLogprob>,
}

impl Score {
    pub(super) fn new(text: String, tokens: Vec<TokenLogprob>) -> Self {
        Score { text, tokens }
    }

    /// The natural logarithm of the text's probability: what its tokens' add up to.
    pub fn logprob(&self) -> f64 {
        self.tokens.iter().map(|token| f64::from(token.logprob)).sum()
    }

    /// The same for each token on average, which compares texts of different lengths; 0 for the empty text.
    #[expect(clippy::cast_precision_loss, reason = "no text has so many tokens")]
    pub fn mean_logprob(&self) -> f64 {
        self.logprob() / self.tokens.len().max(1) as f64
    }
}

/// How probable a model finds each of several texts; see [`LlamaCpp::choose`](crate::LlamaCpp::choose).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Choices {
    /// The texts, in the order in which they were given; at least one.
    pub scores: Vec<Score>,
    probabilities: Vec<f64>,
}

impl Choices {
    pub(super) fn new(scores: Vec<Score>) -> Self {
        let probabilities = softmax(scores.iter().map(Score::logprob));
        Choices { scores, probabilities }
    }

    /// The place of the most probable text; of equals the first.
    pub fn best(&self) -> usize {
        let mut best = 0;
        for (at, probability) in self.probabilities.iter().enumerate() {
            if self.probabilities.get(best).is_some_and(|highest| probability > highest) {
                best = at;
            }
        }
        best
    }

    /// The most probable text.
    pub fn text(&self) -> &str {
        self.scores.get(self.best()).map_or("", |score| score.text.as_str())
    }

    /// The probability of each text, given that it is one of them.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// By how much the most probable text is more probable than the next one; 1 where there is no other.
    pub fn margin(&self) -> f64 {
        let best = self.best();
        let others = self.probabilities.iter().enumerate().filter(|&(at, _)| at != best).map(|(_, other)| *other);
        self.probabilities.get(best).copied().unwrap_or(1.0) - others.fold(0.0, f64::max)
    }

    /// The same without what the model thinks of the texts anyway: `neutral` are the choices among the same texts after a
    /// prompt that says nothing, such as one with "N/A" in the place of the question. Models prefer some words whatever
    /// they are asked, and this takes the preference away.
    #[must_use]
    pub fn calibrated(mut self, neutral: &Choices) -> Self {
        let base = |at: usize| neutral.scores.get(at).map_or(0.0, Score::logprob);
        self.probabilities = softmax(self.scores.iter().enumerate().map(|(at, score)| score.logprob() - base(at)));
        self
    }
}

fn softmax(logs: impl Iterator<Item = f64>) -> Vec<f64> {
    let logs: Vec<f64> = logs.collect();
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| if *log >= most { 1.0 } else { (log - most).exp() }).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(logprobs: &[f32]) -> Choices {
        let score = |&logprob: &f32| Score::new(logprob.to_string(), vec![TokenLogprob::new(0, "", logprob)]);
        Choices::new(logprobs.iter().map(score).collect())
    }

    #[test]
    fn probabilities_add_up() {
        let three = choices(&[-3.0, -1.0, -2.0]);
        assert_eq!((three.best(), three.text()), (1, "-1"));
        assert!((three.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let (first, second) = (three.probabilities()[1], three.probabilities()[2]);
        assert!((first / second - 1_f64.exp()).abs() < 1e-6 && (three.margin() - (first - second)).abs() < 1e-12);
        assert_eq!((choices(&[-700.0, -900.0]).best(), choices(&[-5.0]).margin()), (0, 1.0));
        assert_eq!(choices(&[f32::NEG_INFINITY, f32::NEG_INFINITY]).probabilities(), [0.5, 0.5]);
    }

    #[test]
    fn a_preference_is_taken_away() {
        let asked = choices(&[-1.0, -2.0]).calibrated(&choices(&[-1.0, -4.0]));
        assert_eq!(asked.best(), 1);
    }
}
