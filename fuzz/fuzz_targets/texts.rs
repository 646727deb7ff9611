#![no_main]

#[allow(dead_code, reason = "each target calls one of the checks")]
#[path = "../../tests/properties/checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    checks::answers::texts(data);
});
