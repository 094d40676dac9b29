"""What expect.json cannot say of this story."""


def check(run):
    starts = run.find({"what.event": "nightjar.start"})
    run.expect(len({r["id"].rsplit("-", 1)[0] for r in starts}) == 2, "both sandboxes draw the same ids", starts)
