#!/bin/sh
# Compares 100,000 random pairs of schemas, and as many payloads of random contracts with
# two other validators, and runs every fuzz target of the module for a while each.
# Usage: fuzz.sh [TIME] [PAIRS]
set -eu
time=${1:-30s}
pairs=${2:-100000}
echo "== $pairs pairs of schemas"
# A check of all laws compares more than twenty pairs.
go test ./contracts/subschema -run ObeysTheLaws -rapid.checks "$((pairs / 20))" -timeout 0 -v
echo "== what hostile payloads cost"
EVCTL_FUZZ_TIMES=1 go test ./contracts/payload -run '^TestHostile' -count 1
echo "== $pairs payloads of random contracts"
# A check compares some two dozen payloads of one contract.
go test ./contracts/payload -run '^Test(Valid|Set)_(Agrees|DoesNotDepend|IsNever)' -rapid.checks "$((pairs / 24))" -timeout 0 -v
for package in $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); do
  for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
    echo "== $package $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package"
  done
done
