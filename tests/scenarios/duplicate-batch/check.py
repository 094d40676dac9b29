"""The same record must not be there under two ids either."""


def check(run):
    seen = {}
    for r in run.records:
        if r["what"]["event"].startswith("platform."):
            key = (r["when"], r["what"]["event"], r["message"])
            run.expect(key not in seen, "a platform record came twice", [seen.get(key), r])
            seen[key] = r
