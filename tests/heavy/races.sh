#!/bin/sh
# The races with the numbers that a day of a city may bring: purchases that are paid, called off, announced and expired at once,
# refunds against payouts (RACES of each), and buyers for a hundred pieces (CROWD). Wants PostgreSQL like the other tests:
# LAPAK_TEST_POSTGRES_URL.
set -eu
cd "$(dirname "$0")/../.."
export LAPAK_TEST_POSTGRES=required LAPAK_TEST_RACES="${RACES:-500}" LAPAK_TEST_CROWD="${CROWD:-1000}"
exec cargo test --release --test api -- --nocapture race:: gateways::races refunds_against_payouts
