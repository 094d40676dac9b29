"""Writes the data of the redaction benchmark, records that end in the byte 0x1e, always the same: bench_data.py DIRECTORY

json.log    structured logs with nothing to hide, as logger libraries write them
text.log    lines of text with nothing to hide
sparse.log  both, with a case of the corpus that has something to hide in one record out of twenty
corpus.log  the whole corpus, cases to hide and benign ones, some other of each kind until there is enough
"""
import json
import os
import sys

import corpus
import gens

BYTES = 6 << 20
SENTENCES = ("order accepted for shipment", "cache miss on shard", "retrying after timeout", "batch written to the table", "worker started in the west region",
             "user profile loaded", "payment intent created", "cold path taken by the scheduler", "validation passed for all items", "connection returned to the pool")
LOGGERS = ("com.shop.orders.Handler", "app.services.billing", "github.com/shop/edge/router", "Shop.Checkout.CartService", "worker::pool")


def json_record(v):
    message = "%s %d" % (v.pick(SENTENCES), v.below(9999))
    shape = v.below(4)
    if shape == 0:
        r = {"timestamp": v.iso(), "level": v.pick("INFO", "WARN", "DEBUG"), "requestId": v.uuid(), "message": message, "logger": v.pick(LOGGERS), "durationMs": v.below(90000) / 100,
             "http": {"method": v.pick("GET", "POST"), "route": "/orders/{id}", "status": v.pick(200, 201, 404), "bytes": v.below(99999)}, "cached": v.below(2) == 0}
    elif shape == 1:
        r = {"level": 30, "time": int(v.epoch_ms()), "pid": 8, "hostname": "169.254.12.%d" % v.below(250), "msg": message, "reqId": v.hex(16), "items": v.below(40), "took": v.below(900),
             "tags": ["west", "v2", v.word()]}
    elif shape == 2:
        r = {"level": "INFO", "location": "handler:%d" % v.below(300), "message": message, "timestamp": v.iso(), "service": v.name(), "cold_start": False, "function_name": v.name(),
             "function_memory_size": "512", "function_arn": "arn:aws:lambda:eu-west-1:%s:function:%s" % (v.account(), v.word()), "function_request_id": v.uuid(), "xray_trace_id": v.xray()}
    else:
        r = {"@timestamp": v.iso(), "log.level": "debug", "message": message, "ecs.version": "1.6.0", "service.name": v.name(), "trace.id": v.hex(32), "transaction.id": v.hex(16),
             "labels": {"shard": v.below(64), "attempt": v.below(4), "state": v.pick("open", "closed")}}
    return json.dumps(r, separators=(",", ":"))


def text_record(v):
    message = "%s %d took=%dms rows=%d path=/v1/orders/%d" % (v.pick(SENTENCES), v.below(9999), v.below(900), v.below(50), v.below(100000))
    return v.pick("%s\t%s\tINFO\t%s" % (v.iso(), v.uuid(), message), "[INFO]\t%s\t%s\t%s" % (v.iso(), v.uuid(), message),
                  "%s DEBUG [http-nio-8080-exec-%d] %s - %s" % (v.iso(), v.below(16), v.pick(LOGGERS), message), "level=info ts=%s caller=main.go:%d msg=\"%s\"" % (v.iso(), v.below(400), message),
                  "203.0.113.%d - - [04/Nov/2026:10:11:12 +0000] \"GET /v1/items/%d HTTP/1.1\" 200 %d \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/131.0\"" % (
                      v.below(250), v.below(99999), v.below(99999)))


def records_of(case):
    if "json" in case:
        return [corpus.compact(case["json"])]
    return [line for line in case["text"].split("\n") if line] if case.get("split") else [case["text"]]


def cases(seed):
    while True:
        made = corpus.build(seed, 3000)
        gens.Values(seed).r.shuffle(made)
        yield from made
        seed += 1


def write(directory, name, records):
    n = 0
    with open(os.path.join(directory, name), "wb") as f:
        for record in records:
            n += f.write(record.encode() + b"\x1e")
            if n >= BYTES:
                return


def forever(make, v):
    while True:
        yield make(v)


def sparse(v):
    hits = (record for case in cases(7) if case["secrets"] for record in records_of(case))
    while True:
        yield next(hits) if v.below(20) == 0 else json_record(v) if v.below(2) else text_record(v)


def main():
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    write(directory, "json.log", forever(json_record, gens.Values(1)))
    write(directory, "text.log", forever(text_record, gens.Values(2)))
    write(directory, "sparse.log", sparse(gens.Values(3)))
    write(directory, "corpus.log", (record for case in cases(4) for record in records_of(case)))


if __name__ == "__main__":
    main()
