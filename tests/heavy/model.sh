#!/bin/sh
# A million random steps through sales and money beside the small model, half of them on each database (see tests/api/model),
# in rounds with databases of their own. Wants PostgreSQL like the other tests: LAPAK_TEST_POSTGRES_URL. SEED replays a walk.
set -eu
cd "$(dirname "$0")/../.."
export LAPAK_TEST_POSTGRES=required LAPAK_TEST_STEPS="${STEPS:-25000}"
rounds="${ROUNDS:-20}"
if [ -n "${SEED:-}" ]; then
    export LAPAK_TEST_SEED="$SEED"
    rounds=1
fi
for round in $(seq "$rounds"); do
    echo "round $round of $rounds"
    cargo test --release --test api -- --nocapture model::
done
