"""Small language of expectations: dotted paths into JSON and conditions on values."""
import re

ABSENT = object()


def lookup(value, path):
    """The value at a dotted path.  Keys may hold dots themselves: the longest one that exists wins."""
    if path == "":
        return value
    if isinstance(value, list):
        head, _, rest = path.partition(".")
        if head.isdigit() and int(head) < len(value):
            return lookup(value[int(head)], rest)
        return ABSENT
    if not isinstance(value, dict):
        return ABSENT
    if path in value:
        return value[path]
    at = len(path)
    while (at := path.rfind(".", 0, at)) > 0:
        if path[:at] in value:
            found = lookup(value[path[:at]], path[at + 1:])
            if found is not ABSENT:
                return found
    return ABSENT


NUMBER = re.compile(r"^(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?)$")


def compare(number, condition):
    sign, limit = NUMBER.match(condition).groups()
    limit = float(limit)
    return {">=": number >= limit, "<=": number <= limit, "==": number == limit,
            "!=": number != limit, ">": number > limit, "<": number < limit}[sign]


def fits(value, condition):
    """Does the value meet the condition?  "*" present, "-" absent, "~re" matches, ">=3" compares, lists: one of; else equal."""
    if condition == "-":
        return value is ABSENT
    if isinstance(condition, str) and NUMBER.match(condition):
        number = 0 if value is ABSENT else value
        return isinstance(number, (int, float)) and not isinstance(number, bool) and compare(number, condition)
    if value is ABSENT:
        return condition == 0 and not isinstance(condition, bool)
    if condition == "*":
        return True
    if isinstance(condition, str) and condition.startswith("~"):
        return isinstance(value, str) and re.search(condition[1:], value, re.S) is not None
    if isinstance(condition, list):
        return any(fits(value, c) for c in condition)
    return value == condition and isinstance(value, bool) == isinstance(condition, bool)


def fits_all(value, conditions):
    return all(fits(lookup(value, path), c) for path, c in conditions.items())
