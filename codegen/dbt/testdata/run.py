"""Runs dbt on a package, with DuckDB.

Reads JSON: the folder of the package, SQL that makes and fills tables, and the commands of
dbt, each with the SQL to run before it. Prints JSON: for each command whether it did what it
was asked to, and the status of everything that it ran.
"""

import contextlib
import io
import json
import os
import sys

os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"

import duckdb
from dbt.cli.main import dbtRunner

PROFILES = """events:
  target: test
  outputs:
    test: {type: duckdb, path: %s, schema: main, threads: 2}
"""


def main():
    task = json.load(sys.stdin)
    folder = task["folder"]
    database = os.path.join(folder, "events.duckdb")
    profiles = os.path.join(folder, "profiles")
    os.makedirs(profiles, exist_ok=True)
    with open(os.path.join(profiles, "profiles.yml"), "w", encoding="utf-8") as f:
        f.write(PROFILES % database)
    results = []
    for command in task["commands"]:
        with duckdb.connect(database) as connection:
            connection.execute(command["before"])
        where = ["--project-dir", os.path.join(folder, command["project"]), "--profiles-dir", profiles, "--profile", "events"]
        quiet = io.StringIO()
        with contextlib.redirect_stdout(quiet):
            result = dbtRunner().invoke(command["args"] + where)
        described = {}
        for n in getattr(result.result, "nodes", {}).values():
            described[n.name] = [n.description, *n.tags]
        nodes = {}
        for r in getattr(result.result, "results", None) or []:
            nodes[r.node.name] = {"status": str(r.status), "message": r.message or ""}
        fault = "" if result.exception is None else f"{result.exception}"
        results.append({"success": result.success, "fault": fault, "log": quiet.getvalue()[-4000:], "nodes": nodes, "described": described})
    print(json.dumps(results))


main()
