#!/usr/bin/env bash
# All tests: scripts/test.sh [ARGUMENT OF CARGO TEST...]
#
# Installs what the build lacks (scripts/setup.sh), then tests everything twice: with the default features, and without
# the llama.cpp provider but with all other features. Both use the dev profile, as scripts/quickstart.sh does, so llama.cpp is built only once.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/setup.sh
. scripts/setup.sh

cargo test "$@"
cargo test --no-default-features --features cli,regex,sqlite,xml "$@"
