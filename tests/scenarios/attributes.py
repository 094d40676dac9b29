"""Does the reference page know what records carry?  Each event, each name in who and where, and in data each nightjar.* name (all names, where no
function and no platform has a say) must have a row in the tables that page is made of, with its type and its event."""
import os
import re

INCLUDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "include", "nightjar")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")

# Whose data are the words of a function or of the platform; those of an alert may be grouped by any name, and a ledger has a section of its own.
OPEN = re.compile(r"(function\.log|extension\.log|platform\..*|invocation\.(input|response|error)|alert\..*|nightjar\.ledger)$")


def rows_of(table, pattern):
    with open(os.path.join(INCLUDE, table), encoding="utf-8") as f:
        found = re.findall(pattern, f.read(), re.M)
    if not found:
        raise RuntimeError(f"{table} has no rows that can be read")
    return found


SECURITY = set(rows_of("vocabulary.def", r'^NJ_WORD\(\w+, "([^"]+)"'))
EVENTS = SECURITY | {"function.log", "extension.log"}
for table, begin in (("findings.def", r"NJ_FINDING\(\w+"), ("events.def", r"NJ_EVENT\(\w+")):
    EVENTS |= set(rows_of(table, "^" + begin + r', "([^"]+)"'))
EVENTS |= set(rows_of("own_events.def", r'^NJ_OWN_EVENT\("([^"]+)"'))
ROWS = {(place.lower(), name): (kind, events.split())
        for name, place, kind, events in rows_of("attributes.def", r'^NJ_ATTRIBUTE\("([^"]+)", (\w+), (\w+), "[^"]*", "([^"]+)"')}
TYPES = {
    "STRING": lambda v: isinstance(v, str),
    "TIME": lambda v: isinstance(v, str) and TIME.match(v),
    "INTEGER": lambda v: type(v) is int,
    "NUMBER": lambda v: type(v) in (int, float),
    "BOOLEAN": lambda v: isinstance(v, bool),
    "STRINGS": lambda v: isinstance(v, list) and all(isinstance(x, str) for x in v),
    "OBJECT": lambda v: isinstance(v, dict),
    "OBJECTS": lambda v: isinstance(v, list) and all(isinstance(x, dict) for x in v),
    "ANY": lambda v: True,
}


def in_event(event, token):
    if token == "security":
        return event in SECURITY
    return event.startswith(token[:-1]) if token.endswith("*") else event == token


def fault(place, name, value, event):
    """What is wrong with an attribute, or None."""
    row = ROWS.get((place, name))
    if row is None:
        return "has no row in attributes.def"
    if not any(in_event(event, token) for token in row[1]):
        return f"is not said to be in {event}"
    return None if TYPES[row[0]](value) else f"is no {row[0]}: {value!r}"


def added_by(environment):
    """Names that the scenario adds to where by itself."""
    lists = [environment.get(name, "") for name in ("NIGHTJAR_ATTRIBUTES", "OTEL_RESOURCE_ATTRIBUTES")]
    return {pair.partition("=")[0].strip() for one in lists for pair in one.split(",")}


def faults(records, environment):
    """{text: how often}"""
    out, parts = {}, {}
    added = added_by(environment)

    def note(text):
        out[text] = out.get(text, 0) + 1

    for r in records:
        what = r.get("what", {})
        event = what.get("event", "")
        foreign = event not in EVENTS and what.get("category") == "platform"  # it passes through
        if event not in EVENTS and not event.startswith("alert.") and not foreign:
            note(f"event {event} is in no table")
        other = foreign or OPEN.match(event)
        for place in ("who", "where", "data"):
            part = r.get(place)
            if not part or (place != "data" and parts.get((id(part), event)) is part):  # nearly all records of a flood share these
                continue
            parts[id(part), event] = part
            for name, value in part.items():
                if name in added if place == "where" else place == "data" and other and not name.startswith("nightjar."):
                    continue
                wrong = fault(place, name, value, event)
                if wrong:
                    note(f"{place}.{name} {wrong}")
    return out
