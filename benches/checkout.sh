#!/usr/bin/env bash
# Checkouts of one line at many clients at once on PostgreSQL, and then the same statements by pgbench: on the same server, in
# the same run, so that what is left is what Lapak itself costs. The server's jobs rest meanwhile.
#   LAPAK_BENCH_POSTGRES_URL=postgres://USER:PASSWORD@HOST/NAME benches/checkout.sh
# The user must be allowed to create databases. CLIENTS and EACH (purchases of a client) change the load, PROFILE=dev the build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

server_url=${LAPAK_BENCH_POSTGRES_URL:?names a PostgreSQL server whose user may create databases}
export CLIENTS=${CLIENTS:-32} EACH=${EACH:-200}
profile=${PROFILE:-release}
# Settings of whoever calls must not change what is measured.
for name in ${!LAPAK__@}; do unset "$name"; done

work=$(mktemp -d "${TMPDIR:-/tmp}/lapak-bench.XXXXXX")
database=lapak_bench_$$
url=${server_url%/*}/$database
server=

cleanup() {
  status=$?
  trap - EXIT
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  psql -q "$server_url" -c "DROP DATABASE IF EXISTS $database" || true
  if [ "$status" -ne 0 ] && [ -f "$work/server.log" ]; then tail -n 20 "$work/server.log" >&2; fi
  rm -rf "$work"
  exit "$status"
}
trap cleanup EXIT

# Both programs, where cargo says that they are.
programs=$(cargo build --quiet --profile "$profile" --bin lapak --bench checkout --message-format json |
  sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
lapak=$(grep '/lapak$' <<<"$programs" | head -n 1)
driver=$(grep '/checkout-[0-9a-f]*$' <<<"$programs" | head -n 1)

port=$((20000 + RANDOM % 12000))
export LAPAK_ENV=development LAPAK__DATABASE__URL=$url LAPAK__DATABASE__MAX_CONNECTIONS=$CLIENTS
export LAPAK__DATA__DIR=$work/data LAPAK__SERVER__LISTEN=127.0.0.1:$port LAPAK__RATE_LIMIT__ENABLED=false
export OFFICER_LOGIN=petugas@beban.example OFFICER_PASSWORD=sembilan-kuda-hijau-42
psql -q "$server_url" -c "CREATE DATABASE $database"
printf '%s' "$OFFICER_PASSWORD" |
  "$lapak" user create --email "$OFFICER_LOGIN" --role officer --password-stdin >"$work/server.log" 2>&1
"$lapak" serve --no-worker >>"$work/server.log" 2>&1 &
server=$!
for _ in {1..600}; do
  if curl -fs "http://127.0.0.1:$port/readyz" >/dev/null; then break; fi
  kill -0 "$server"
  sleep 0.1
done

version=$(psql -qAt "$url" -c 'SHOW server_version')
settings=$(psql -qAt "$url" -c "SELECT 'fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit')")
echo "PostgreSQL $version ($settings), $(nproc) cores, $CLIENTS clients, profile $profile"
printf 'lapak:   '
LAPAK_BENCH_URL=http://127.0.0.1:$port "$driver"
kill "$server"
wait "$server" || true
server=

# pgbench has no carts yet: as many as it takes, filled with the same articles.
psql -q "$url" -v carts=$((CLIENTS * (EACH + 1))) -f benches/checkout-carts.sql
buyer=$(psql -qAt "$url" -c "SELECT buyer_id FROM purchases LIMIT 1")
pgbench --no-vacuum --protocol prepared --client "$CLIENTS" --jobs 2 --transactions "$EACH" \
  --define n=0 --define "clients=$CLIENTS" --define "buyer=$buyer" --file benches/checkout.sql \
  --log --log-prefix "$work/times" "$url" >"$work/pgbench.log" 2>&1 || { cat "$work/pgbench.log" >&2; exit 1; }
if ! grep -q 'number of failed transactions: 0 ' "$work/pgbench.log"; then cat "$work/pgbench.log" >&2; exit 1; fi
cat "$work"/times.* | awk '{print $3}' | sort -n >"$work/sorted"
rate=$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$work/pgbench.log")
count=$(wc -l <"$work/sorted")
at() { awk -v place=$(((count * $1 + 99) / 100)) 'NR == place {printf "%.1f", $1 / 1000}' "$work/sorted"; }
printf 'pgbench: checkouts %d: %.1f/s, p50 %s ms, p95 %s ms, p99 %s ms\n' "$count" "$rate" "$(at 50)" "$(at 95)" "$(at 99)"
