"""The mapping of codegen/avro/doc.go, carried out by what schemas say alone.

Reads JSON lines. The first has the schemas by name. Each of the others says which schema a
payload is written with, which it is read with, and what it is; without a payload, the
question is what Apache Avro says of the two schemas. Prints a JSON line for each.
"""

import decimal
import io
import json
import re
import sys
import datetime
import uuid

import avro.compatibility
import avro.schema
import fastavro


class Misfit(Exception):
    """A value that a schema does not take."""


class Schema:
    """A schema with what its names refer to."""

    def __init__(self, text):
        self.raw = json.loads(text)
        self.names = {}
        self.space = self.raw["namespace"]
        self.collect(self.raw)
        # Expanded: fastavro cannot say the name of a branch that a reader refers to by name.
        self.parsed = fastavro.parse_schema(json.loads(text), expand=True)
        self.apache = avro.schema.parse(text)

    def collect(self, s):
        if isinstance(s, list):
            for branch in s:
                self.collect(branch)
        elif isinstance(s, dict):
            if s["type"] in ("record", "enum"):
                self.names[s["name"]] = s
            for f in s.get("fields", ()):
                self.collect(f["type"])
            for part in ("items", "values"):
                if part in s:
                    self.collect(s[part])

    def resolve(self, s):
        s = self.names.get(s, s) if isinstance(s, str) else s
        return s if isinstance(s, (dict, list)) else {"type": s}

    def label(self, s):
        return f"{self.space}.{s['name']}" if "name" in s else s["type"]

    # JSON to data

    def encode(self, s, v):
        s = self.resolve(s)
        if isinstance(s, list):
            for branch in s:
                try:
                    found = self.encode(branch, v)
                except Misfit:
                    continue
                return (self.label(self.resolve(branch)), found)
            raise Misfit(f"no branch of {s} takes {v!r}")
        return getattr(self, "encode_" + s["type"])(s, v)

    def encode_null(self, s, v):
        return demand(v is None, v, s)

    def encode_boolean(self, s, v):
        return demand(isinstance(v, bool), v, s)

    def encode_int(self, s, v):
        if s.get("logicalType") == "date":
            return day(v)
        return whole(v, s, 1 << 31)

    def encode_long(self, s, v):
        if s.get("logicalType") == "timestamp-micros":
            return moment(v)
        return whole(v, s, 1 << 63)

    def encode_bytes(self, s, v):
        return decimal.Decimal(whole(v, s, 10 ** s["precision"]))

    def encode_double(self, s, v):
        demand(is_number(v), v, s)
        return float(v)

    def encode_string(self, s, v):
        demand(isinstance(v, str), v, s)
        return v

    def encode_enum(self, s, v):
        texts = s.get("texts", {})
        for symbol in s["symbols"]:
            if isinstance(v, str) and texts.get(symbol, symbol) == v:
                return symbol
        raise Misfit(f"{v!r} is no value of {s['name']}")

    def encode_array(self, s, v):
        demand(isinstance(v, list), v, s)
        return [self.encode(s["items"], item) for item in v]

    def encode_map(self, s, v):
        demand(isinstance(v, dict), v, s)
        return {key: self.encode(s["values"], item) for key, item in v.items()}

    def encode_record(self, s, v):
        if s.get("encoding") == "json":
            return {"text": json.dumps(v, default=plain)}
        demand(isinstance(v, dict), v, s)
        rest, out = dict(v), {}
        for f in s["fields"]:
            wire = f.get("property", f["name"])
            if "undeclared" in f:
                continue
            if f.get("former"):
                out[f["name"]] = None
            elif wire in rest:
                out[f["name"]] = self.encode_present(f, rest.pop(wire))
            elif "default" in f and f["default"] is None:
                out[f["name"]] = None
            else:
                raise Misfit(f"{wire} is absent in {v!r}")
        for f in s["fields"]:
            if "undeclared" in f:
                out[f["name"]] = self.encode(f["type"], rest)
                return out
        demand(not rest, rest, s)
        return out

    def encode_present(self, f, v):
        """A null that is not the mark of absence is JSON text, where that is possible."""
        if v is None and "default" in f and f["default"] is None:
            for branch in f["type"]:
                if self.resolve(branch).get("encoding") == "json":
                    return (self.label(self.resolve(branch)), self.encode(branch, v))
        return self.encode(f["type"], v)

    # data to JSON

    def decode(self, s, d):
        s = self.resolve(s)
        if isinstance(s, list):
            return self.decode_union(s, d)
        kind = s["type"]
        if kind == "array":
            return [self.decode(s["items"], item) for item in d]
        if kind == "map":
            return {key: self.decode(s["values"], item) for key, item in d.items()}
        if kind == "enum":
            return s.get("texts", {}).get(d, d)
        if kind == "double":
            return float(d)
        if kind == "record":
            return self.decode_record(s, d)
        return unlogical(d)

    def decode_union(self, s, d):
        # A symbol is a str too. Where the writer has no union, nothing else says which it is.
        for b in sorted(map(self.resolve, s), key=lambda b: b["type"] != "enum"):
            if isinstance(d, tuple):
                if self.label(b) == d[0]:
                    return self.decode(b, d[1])
            elif self.holds(b, d):
                return self.decode(b, d)
        raise ValueError(f"no branch of {s} has {d!r}")

    def holds(self, s, d):
        """fastavro says the names of branches only where the writer has a union too."""
        kind = s["type"]
        if kind == "record":
            return isinstance(d, dict) and set(d) == {f["name"] for f in s["fields"]}
        if kind == "enum":
            return isinstance(d, str) and d in s["symbols"]
        if isinstance(d, uuid.UUID):  # the writer's logical type, which a reader need not know
            return kind == "string"
        if s.get("logicalType"):
            return isinstance(d, (decimal.Decimal, datetime.date))
        if isinstance(d, bool) or kind == "boolean":
            return isinstance(d, bool) and kind == "boolean"
        types = {"null": type(None), "int": int, "long": int, "double": float, "string": str, "array": list, "map": dict}
        return isinstance(d, types[kind])

    def decode_record(self, s, d):
        if s.get("encoding") == "json":
            return json.loads(d["text"], parse_float=decimal.Decimal)
        out = {}
        for f in s["fields"]:
            if "undeclared" in f:
                out.update(self.decode(f["type"], d[f["name"]]))
        for f in s["fields"]:
            absent = "default" in f and f["default"] is None and d[f["name"]] is None
            if "undeclared" not in f and not absent:
                out[f.get("property", f["name"])] = self.decode(f["type"], d[f["name"]])
        return out


