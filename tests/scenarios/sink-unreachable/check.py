"""Quiet and quick."""


def check(run):
    warned = [d for d in run.diagnostics if d.get("nightjar") in ("warn", "error") and d.get("code") != "NJ1900"]
    run.expect(1 <= len(warned) <= 3, f"{len(warned)} lines about a sink that is gone", warned)
    for i in run.report["invocations"]:
        run.expect(i["postInvokeOverheadMs"] <= 900, f"an invocation was held back for {i['postInvokeOverheadMs']} ms", i)
