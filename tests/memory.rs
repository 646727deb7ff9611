//! Loading and dropping a model leaves nothing behind. In a process of its own, since it looks at the whole process.
#![cfg(all(feature = "llama-cpp", target_os = "linux"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

use catena::{GenerateOptions, LlamaCpp};
use std::{fs, path::Path};

fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn model_threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with("catena")).count()
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn a_hundred_loads_keep_memory_flat_and_leave_no_thread() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/tiny-random.gguf");
    let cycle = || {
        let llm = LlamaCpp::builder(&path).n_ctx(512).n_threads(1).load().unwrap();
        let brief = llm.with_options(GenerateOptions::new().max_tokens(16));
        futures::executor::block_on(brief.structured::<bool>().invoke("True?")).unwrap();
        assert_eq!(model_threads(), 1);
    };
    for _ in 0..20 {
        cycle();
        assert_eq!(model_threads(), 0, "dropping the last handle ends the thread");
    }
    let (before, open) = (resident_kib(), descriptors());
    for round in 1..=100 {
        cycle();
        if round % 20 == 0 {
            println!("after {round} loads: {} KiB resident, {} before", resident_kib(), before);
        }
    }
    let grown = resident_kib().saturating_sub(before);
    // The allocator takes an arena of 2 MiB more or less; a single model that stayed behind each time would be 70 MiB.
    assert!(grown < 4_096, "{grown} KiB more than before");
    assert_eq!(descriptors(), open);
}
