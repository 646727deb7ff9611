//! States in files.
use super::{changed, load, steady::steady, tiny};
use catena::{ErrorKind, GenerateOptions, LlamaCpp, LlamaCppBuilder, Message, Model, Prompt, Request};
use futures::StreamExt;
use std::path::{Path, PathBuf};

fn head(of: &str) -> String {
    format!("{of}. {}", "You are a helpful assistant. Answer the question with the facts that you have. ".repeat(3))
}

fn builder() -> LlamaCppBuilder {
    steady().options(GenerateOptions::new().temperature(0.0).max_tokens(12))
}

async fn asked(llm: &Model<LlamaCpp>, of: &str) -> (String, usize) {
    let answer = llm.detailed().invoke(format!("{}Who?", head(of))).await.unwrap();
    (answer.text, answer.usage.cached_tokens)
}

#[tokio::test]
async fn a_state_is_gone_on_from_by_another_engine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head.state");
    let (expected, none) = asked(&load(builder()), "One").await;
    assert_eq!(none, 0);
    let llm = load(builder());
    let tokens = llm.tokenize(head("One"), true).await.unwrap().len();
    assert_eq!(llm.save_state(head("One"), &path).await.unwrap(), tokens);
    // Again, now that it is held.
    assert_eq!(llm.save_state(head("One"), &path).await.unwrap(), tokens);
    let other = load(builder());
    assert_eq!(other.load_state(&path).await.unwrap(), tokens);
    let evaluated = other.stats().evaluated_tokens;
    assert_eq!(evaluated, 0);
    let (text, cached) = asked(&other, "One").await;
    assert_eq!(text, expected);
    assert!(cached + 4 > tokens, "{cached} of {tokens}");
    // A conversation has one, too.
    let messages = Prompt::from(vec![Message::system(head("Two")), Message::user("Who?")]);
    let count = llm.save_state(messages.clone(), &path).await.unwrap();
    assert_eq!(other.load_state(&path).await.unwrap(), count);
    let answer = other.detailed().invoke(messages).await.unwrap();
    assert_eq!(answer.usage.cached_tokens + 1, count);
}

/// Between sequences with cells of their own a copy is made with the next batch, and not before.
#[tokio::test]
async fn the_prompt_of_a_text_that_is_being_written_is_saved_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head.state");
    for unified in [true, false] {
        let model = || load(builder().n_parallel(2).kv_unified(unified));
        let (expected, _) = asked(&model(), "One").await;
        let llm = model();
        let long = Request::new(head("One")).with_options(GenerateOptions::new().max_tokens(200));
        let mut first = llm.stream(long);
        first.next().await.unwrap().unwrap();
        let count = llm.save_state(head("One"), &path).await.unwrap();
        assert_eq!(llm.stats().active, 1, "the first was over before the state was asked for");
        drop(first);
        let other = model();
        assert_eq!(other.load_state(&path).await.unwrap(), count);
        let (text, cached) = asked(&other, "One").await;
        assert!(cached + 4 > count, "{cached} of {count}");
        assert_eq!(text, expected, "unified: {unified}");
    }
}

#[tokio::test]
async fn files_that_are_damaged_foreign_or_not_there_are_told_and_nothing_else_happens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head.state");
    let llm = load(builder());
    llm.save_state(head("One"), &path).await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    let (expected, _) = asked(&llm, "One").await;
    let with = |bytes: &[u8]| std::fs::write(&path, bytes).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        with(&damaged);
        assert_eq!(llm.load_state(&path).await.unwrap_err().kind(), ErrorKind::Load, "byte {at}");
        with(&whole[..at]);
        assert_eq!(llm.load_state(&path).await.unwrap_err().kind(), ErrorKind::Load, "cut at {at}");
    }
    with(&whole);
    let foreign = [
        load(builder().n_ctx(256)).load_state(&path).await,
        load(tiny()).load_state(&path).await,
        // The same texts, and another layout of memory.
        load(builder().kv_unified(false)).load_state(&path).await,
        load(builder().deterministic(true)).load_state(&path).await,
        load(LlamaCpp::builder(changed(|_| ()).path()).n_ctx(512)).load_state(&path).await,
    ];
    for error in foreign {
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.path().is_some()), (ErrorKind::Load, true));
        assert!(error.to_string().contains("another model"), "{error}");
    }
    let missing = folder.path().join("none");
    assert_eq!(llm.load_state(&missing).await.unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(llm.save_state(head("One"), missing.join("in-no-folder")).await.unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(llm.save_state("word ".repeat(600), &path).await.unwrap_err().kind(), ErrorKind::ContextOverflow);
    assert_eq!(load(builder().cache_tokens(0)).load_state(&path).await.unwrap_err().kind(), ErrorKind::InvalidOption);
    assert_eq!(asked(&llm, "One").await.0, expected);
    llm.health().unwrap();
}

/// Texts that are the same to the last bit go on from whole batches alone, and no state tells of those.
#[tokio::test]
async fn a_deterministic_model_takes_no_state_over() {
    let folder = tempfile::tempdir().unwrap();
    let error = builder().deterministic(true).spill(folder.path(), 64 << 20).load().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidOption, Some("spill")), "{error}");
    let path = folder.path().join("head.state");
    let llm = load(builder().deterministic(true));
    llm.save_state(head("One"), &path).await.unwrap();
    let error = llm.load_state(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

/// Everything written to this file is refused for want of room.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told() {
    let llm = load(builder());
    let error = llm.save_state(head("One"), "/dev/full").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    assert!(asked(&llm, "One").await.1 > 10);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect()
}

