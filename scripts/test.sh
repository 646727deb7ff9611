#!/usr/bin/env bash
# All tests: scripts/test.sh [ARGUMENT OF CARGO TEST...]
#
# Installs what the build lacks (scripts/setup.sh), then tests everything twice: with the default features, and with all
# that is optional but without the llama.cpp provider. Both use the dev profile, as scripts/quickstart.sh does, so
# llama.cpp is built only once. Then what goes between catena and langchain-rust, with models that are scripted.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/setup.sh
. scripts/setup.sh

cargo test "$@"
cargo test --no-default-features --features full "$@"

# Not in `full`: it brings some 200 packages, and needs OpenSSL and a newer Rust, without which all the rest is tested all
# the same.
minor=$(rustc --version)
minor=${minor#rustc 1.}
minor=${minor%%.*}
if ((minor >= 90)) && (setup_also=openssl . scripts/setup.sh); then
    cargo test --no-default-features --features langchain-rust --test interop "$@"
    cargo test --no-default-features --features langchain-rust --doc "$@" interop
else
    printf 'test: what goes between catena and langchain-rust was not tested: it needs Rust 1.90 and OpenSSL\n' >&2
fi
