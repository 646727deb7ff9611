#!/usr/bin/env bash
# A sentence becomes a Rust struct: scripts/quickstart.sh [TEXT...] [--model PATH]
#
# Installs what the build lacks (scripts/setup.sh), builds, and runs examples/quickstart.rs with the arguments given.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/setup.sh
. "$here/setup.sh"

# The folder stays the caller's, so that a relative --model means what it says.
exec cargo run --quiet --locked --manifest-path "$here/../Cargo.toml" --example quickstart -- "$@"
