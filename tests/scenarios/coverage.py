"""Is there a story for each detector?  Each row of findings.def, and each value that tells its rules apart, must be expected by a scenario that
has it happen, and excluded (count 0) by an honest-* one.  Run by itself it prints who proves what."""
import json
import os
import re
import sys

import match

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "..", "..", "include", "nightjar", "findings.def")
ROW = re.compile(r'^NJ_FINDING\(\w+, "([^"]+)", \w+, (DETECTOR|REPORT), "([^"]*)",', re.M)


def rows():
    """(event, is it a detector, path of the attribute or None, value) for each rule of the table"""
    with open(TABLE, encoding="utf-8") as f:
        found = ROW.findall(f.read())
    for event, kind, told_apart in found:
        attribute, _, values = told_apart.partition("=")
        path = None if not attribute else "what.severity" if attribute == "severity" else "data." + attribute
        for value in values.split("|"):
            yield event, kind == "DETECTOR", path, value


def expectations():
    """(scenario, match, count) of all expect.json"""
    for name in sorted(os.listdir(HERE)):
        file = os.path.join(HERE, name, "expect.json")
        if os.path.exists(file):
            with open(file, encoding="utf-8") as f:
                for e in json.load(f).get("records", []):
                    yield name, e["match"], e.get("count", ">=1")


def says_none(count):
    return match.fits(0, count) and not match.fits(1, count)


def proves(m, count, event, path, value):
    """The scenario demands a record of that event, with that value."""
    return m.get("what.event") == event and not match.fits(0, count) and (path is None or match.fits(value, m.get(path, "-")))


def excludes(m, count, event, path, value):
    """The scenario demands that there is none, whatever else may be in it."""
    if not says_none(count) or not match.fits(event, m.get("what.event", "-")):
        return False
    return all(p == "what.event" or (p == path and match.fits(value, c)) for p, c in m.items())


def check():
    """(problems, lines of the table)"""
    problems, table = [], []
    expected = list(expectations())
    for event, detector, path, value in rows():
        rule = event if path is None else f"{event} {value}"
        found = {n for n, m, count in expected if not n.startswith("honest-") and proves(m, count, event, path, value)}
        silent = {n for n, m, count in expected if n.startswith("honest-") and excludes(m, count, event, path, value)}
        if not found:
            problems.append(f"no scenario has {rule} happen")
        if detector and not silent and value not in ("normal", "ended"):
            problems.append(f"no honest scenario excludes {rule}")
        table.append((rule, ", ".join(sorted(found)), ", ".join(sorted(silent)) if detector else "no detector"))
    if not table:
        problems.append(f"{TABLE} has no rows that can be read")
    return problems, table


def main():
    problems, table = check()
    for rule, found, silent in table:
        print(f"{rule:<44} {found:<56} {silent}")
    for p in problems:
        print(f"coverage: {p}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
