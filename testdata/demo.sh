#!/bin/sh
# The whole tool on the shop in testdata/shop: lint, generate, push, serve and
# validate, in a copy that is removed at the end. Usage: demo.sh PATH-TO-EVCTL
set -eu
evctl=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

cp -R "$here/shop" "$work/shop"
cd "$work/shop"

step() { printf '\n$ evctl %s\n' "$*"; }
run() { step "$@"; "$evctl" "$@"; }

run lint
run generate
run push

step serve --addr 127.0.0.1:0
"$evctl" serve --addr 127.0.0.1:0 2>"$work/serve.log" &
server=$!
url=
while [ -z "$url" ]; do
  kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; exit 1; }
  url=$(sed -n 's/.*\(http:\/\/127\.0\.0\.1:[0-9]*\).*/\1/p' "$work/serve.log" | head -n 1)
done
cat "$work/serve.log"

# The captured events hold bad ones on purpose, so findings are the right outcome.
step validate --registry URL events/captured.ndjson
code=0
"$evctl" validate --registry "$url" events/captured.ndjson || code=$?
[ "$code" -eq 1 ] || { echo "validate ended with $code, expected 1" >&2; exit 1; }

kill -TERM "$server"
code=0
wait "$server" || code=$?
server=
[ "$code" -eq 0 ] || { echo "serve ended with $code, expected 0" >&2; exit 1; }
printf '\nThe server stopped. All of it worked.\n'
