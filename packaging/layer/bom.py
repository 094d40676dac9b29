"""The bill of materials, in SPDX 2.3 and CycloneDX 1.5, from the manifest and what was chosen from it."""
import datetime
import hashlib
import json
import subprocess
import uuid
from urllib.parse import quote

NAMESPACE = uuid.UUID("6f0c5a0e-6d55-5e0b-9a3c-8b1d0f6e7a11")
PAGE = "https://github.com/nightjar-lambda/nightjar"


def libgcc_version(compiler):
    return subprocess.run([compiler, "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()


def instant(epoch):
    return datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def purl(package, row):
    kind = "arch=source" if "source" in package else "arch=all"
    name = package.get("source", package.get("package"))
    epoch, _, version = row["version"].rpartition(":")
    more = f"&epoch={epoch}" if epoch else ""
    return f"pkg:deb/debian/{quote(name)}@{quote(version)}?{kind}&distro=debian-{package['suite']}{more}"


def cpe(package, row):
    return f"cpe:2.3:a:{package['cpe']}:{row['upstream']}:*:*:*:*:*:*:*" if "cpe" in package else None


def main_file(row):
    """The file that the upstream authors made: what the checksum of a component speaks of."""
    names = sorted(row["files"])
    return next((n for n in names if ".orig.tar" in n and not n.endswith(".asc")), names[0])


def components(sources, compiler):
    """[{name, version, upstream, licence, ...}]: everything that is in the binary besides nightjar itself."""
    out = []
    for package, row, _ in sources:
        out.append({"name": package["name"], "version": row["version"], "upstream": row["upstream"], "licence": package["licence"],
                    "what": package["what"], "homepage": package["homepage"], "purl": purl(package, row), "cpe": cpe(package, row),
                    "file": main_file(row), "sha256": row["files"][main_file(row)]})
    version = libgcc_version(compiler)
    out.append({"name": "libgcc", "version": version, "upstream": version, "licence": "GPL-3.0-or-later WITH GCC-exception-3.1",
                "what": "the compiler's own routines", "homepage": "https://gcc.gnu.org/", "purl": f"pkg:generic/libgcc@{version}",
                "cpe": f"cpe:2.3:a:gnu:gcc:{version}:*:*:*:*:*:*:*", "file": None, "sha256": None})
    return out


def digest_of(version, arch, binary, parts):
    return hashlib.sha256(json.dumps([version, arch, binary, parts], sort_keys=True).encode()).hexdigest()


def spdx(version, arch, binary, parts, epoch):
    packages = [{
        "name": "nightjar", "SPDXID": "SPDXRef-nightjar", "versionInfo": version, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION", "supplier": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION", "summary": f"AWS Lambda extension, static build for {arch}",
        "checksums": [{"algorithm": "SHA256", "checksumValue": binary}]}]
    relations = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-nightjar"}]
    for c in parts:
        key = "SPDXRef-" + c["name"]
        references = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": c["purl"]}]
        if c["cpe"]:
            references.append({"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": c["cpe"]})
        entry = {"name": c["name"], "SPDXID": key, "versionInfo": c["version"], "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
                 "licenseConcluded": c["licence"], "licenseDeclared": c["licence"], "copyrightText": "NOASSERTION",
                 "supplier": "NOASSERTION", "homepage": c["homepage"], "summary": c["what"], "primaryPackagePurpose": "LIBRARY",
                 "externalRefs": references}
        if c["sha256"]:
            entry["packageFileName"] = c["file"]
            entry["checksums"] = [{"algorithm": "SHA256", "checksumValue": c["sha256"]}]
        packages.append(entry)
        relations.append({"spdxElementId": "SPDXRef-nightjar", "relationshipType": "STATIC_LINK", "relatedSpdxElement": key})
    name = f"nightjar-{version}-{arch}"
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
            "documentNamespace": f"{PAGE}/spdx/{name}-{uuid.uuid5(NAMESPACE, digest_of(version, arch, binary, parts))}",
            "creationInfo": {"created": instant(epoch), "creators": ["Tool: nightjar-layer-build"]},
            "packages": packages, "relationships": relations}


def licence_of(c):
    return {"expression": c["licence"]} if " " in c["licence"] else {"license": {"id": c["licence"]}}


def cyclonedx(version, arch, binary, parts, epoch):
    listed = []
    for c in parts:
        entry = {"type": "library", "bom-ref": c["purl"], "name": c["name"], "version": c["version"], "description": c["what"],
                 "licenses": [licence_of(c)], "purl": c["purl"], "externalReferences": [{"type": "website", "url": c["homepage"]}]}
        if c["cpe"]:
            entry["cpe"] = c["cpe"]
        if c["sha256"]:
            entry["externalReferences"].append({"type": "distribution", "url": "https://deb.debian.org/debian", "comment": c["file"],
                                                "hashes": [{"alg": "SHA-256", "content": c["sha256"]}]})
        listed.append(entry)
    root = f"nightjar@{version}-{arch}"
    return {"$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.5",
            "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, 'cdx' + digest_of(version, arch, binary, parts))}", "version": 1,
            "metadata": {"timestamp": instant(epoch), "tools": {"components": [{"type": "application", "name": "nightjar-layer-build"}]},
                         "component": {"type": "application", "bom-ref": root, "name": "nightjar", "version": version,
                                       "description": f"AWS Lambda extension, static build for {arch}",
                                       "licenses": [{"license": {"id": "Apache-2.0"}}],
                                       "hashes": [{"alg": "SHA-256", "content": binary}]}},
            "components": listed,
            "dependencies": [{"ref": root, "dependsOn": [c["purl"] for c in parts]}] + [{"ref": c["purl"]} for c in parts]}
