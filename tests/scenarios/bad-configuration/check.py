"""Each mistake by name."""

WANTED = {"NIGHTJAR_BATCH_BYTES": "banana", "NIGHTJAR_BATCH_RECORDS": "10000", "NIGHTJAR_SNIK": "NIGHTJAR_SINK",
          "NIGHTJAR_TIMEOUT": "5", "NIGHTJAR_REDACT": "default", "NIGHTJAR_FLUSH": "auto"}


def check(run):
    texts = [d["text"] for d in run.diagnostic("NJ1506")]
    for name, word in WANTED.items():
        mine = [t for t in texts if name in t]
        run.expect(len(mine) == 1 and word in mine[0], f"{name}: one line with {word!r} was expected", texts)
