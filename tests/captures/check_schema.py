#!/usr/bin/python3
"""check_schema.py NAME: every NDJSON line and the JSON report of a capture, under the options that
change their form, against docs/schema."""

import json
import sys

import jsonschema

from program import TOP, Failures, Run, capture_path, client_of

OPTIONS = (
    [],
    ["--headers"],
    ["--annotate", "none"],
    ["--annotate", "refusals"],
    ["--show-secrets"],
)


def validators():
    """For a session and for a report; both schemas are found by their $id, not by a network."""
    folder = TOP / "docs" / "schema"
    session = json.loads((folder / "session.schema.json").read_text())
    report = json.loads((folder / "report.schema.json").read_text())
    store = {schema["$id"]: schema for schema in (session, report)}
    for schema in store.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    resolver = jsonschema.RefResolver(report["$id"], report, store=store)
    return (jsonschema.Draft202012Validator(session),
            jsonschema.Draft202012Validator(report, resolver=resolver))


def without_repetition(pairs):
    """jsonschema never sees a key that stands twice; this does."""
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError(f"a key stands twice: {keys}")
    return dict(pairs)


def main(name):
    failures = Failures()
    of_session, of_report = validators()
    path = capture_path(name)

    def validate(validator, where, instance):
        for error in validator.iter_errors(instance):
            context = min(error.context, key=lambda e: len(e.schema_path), default=error)
            place = "/".join(map(str, error.absolute_path))
            failures.check(False, f"{where} {place}: {error.message[:300]} "
                                  f"({context.message[:300]})")

    for options in OPTIONS:
        lines = Run([path], "--format", "ndjson", *options)
        whole = Run([path], "--format", "json", *options)
        failures.equal(f"exit status, {options}", (lines.status, whole.status), (0, 0))
        records = [json.loads(line, object_pairs_hook=without_repetition)
                   for line in lines.output.decode("utf-8", "strict").splitlines()]
        report = json.loads(whole.output.decode("utf-8", "strict"),
                            object_pairs_hook=without_repetition)
        for record in records:
            validate(of_session, f"{options} {client_of(record)}", record)
        validate(of_report, f"{options} report", report)
        failures.check(report["sessions"] == records, f"{options}: json and ndjson differ")
        failures.equal(f"{options} summary.sessions", report["summary"]["sessions"], len(records))
        messages = [message for record in records for message in record["messages"]]
        # A transaction taken back (a call-out) is no message whose fate is unknown.
        counted = report["summary"]["messages"]
        for key, value in (("accepted", True), ("refused", False), ("unknown", None)):
            listed = sum(message["accepted"] is value for message in messages)
            failures.check(counted[key] == listed or key == "unknown" and counted[key] < listed,
                           f"{options} summary.messages.{key}: {counted[key]} of {listed}")
    failures.exit()


if __name__ == "__main__":
    main(sys.argv[1])
