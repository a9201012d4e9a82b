#!/bin/sh
# Says which of the tools that tests use are not on this machine: those tests are skipped
# here, and nobody would notice. Continuous integration installs them, and fails without.
missing() { echo "note: $1 is not installed, so $2"; }
has() { for program; do command -v "$program" >/dev/null 2>&1 && return; done; return 1; }

has npm || missing "npm" "generated TypeScript is not compiled or run"
has chromium chromium-browser google-chrome || missing "chromium" "generated TypeScript is not run in a browser"
has python3 || missing "python3" "generated Python, SQL, dbt, Avro and Markdown are not tried"
has initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing "PostgreSQL" "generated SQL is not run there"
