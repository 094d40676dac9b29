"""The reason in the system's words: what says them differs between C libraries."""


def check(run):
    said = run.diagnostic("NJ1603")
    run.expect(said and all("No such file or directory" in d["text"] for d in said), "the reason is told", said)
