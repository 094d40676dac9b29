"""What the platform sees of a listener on processors that are all taken."""
SLOWEST_MS = 1000
MEDIAN_MS = 100


def check(run):
    posts = [post for s in run.report["telemetry"] for post in s["posts"]]
    took = sorted(post["tookMs"] for post in posts)
    run.expect(all(post["status"] == 200 for post in posts), "every POST is taken", posts)
    run.expect(took and took[-1] <= SLOWEST_MS, "every POST is answered in time", took[-5:])
    run.expect(took and took[len(took) // 2] <= MEDIAN_MS, "most are answered soon", took)
    run.expect(all(s["sum"]["dropped"] == 0 and s["sum"]["undelivered"] == 0 for s in run.report["telemetry"]), "nothing is lost",
               run.report["telemetry"])
