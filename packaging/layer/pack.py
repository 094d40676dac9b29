"""The archives: the layer itself, and what is needed to link it again with another libmicrohttpd."""
import ctypes
import os
import stat
import struct
import subprocess
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TIGHTEST = 12


class Deflate:
    """libdeflate at its tightest: three percent smaller than zlib's best, which is worth a library here."""

    def __init__(self):
        self.lib = ctypes.CDLL("libdeflate.so.0")
        self.lib.libdeflate_alloc_compressor.restype = ctypes.c_void_p
        self.lib.libdeflate_alloc_compressor.argtypes = [ctypes.c_int]
        self.lib.libdeflate_deflate_compress.restype = ctypes.c_size_t
        self.lib.libdeflate_deflate_compress.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t]
        self.compressor = self.lib.libdeflate_alloc_compressor(TIGHTEST)

    def __call__(self, data):
        room = ctypes.create_string_buffer(len(data) + len(data) // 8 + 1024)
        n = self.lib.libdeflate_deflate_compress(self.compressor, data, len(data), room, len(room))
        if self.compressor is None or n == 0:
            raise OSError("libdeflate failed")
        return room.raw[:n]


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
    deflate = Deflate()
    t = time.gmtime(max(when, 315532800))  # zip knows no year before 1980
    stamp, day = t.tm_hour << 11 | t.tm_min << 5 | t.tm_sec // 2, (t.tm_year - 1980) << 9 | t.tm_mon << 5 | t.tm_mday
    folders = sorted({"/".join(name.split("/")[:i]) + "/" for name in files for i in range(1, name.count("/") + 1)})
    entries = [(f, stat.S_IFDIR | 0o755, b"") for f in folders] + [(n, stat.S_IFREG | files[n][0], files[n][1]) for n in sorted(files)]
    body, directory = bytearray(), bytearray()
    for name, mode, data in entries:
        packed, method = (deflate(data), 8) if data else (b"", 0)
        common = struct.pack("<HHHHHIIIHH", 20, 0, method, stamp, day, zlib.crc32(data), len(packed), len(data), len(name), 0)
        attributes = mode << 16 | (0x10 if stat.S_ISDIR(mode) else 0)
        directory += struct.pack("<IBB", 0x02014b50, 20, 3) + common + struct.pack("<HHHII", 0, 0, 0, attributes, len(body)) + name.encode()
        body += struct.pack("<I", 0x04034b50) + common + name.encode() + packed
    end = struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    beside = path + ".part"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(beside, "wb") as f:
        f.write(body + directory + end)
    os.replace(beside, path)
