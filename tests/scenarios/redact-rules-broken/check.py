"""The mistake is named with its place."""


def check(run):
    texts = [d["text"] for d in run.diagnostic("NJ1521")]
    run.expect(len(texts) == 1 and "line 1, column 29: pattern, byte 6: repeats have an end" in texts[0], "the place of the mistake", texts)
