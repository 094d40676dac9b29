"""No growth: the number of lines does not depend on how many came back."""


def check(run):
    run.expect(len(run.diagnostics) < 200, f"{len(run.diagnostics)} diagnostics for three invocations")
