"""Two keys: one of the snapshot, one of this sandbox; every record of an invocation has the second, and so has each address in it."""


def key_of(pseudonym):
    return pseudonym.split(":")[1]


def check(run):
    owners = {}
    for r in run.records:
        owners.setdefault(key_of(r["where"]["owner"]), []).append(r)
    run.expect(len(owners) == 2, "keys before and after the restore", {k: len(v) for k, v in owners.items()})
    after = {key_of(r["where"]["owner"]) for r in run.records if "faas.invocation_id" in r["where"] or r["what"]["event"].startswith("platform.restore")}
    run.expect(len(after) == 1, "one key since the restore", sorted(after))
    before = {key_of(r["where"]["owner"]) for r in run.records if r["what"]["event"] == "nightjar.start"}
    run.expect(before.isdisjoint(after), "the key of the snapshot is not used any more", sorted(before & after))
    mails = {r["data"]["email"] for r in run.records if r.get("data", {}).get("event") == "login"}
    run.expect(len(mails) == 1 and {key_of(m) for m in mails} == after, "one pseudonym for one address, under the new key", sorted(mails))
    run.expect(len({r["id"].rsplit("-", 1)[0] for k in after for r in owners[k]}) == 1, "one beginning of ids since the restore")
    run.expect({r["id"].rsplit("-", 1)[0] for k in before for r in owners[k]}.isdisjoint({r["id"].rsplit("-", 1)[0] for k in after for r in owners[k]}),
               "ids of the snapshot and of the sandbox begin differently")
