"""What expect.json cannot say of this story."""


def check(run):
    slow = [i["postInvokeOverheadMs"] for i in run.report["invocations"] if i["postInvokeOverheadMs"] > 60]
    run.expect(len(slow) <= 1, f"event/next was held back: {slow}")
