//! Bytes of tokens in, text out.

/// Puts text together from the bytes of tokens. Text is handed out at character boundaries, and as soon as it is sure
/// that it is no part of a stop text.
#[derive(Debug, Default)]
pub(super) struct TextOut {
    stops: Vec<String>,
    /// Bytes of a character that is not complete yet.
    bytes: Vec<u8>,
    /// Text that may turn out to be the beginning of a stop text.
    held: String,
    /// What was handed out.
    text: String,
}

impl TextOut {
    /// Begins after `text`, in which no stop text is looked for.
    pub(super) fn after(text: String, stops: Vec<String>) -> Self {
        TextOut { stops, text, ..TextOut::default() }
    }

    /// Adds bytes. Gives the text that can be handed out, and the stop text that came up first, if one did.
    pub(super) fn push(&mut self, piece: &[u8]) -> (String, Option<String>) {
        self.bytes.extend_from_slice(piece);
        decode(&mut self.bytes, &mut self.held);
        let found = self.stops.iter().filter_map(|stop| Some((self.held.find(stop.as_str())?, stop.clone())));
        if let Some((at, stop)) = found.min_by_key(|(at, stop)| (*at, stop.len())) {
            self.held.truncate(at);
            self.bytes.clear();
            return (self.release(at), Some(stop));
        }
        let kept = self.stops.iter().map(|stop| overlap(&self.held, stop)).max().unwrap_or(0);
        (self.release(self.held.len() - kept), None)
    }

    /// Nothing follows: gives the text that was held back.
    pub(super) fn finish(&mut self) -> String {
        if !self.bytes.is_empty() {
            self.held.push(char::REPLACEMENT_CHARACTER);
            self.bytes.clear();
        }
        self.release(self.held.len())
    }

    /// All that was handed out.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn release(&mut self, length: usize) -> String {
        let out: String = self.held.drain(..length).collect();
        self.text.push_str(&out);
        out
    }
}

/// Moves what is decodable from `bytes` to `text`; what can never become a character becomes U+FFFD.
fn decode(bytes: &mut Vec<u8>, text: &mut String) {
    let mut rest = bytes.as_slice();
    loop {
        match std::str::from_utf8(rest) {
            Ok(valid) => {
                text.push_str(valid);
                bytes.clear();
                return;
            }
            Err(error) => {
                let (valid, tail) = rest.split_at(error.valid_up_to());
                text.push_str(&String::from_utf8_lossy(valid));
                let Some(wrong) = error.error_len() else {
                    *bytes = tail.to_vec();
                    return;
                };
                text.push(char::REPLACEMENT_CHARACTER);
                rest = tail.get(wrong..).unwrap_or_default();
            }
        }
    }
}

/// How many bytes at the end of `text` are a beginning of `stop`.
fn overlap(text: &str, stop: &str) -> usize {
    let (text, stop) = (text.as_bytes(), stop.as_bytes());
    (1..=stop.len().min(text.len())).rev().find(|&n| text.ends_with(stop.get(..n).unwrap_or_default())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(stops: &[&str], pieces: &[&[u8]]) -> (Vec<String>, String, Option<String>) {
        let mut out = TextOut::after(String::new(), stops.iter().map(ToString::to_string).collect());
        let mut deltas = Vec::new();
        for piece in pieces {
            let (text, stop) = out.push(piece);
            deltas.push(text);
            if stop.is_some() {
                return (deltas, out.into_text(), stop);
            }
        }
        deltas.push(out.finish());
        (deltas, out.into_text(), None)
    }

    #[test]
    fn a_stop_text_split_over_tokens_is_never_seen() {
        let (deltas, text, stop) = run(&["\nHuman:"], &[b"Hi", b"!\n", b"Hu", b"man", b": more"]);
        assert_eq!((deltas.concat(), text.as_str(), stop.as_deref()), ("Hi!".into(), "Hi!", Some("\nHuman:")));
        let (deltas, text, stop) = run(&["\nHuman:"], &[b"Hi\nHu", b"mble"]);
        assert_eq!((deltas[0].as_str(), text.as_str(), stop), ("Hi", "Hi\nHumble", None));
    }

    #[test]
    fn the_first_stop_text_wins() {
        assert_eq!(run(&["cd", "bc"], &[b"abcd"]).1, "a");
        assert_eq!(run(&["aab"], &[b"aaab"]).1, "a");
    }

    #[test]
    fn bytes_that_are_no_text_become_replacement_characters() {
        assert_eq!(run(&[], &[b"a\xff", b"\xe2\x82", b"\xac\xc3"]).1, "a\u{fffd}€\u{fffd}");
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_text(text in "[ab€ü]{0,40}", stop in "[ab€]{1,4}", cuts in prop::collection::vec(0_usize..80, 0..12)) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            let (deltas, whole, stopped) = run(&[&stop], &pieces);
            let expected = text.split(stop.as_str()).next().unwrap();
            prop_assert_eq!(&whole, expected);
            prop_assert_eq!(deltas.concat(), expected);
            prop_assert_eq!(stopped.is_some(), text.contains(&stop));
        }
    }
}
