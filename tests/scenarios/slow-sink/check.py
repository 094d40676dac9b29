"""The budget and some scheduling noise."""


def check(run):
    for i in run.report["invocations"]:
        run.expect(i["postInvokeOverheadMs"] <= 300 + 250, f"an invocation was held back for {i['postInvokeOverheadMs']} ms", i)
