from traffic import pool


def prepare(run):
    s = []
    for i in range(20):
        s += [pool("PreAuthentication", f"u-{i}"), pool("PostAuthentication", f"u-{i}", gap=10)]
    for i in range(30):  # another sandbox has the other half of these
        s.append(pool("PreAuthentication" if i % 2 else "PostAuthentication", f"v-{i}"))
    s += [pool("PreAuthentication", "u-1", gap=2300), pool("PostAuthentication", "u-1")]
    run.script = s
