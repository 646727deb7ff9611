//! What the examples share: the model given on the command line, or the bundled one.
use catena::{LlamaCpp, LlamaCppBuilder};
use std::path::{Path, PathBuf};

/// Splits the command line into the model and the words that remain, or these where there are none.
pub(crate) fn arguments(otherwise: &[&str]) -> (LlamaCppBuilder, Vec<String>) {
    let mut words = Vec::new();
    let mut model = None;
    let mut given = std::env::args().skip(1);
    while let Some(word) = given.next() {
        if word == "--model" {
            model = Some(PathBuf::from(given.next().unwrap_or_else(|| stop("--model needs the path of a GGUF file"))));
        } else if let Some(path) = word.strip_prefix("--model=") {
            model = Some(PathBuf::from(path));
        } else if word == "--help" || word == "-h" {
            println!("The first lines of the example's source say what it does. Arguments: [TEXT] [--model PATH]");
            std::process::exit(0);
        } else if word.starts_with("--") && word != "--" {
            stop(&format!("unknown option {word}; the options are: --model PATH"));
        } else {
            words.push(word);
        }
    }
    if words.is_empty() {
        words.extend(otherwise.iter().map(|&word| word.to_owned()));
    }
    let builder = if let Some(path) = model {
        LlamaCpp::builder(path).n_ctx(4096)
    } else {
        eprintln!(
            "Using the bundled model. Its weights are random: types are right, words are noise. For sense: --model PATH"
        );
        let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/tiny-random.gguf");
        LlamaCpp::builder(bundled).n_threads(1).seed(12)
    };
    (builder, words)
}

fn stop(message: &str) -> ! {
    eprintln!("{message}");
    std::process::exit(2);
}
