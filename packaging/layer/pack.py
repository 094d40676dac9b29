"""The archives: the layer itself, and what is needed to link it again with another libmicrohttpd."""
import io
import os
import stat
import subprocess
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def epoch():
    """The time everything bears: SOURCE_DATE_EPOCH, else the last commit's, else that of no day in particular."""
    if os.environ.get("SOURCE_DATE_EPOCH", "").isdigit():
        return int(os.environ["SOURCE_DATE_EPOCH"])
    try:
        done = subprocess.run(["git", "-C", ROOT, "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False)
    except OSError:
        return 315532800
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip().isdigit() else 315532800


def write(path, files, when):
    """files: {name: (mode, bytes)}.  Folders come first and sorted, times are UTC, the host is Unix: the same input, the same bytes."""
    stamp = time.gmtime(max(when, 315532800))[:6]  # zip knows no year before 1980
    folders = sorted({"/".join(name.split("/")[:i]) + "/" for name in files for i in range(1, name.count("/") + 1)})
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for name, mode, data in [(f, stat.S_IFDIR | 0o755, b"") for f in folders] + [
                (n, stat.S_IFREG | files[n][0], files[n][1]) for n in sorted(files)]:
            info = zipfile.ZipInfo(name, stamp)
            info.create_system = 3
            info.external_attr = mode << 16 | (0x10 if stat.S_ISDIR(mode) else 0)
            info.compress_type = zipfile.ZIP_STORED if stat.S_ISDIR(mode) else zipfile.ZIP_DEFLATED
            z.writestr(info, data, compresslevel=9)
    beside = path + ".part"
    with open(beside, "wb") as f:
        f.write(store.getvalue())
    os.replace(beside, path)
