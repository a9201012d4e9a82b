"""Runs scripts in an engine, in order, and prints the rows of the last one of each as JSON.

Standard input is a list of scripts.
"""

import json
import sys
import tempfile


def duckdb_engine():
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")

    def run(sql):
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor is not None and cursor.description else []

    return run


def clickhouse_engine():
    from chdb.session import Session

    session = Session(tempfile.mkdtemp())

    def run(sql):
        rows = []
        # Not splitlines, which breaks texts at U+0085 and the like.
        for statement in sql.split(";\n"):
            lines = [line for line in statement.split("\n") if line.strip() and not line.startswith("--")]
            if lines:
                out = session.query("\n".join(lines).rstrip(";"), "JSONCompactEachRow")
                rows = [json.loads(line) for line in str(out).split("\n") if line]
        return rows

    return run


def sqlglot_engine(dialect):
    import sqlglot
    from sqlglot import exp

    def run(sql):
        trees = [tree for tree in sqlglot.parse(sql, read=dialect) if tree is not None]
        return [["opaque" if isinstance(tree, exp.Command) else "parsed", tree.sql(dialect=dialect)] for tree in trees]

    return run


def main():
    name = sys.argv[1]
    run = {"duckdb": duckdb_engine, "clickhouse": clickhouse_engine}.get(name, lambda: sqlglot_engine(name))()
    results = []
    for script in json.load(sys.stdin):
        try:
            results.append([[str(cell) if cell is not None else None for cell in row] for row in run(script)])
        except Exception as error:
            sys.exit(f"{error}\n{script}")
    json.dump(results, sys.stdout)


main()
