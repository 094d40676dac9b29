"""Makes labelled cases for the redactor: what must be hidden, what must survive.  The same seed makes the same cases.

corpus.py [--size N] [--seed N] [--group NAME] > cases.ndjson

A case: id, group, kind, policy; text (a line of a log, or several; split "lines" when each is a record of its own) or json (the
fields of a structured record); secrets (exact substrings that must not survive), also_not (their decoded forms), keep (must
survive); soft (whether it is fair can be argued, so it gates nothing).  A case without secrets must come back unchanged.

The cases are written down in cases_*.py, as templates that are filled with other values, spellings and phrases in every round;
rounds go on until there are enough.
"""
import argparse
import json

import cases_benign
import cases_eighth
import cases_eleventh
import cases_fifth
import cases_fourth
import cases_fourth_benign
import cases_ids
import cases_keys
import cases_ninth
import cases_samples
import cases_second
import cases_shaped
import cases_shapes
import cases_sixth
import cases_tenth
import cases_text
import cases_third
import cases_twelfth
import cases_tokens
import gens

SIZE, SEED = 9000, 20261
BENIGN_SHARE = 0.42


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Corpus:
    def __init__(self, seed):
        self.v = gens.Values(seed)
        self.cases = []
        self.benign = 0
        self.numbers = {}
        self.group = ""

    def add(self, kind, body, secrets, keep, policy, **extra):
        name = "%s-%s" % (self.group, kind)
        self.numbers[name] = self.numbers.get(name, 0) + 1
        case = {"id": "%s-%03d" % (name, self.numbers[name]), "group": self.group, "kind": kind, "policy": policy,
                "text" if isinstance(body, str) else "json": body, "secrets": list(secrets), "keep": list(keep)}
        case.update({k: v for k, v in extra.items() if v})
        if not check(case):
            return
        self.cases.append(case)
        self.benign += not secrets

    def hit(self, kind, body, secrets, keep=(), policy="default", **extra):
        """Something to hide."""
        assert secrets
        self.add(kind, body, [secrets] if isinstance(secrets, str) else secrets, keep, policy, **extra)

    def neg(self, kind, body, keep=(), policy="default", **extra):
        """Nothing to hide: it must come back as it is."""
        self.add(kind, body, (), keep, policy, **extra)

    def one(self, *options):
        return self.v.pick(*options)


def check(case):
    """A case that contradicts itself would be a false accusation; something short that stands
    there twice by chance is no case."""
    hay = case["text"] if "text" in case else compact(case["json"])
    for s in case["secrets"]:
        assert s in hay, (case["id"], "the secret is not there", s)
        if len(s) < 7 and hay.count(s) != 1:
            return False
    for k in case["keep"]:
        assert k in hay, (case["id"], "what is to be kept is not there", k)
        if any(s in k or k in s for s in case["secrets"]):
            assert len(k) < 14, (case["id"], "kept and secret", k)
            return False
    return True


# group -> (makers of one round of its cases, how often a round is made compared with the others)
GROUPS = (
    ("keys", cases_keys.ROUNDS),
    ("tokens", cases_tokens.TOKENS),
    ("headers", cases_tokens.HEADERS),
    ("structured", cases_tokens.STRUCTURED),
    ("payment", cases_ids.PAYMENT),
    ("government", cases_ids.GOVERNMENT),
    ("contact", cases_ids.CONTACT),
    ("health", cases_ids.HEALTH),
    ("nested", cases_shapes.NESTED),
    ("events", cases_shapes.EVENTS),
    ("policies", cases_shapes.POLICIES),
    ("multiline", cases_text.MULTILINE),
    ("unicode", cases_text.UNICODE),
    ("injection", cases_text.INJECTION),
    ("second", cases_second.ROUNDS),
    ("third", cases_third.ROUNDS),
    ("fourth", cases_fourth.ROUNDS),
    ("fifth", cases_fifth.ROUNDS),
    ("sixth", cases_sixth.ROUNDS),
    ("eighth", cases_eighth.ROUNDS),
    ("shaped", cases_shaped.ROUNDS),
    ("ninth", cases_ninth.ROUNDS),
    ("tenth", cases_tenth.ROUNDS),
    ("eleventh", cases_eleventh.ROUNDS),
    ("twelfth", cases_twelfth.ROUNDS),
    ("samples", cases_samples.ROUNDS),
)
BENIGN = (cases_benign.ROUNDS + cases_second.BENIGN + cases_third.BENIGN + cases_fourth_benign.BENIGN + cases_fifth.BENIGN +
          cases_sixth.BENIGN + cases_eighth.BENIGN + cases_shaped.BENIGN + cases_ninth.BENIGN + cases_tenth.BENIGN +
          cases_eleventh.BENIGN + cases_twelfth.BENIGN + cases_samples.BENIGN)


def build(seed=SEED, size=SIZE):
    c = Corpus(seed)
    while len(c.cases) < size:
        for group, makers in GROUPS:
            c.group = group
            for make in makers:
                make(c)
        c.group = "benign"
        at_least = c.benign + 1
        while c.benign < at_least or c.benign < BENIGN_SHARE * len(c.cases):
            for make in BENIGN:
                make(c)
    return c.cases


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--size", type=int, default=SIZE)
    ap.add_argument("--seed", type=int, default=SEED)
    ap.add_argument("--group")
    o = ap.parse_args()
    for case in build(o.seed, o.size):
        if o.group in (None, case["group"]):
            print(compact(case))


if __name__ == "__main__":
    main()
