"""The pseudonyms are the ones anybody with the key can compute."""
import hashlib
import hmac


def pseudonym(run, address):
    message = b"\x01email\x1f" + address.lower().encode()
    return "hmac:k1:" + hmac.new(bytes.fromhex(run.key), message, hashlib.sha256).hexdigest()[:16]


def check(run):
    want = [pseudonym(run, run.values[name]) for name in ("EMAIL:1", "EMAIL:1", "EMAIL:2")]
    got = [r["data"]["email"] for r in run.records if r.get("data", {}).get("event") == "login"]
    run.expect(sorted(got) == sorted(want), "other pseudonyms", {"want": want, "got": got})
