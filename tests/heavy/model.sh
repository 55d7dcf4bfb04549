#!/bin/sh
# A million random steps through sales and money beside the small model, half of them on each database (see tests/api/model).
# Wants PostgreSQL like the other tests: LAPAK_TEST_POSTGRES_URL. SEED replays a walk.
set -eu
cd "$(dirname "$0")/../.."
export LAPAK_TEST_POSTGRES=required LAPAK_TEST_STEPS="${STEPS:-500000}"
[ -z "${SEED:-}" ] || export LAPAK_TEST_SEED="$SEED"
exec cargo test --release --test api -- --nocapture model::
