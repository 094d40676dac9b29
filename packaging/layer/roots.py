"""Makes the C file with the roots of trust: roots.py FOLDER-OR-PEM-FILE... > roots_data.c

Sorted by the hash OpenSSL gives the subject's name (src/net/tls_roots.c looks them up by it); the same bytes for the same certificates.
"""
import base64
import os
import re
import subprocess
import sys


def files_of(place):
    if not os.path.isdir(place):
        return [place]
    return [os.path.join(base, n) for base, _, names in os.walk(place) for n in names if n.endswith((".crt", ".pem"))]


def certificates(places):
    for path in sorted(path for place in places for path in files_of(place)):
        with open(path, encoding="ascii") as f:
            for body in re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", f.read(), re.S):
                yield base64.b64decode(body)


def hash_of(der):
    done = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-subject_hash"], input=der, capture_output=True, check=True)
    return int(done.stdout, 16)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    rows = sorted({(hash_of(der), der) for der in certificates(sys.argv[1:])})
    if not rows:
        sys.exit(f"roots: no certificate in {' '.join(sys.argv[1:])}")
    at, index = 0, []
    for key, der in rows:
        index.append(f"    {{ 0x{key:08x}, {at}, {len(der)} }},\n")
        at += len(der)
    print(f"/* {len(rows)} roots of trust; written by packaging/layer/roots.py. */")
    print('#include "tls_roots.h"\n\nstatic const unsigned char der[] = {')
    whole = b"".join(der for _, der in rows)
    for i in range(0, len(whole), 32):
        print(",".join(str(b) for b in whole[i:i + 32]) + ",")
    print("};\n\nstatic const struct nj_tls_root rows[] = {\n" + "".join(index) + "};\n")
    print(f"const struct nj_tls_roots nj_embedded_roots = {{ .rows = rows, .count = {len(rows)}, .der = der }};")


if __name__ == "__main__":
    main()
