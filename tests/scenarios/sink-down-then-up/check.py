"""Promise 1: the function is held back no longer than NIGHTJAR_FLUSH_WAIT and a little."""


def check(run):
    for i in run.report["invocations"]:
        run.expect(i["postInvokeOverheadMs"] <= 900, f"an invocation was held back for {i['postInvokeOverheadMs']} ms", i)
