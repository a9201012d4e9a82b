"""Reads payloads with the generated package beside this file and writes them again.

Standard input is a list of {"event": name, "payload": value}; standard output a list of
what to_json gives, or of {"pointer": place} where from_json refuses the payload.
"""

import json
import sys

import plan

results = []
for given in json.load(sys.stdin):
    try:
        results.append({"payload": plan.decode(given["event"], given["payload"]).to_json()})
    except plan.PayloadError as error:
        results.append({"pointer": error.pointer})
json.dump(results, sys.stdout)