def demand(ok, v, s):
    if not ok:
        raise Misfit(f"{s} does not take {v!r}")
    return v


def is_number(v):
    return isinstance(v, (int, decimal.Decimal)) and not isinstance(v, bool)


def whole(v, s, limit):
    demand(is_number(v) and v == int(v) and -limit <= v < limit, v, s)
    return int(v)


DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([Zz]|[+-]\d\d:\d\d)")


def day(v):
    if not isinstance(v, str) or not DAY.fullmatch(v) or v < "0001":
        raise Misfit(f"{v!r} is no date")
    return datetime.date.fromisoformat(v)


def moment(v):
    m = MOMENT.fullmatch(v) if isinstance(v, str) else None
    if not m or m[4] == "60":
        raise Misfit(f"{v!r} is no timestamp")
    zone = "+00:00" if m[6] in "Zz" else m[6]
    try:
        at = datetime.datetime.fromisoformat(f"{m[1]}T{m[2]}:{m[3]}:{m[4]}.{(m[5] or '0').ljust(6, '0')}{zone}")
        return at.astimezone(datetime.timezone.utc)
    except (ValueError, OverflowError) as err:
        raise Misfit(str(err))


def unlogical(d):
    if isinstance(d, datetime.datetime):
        return d.astimezone(datetime.timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(d, datetime.date):
        return d.isoformat()
    if isinstance(d, uuid.UUID):
        return str(d)
    if isinstance(d, decimal.Decimal):
        return int(d)
    return d


def plain(v):
    if isinstance(v, decimal.Decimal):
        return float(v)
    raise TypeError(v)


def there_and_back(writer, reader, raw):
    """What a payload is after it was written with one schema and read with another."""
    value = json.loads(raw, parse_float=decimal.Decimal)
    try:
        datum = writer.encode(writer.raw, value)
    except Misfit as err:
        return {"misfit": str(err)}
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, writer.parsed, datum)
    buffer.seek(0)
    try:
        read = fastavro.schemaless_reader(buffer, writer.parsed, reader.parsed, return_named_type=True)
        return {"back": json.dumps(reader.decode(reader.raw, read), default=plain), "bytes": buffer.tell()}
    except Exception as err:
        return {"fault": f"{type(err).__name__}: {err}"}


def main():
    decimal.getcontext().prec = 400
    sys.setrecursionlimit(10000)
    lines = iter(sys.stdin)
    schemas = {name: Schema(text) for name, text in json.loads(next(lines)).items()}
    checker = avro.compatibility.ReaderWriterCompatibilityChecker()
    for line in lines:
        task = json.loads(line)
        writer, reader = schemas[task["writer"]], schemas[task["reader"]]
        if task["raw"]:
            answer = there_and_back(writer, reader, task["raw"])
        else:
            result = checker.get_compatibility(reader.apache, writer.apache)
            fine = result.compatibility == avro.compatibility.SchemaCompatibilityType.compatible
            answer = {"fault": "" if fine else "; ".join(sorted(result.messages))}
        print(json.dumps(answer))


main()