#[tokio::test]
async fn what_memory_has_no_room_for_comes_back_from_disk() {
    let folder = tempfile::tempdir().unwrap();
    let model = || load(builder().n_parallel(2).spill(folder.path(), 64 << 20));
    let names = ["One", "Two", "Three", "Four", "Five"];
    let mut expected = Vec::new();
    for name in names {
        expected.push(asked(&load(builder()), name).await.0);
    }
    let llm = model();
    for round in 0..3 {
        for (name, expected) in names.iter().zip(&expected) {
            let (text, cached) = asked(&llm, name).await;
            assert_eq!(text, *expected);
            assert!(round == 0 || cached > 50, "{name}: {cached} in round {round}");
        }
    }
    let stats = llm.stats();
    assert!(stats.spilled_tokens > 200 && stats.recalled_tokens > 200 && stats.spill_failures == 0, "{stats:?}");
    drop(llm);
    // Also after the model was loaded again; what memory held at the end is gone.
    let llm = model();
    for (name, expected) in names.iter().zip(&expected).take(3) {
        let (text, cached) = asked(&llm, name).await;
        assert_eq!(text, *expected);
        assert!(cached > 50, "{name}: {cached}");
    }
    assert_eq!(llm.stats().spill_failures, 0);
}

#[tokio::test]
async fn no_more_disk_is_taken_than_allowed_and_damage_costs_the_state_alone() {
    let folder = tempfile::tempdir().unwrap();
    let taken = || files(folder.path()).iter().map(|file| file.metadata().unwrap().len()).sum::<u64>();
    let names: Vec<String> = (0..10).map(|call| format!("Number {call}")).collect();
    let (text, _) = asked(&load(builder()), &names[0]).await;
    let llm = load(builder().n_parallel(1).spill(folder.path(), 400_000));
    for name in &names {
        asked(&llm, name).await;
        assert!(taken() <= 400_000, "{}", taken());
    }
    assert!(llm.stats().spilled_tokens > 0 && !files(folder.path()).is_empty());
    drop(llm);
    let folder = tempfile::tempdir().unwrap();
    let llm = load(builder().n_parallel(1).spill(folder.path(), 64 << 20));
    asked(&llm, &names[0]).await;
    asked(&llm, &names[1]).await;
    for file in files(folder.path()) {
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&file, bytes).unwrap();
    }
    let (again, cached) = asked(&llm, &names[0]).await;
    assert_eq!((again, cached < 10), (text.clone(), true));
    assert_eq!(llm.stats().spill_failures, 1);
    // A folder that is gone is no more than a place where nothing is kept.
    std::fs::remove_dir_all(folder.path()).unwrap();
    assert!(asked(&llm, &names[1]).await.1 < 10);
    assert_eq!(asked(&llm, &names[0]).await.0, text);
    assert!(llm.stats().spill_failures > 1);
    llm.health().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    assert_eq!(builder().spill(file.path(), 1000).load().unwrap_err().kind(), ErrorKind::Io);
}

/// A folder is opened without reading all of it; what was damaged meanwhile is found when it is needed, and goes.
#[tokio::test]
async fn what_was_damaged_while_no_model_was_loaded_is_found_when_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let model = || load(builder().n_parallel(1).spill(folder.path(), 64 << 20));
    let (expected, _) = asked(&load(builder()), "One").await;
    let llm = model();
    asked(&llm, "One").await;
    asked(&llm, "Two").await;
    drop(llm);
    let written = files(folder.path());
    assert_eq!(written.len(), 1);
    let mut bytes = std::fs::read(&written[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&written[0], bytes).unwrap();
    let llm = model();
    assert_eq!(llm.stats().spill_failures, 0);
    let (again, cached) = asked(&llm, "One").await;
    assert_eq!((again, cached < 10, llm.stats().spill_failures), (expected, true, 1));
    assert!(!written[0].exists());
}

/// Damage is no reason to take more disk than allowed: what is damaged counts, and goes with the others.
#[tokio::test]
async fn the_oldest_go_first_where_there_are_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let model = |bytes| load(builder().n_parallel(1).spill(folder.path(), bytes));
    let llm = model(64 << 20);
    asked(&llm, "One").await;
    asked(&llm, "Two").await;
    let [first]: [PathBuf; 1] = files(folder.path()).try_into().unwrap();
    asked(&llm, "Three").await;
    drop(llm);
    let mut both = files(folder.path());
    assert_eq!(both.len(), 2);
    both.retain(|file| *file != first);
    let second = &both[0];
    let [old, new] = [&first, second].map(|file| std::fs::metadata(file).unwrap().len());
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(10_000);
    // The one that was written last is the older one now.
    std::fs::File::options().append(true).open(second).unwrap().set_modified(long_ago).unwrap();
    let abandoned = folder.path().join("state.1-0.catena-part");
    std::fs::write(&abandoned, "half").unwrap();
    std::fs::File::options().append(true).open(&abandoned).unwrap().set_modified(long_ago).unwrap();
    drop(model(old + new - 1));
    assert_eq!(files(folder.path()), [first]);
}

/// States of one adapter are not taken for those of another.
#[tokio::test]
async fn an_adapter_has_states_of_its_own() {
    let adapter = super::lora::adapter(1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head.state");
    let model = || load(builder().lora("own", adapter.path(), 1.0));
    let with = |text: String| Request::new(text).with_options(GenerateOptions::new().lora("own".to_owned()));
    model().save_state(with(head("One")), &path).await.unwrap();
    let llm = model();
    llm.load_state(&path).await.unwrap();
    assert_eq!(asked(&llm, "One").await.1, 0);
    let held = llm.detailed().invoke(with(format!("{}Who?", head("One")))).await.unwrap();
    assert!(held.usage.cached_tokens > 50);
}
