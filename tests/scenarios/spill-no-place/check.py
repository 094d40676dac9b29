"""Once in a minute is enough."""


def check(run):
    run.expect(len(run.diagnostic("NJ1609")) == 1, "it was said more than once", run.diagnostic("NJ1609"))
