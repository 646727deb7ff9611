//! Models that may write different texts are told apart.
use crate::tiny_path;
use catena::{LLM, LlamaCpp, LlamaCppBuilder};

fn identity(builder: LlamaCppBuilder) -> String {
    builder.n_threads(1).load().unwrap().identity()
}

fn tiny() -> LlamaCppBuilder {
    LlamaCpp::builder(tiny_path()).n_ctx(128)
}

#[test]
fn the_same_file_loaded_alike_is_the_same_model() {
    assert_eq!(identity(tiny()), identity(tiny().n_threads(1).verbose(false)));
}

#[test]
fn another_file_or_way_of_evaluating_is_another_model() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.gguf");
    std::fs::copy(tiny_path(), &copy).unwrap();
    let others = [
        LlamaCpp::builder(copy).n_ctx(128),
        tiny().n_ctx(256),
        tiny().rope_freq_base(5000.0),
        tiny().chat_template("{{ 1 }}"),
    ];
    let tiny = identity(tiny());
    for other in others {
        assert_ne!(identity(other), tiny);
    }
}
