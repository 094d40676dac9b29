"""What expect.json cannot say of this story."""


def check(run):
    for i in run.report["invocations"]:
        run.expect(i["postInvokeOverheadMs"] <= 900, f"an invocation was held back for {i['postInvokeOverheadMs']} ms", i)
