"""The webhook gets alerts only, one a request, with a sentence."""


def check(run):
    alerts = [q for q in run.requests if q["path"] == "/alerts"]
    for q in alerts:
        run.expect(q["records"] == 1, "one alert a request", q)
    run.expect(all(r["what"]["category"] == "alert" for q in alerts for r in run.of_request(q)), "the webhook gets alerts only")
    run.expect(len(run.alert_texts) == 2, "two sentences", run.alert_texts)
    run.expect(all(t.startswith("[ERROR] sample: ") for t in run.alert_texts), "a sentence names severity and function", run.alert_texts)
    run.expect("3 times today" in run.alert_texts[-1], "the last one tells the number", run.alert_texts)
    run.expect(run.ledgers[0]["sinks"]["alerts"]["delivered"] == 2, "the books of the alerts are their own", run.ledgers[0])
