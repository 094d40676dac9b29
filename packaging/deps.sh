#!/bin/sh
# Installs what building (deps.sh build), linting (lint), fuzzing (fuzz), measuring beside others (bench), the layer (layer; ARCH=arm64
# adds the cross tools) or the check of the templates (packaging) needs: asks apt only for what is absent.  For real runtime clients
# (runtimes) and outside judges (judges) it looks for commands, wherever they came from, and what cannot be had is said and left to
# those who need it: they skip it by name.
set -u

BUILD="gcc make libc6-dev libcurl4-openssl-dev libmicrohttpd-dev libjansson-dev zlib1g-dev libdeflate-dev libzstd-dev libssl-dev check
libsubunit-dev python3 openssl"
LAYER="gcc make libc6-dev python3 openssl git perl patch xz-utils binutils dpkg-dev autoconf automake libtool debian-archive-keyring
linux-libc-dev libdeflate-dev lld zip unzip"
ARM64="gcc-aarch64-linux-gnu libc6-dev-arm64-cross linux-libc-dev-arm64-cross qemu-user-static"
PACKAGING="python3 python3-venv"
LINT="clang clang-format clang-tidy cppcheck"
BENCH="libpcre2-dev"
FUZZ="clang"
# command=package
JUDGES="go=golang-go cargo=cargo"
RUNTIMES="$JUDGES java=default-jre-headless javac=default-jdk-headless mvn=maven node=nodejs npm=npm curl=curl g++=g++ cmake=cmake
autoconf=autoconf automake=automake libtoolize=libtool pkg-config=pkg-config"

say() {
    echo "deps: $*" >&2
}

# Names of other systems, in words: they change too rarely to be tables and too often to be installed unasked.
elsewhere() {
    if [ "$set_name" = layer ]; then
        say "the layer is built from Debian's source packages: use Debian, Ubuntu, or a container of theirs (docker run debian:bookworm)"
        return
    fi
    say "this is not Debian or Ubuntu; install these and try again:"
    if [ "$set_name" = bench ]; then
        say "  Fedora  dnf install pcre2-devel"
        say "  Alpine  apk add pcre2-dev"
        return
    fi
    if [ "$set_name" = fuzz ]; then
        say "  Fedora  dnf install clang compiler-rt"
        say "  Alpine  apk add clang compiler-rt"
        return
    fi
    if [ "$set_name" = packaging ]; then
        say "  python3 with its venv module"
        return
    fi
    if [ "$set_name" = lint ]; then
        say "  Fedora  dnf install clang clang-tools-extra cppcheck"
        say "  Alpine  apk add clang clang-extra-tools cppcheck"
        say "  macOS   brew install llvm clang-format cppcheck"
        return
    fi
    say "  Fedora  dnf install gcc make libcurl-devel libmicrohttpd-devel jansson-devel zlib-devel libdeflate-devel libzstd-devel"
    say "          openssl-devel check-devel subunit-devel python3 openssl"
    say "  Alpine  apk add gcc make musl-dev linux-headers curl-dev libmicrohttpd-dev jansson-dev zlib-dev libdeflate-dev zstd-dev"
    say "          openssl-dev check-dev subunit-dev python3 openssl bash"
    say "  macOS   brew install curl libmicrohttpd jansson libdeflate zstd openssl check python (nightjar itself runs on Linux only)"
}

# Can a program with all our headers be compiled and linked?  Then nothing is missing, wherever it came from.
usable() {
    if [ "$set_name" = bench ]; then
        command -v pcre2-config >/dev/null
        return
    fi
    if [ "$set_name" = fuzz ]; then # clang alone is no fuzzer: what it links against is a package of its own
        echo 'int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n) { return d && n ? 0 : 0; }' |
            clang -fsanitize=fuzzer,address,undefined -x c -o /dev/null - >/dev/null 2>&1
        return
    fi
    if [ "$set_name" = layer ]; then
        for tool in gcc make python3 openssl git perl patch xz readelf dpkg-source autoreconf libtoolize ld.lld unzip; do
            command -v "$tool" >/dev/null || return 1
        done
        [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || return 1
        python3 -c 'import ctypes; ctypes.CDLL("libdeflate.so.0")' 2>/dev/null || return 1
        [ "${ARCH:-x86_64}" = arm64 ] || return 0
        command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64-static >/dev/null
        return
    fi
    if [ "$set_name" = packaging ]; then
        python3 -c 'import venv, ensurepip' 2>/dev/null
        return
    fi
    if [ "$set_name" = lint ]; then
        command -v clang >/dev/null && command -v clang-format >/dev/null && command -v clang-tidy >/dev/null &&
            command -v cppcheck >/dev/null
        return
    fi
    command -v make >/dev/null && command -v python3 >/dev/null && command -v openssl >/dev/null || return 1
    dir=$(mktemp -d) || return 1
    cat >"$dir/t.c" <<'C'
#include <check.h>
#include <curl/curl.h>
#include <jansson.h>
#include <libdeflate.h>
#include <microhttpd.h>
#include <zlib.h>
#include <zstd.h>
int main(void)
{
    return curl_version() == NULL || json_object() == NULL || MHD_get_version() == NULL || zlibVersion() == NULL ||
           libdeflate_alloc_compressor(1) == NULL ||
           ZSTD_versionNumber() == 0 || suite_create("t") == NULL;
}
C
    ${CC:-gcc} -o "$dir/t" "$dir/t.c" -lcurl -lmicrohttpd -ljansson -lz -ldeflate -lzstd -lcheck -lsubunit -lm -lpthread >"$dir/log" 2>&1
    rc=$?
    [ $rc -eq 0 ] || [ "${1:-}" = quiet ] || head -n 5 "$dir/log" | sed 's/^/deps:   /' >&2
    rm -rf "$dir"
    return $rc
}

# Those of the arguments that dpkg does not know as installed.  One call for all: it takes a few milliseconds.
missing_of() {
    have=$(dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii *//p' | tr '\n' ' ')
    for package in "$@"; do
        case " $have" in
        *" $package "*) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif ! command -v sudo >/dev/null; then
        say "not root and no sudo; as root run: apt-get install $missing"
        exit 1
    elif sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        sudo "$@" # asks at the terminal
    fi
}

apt() {
    # env instead of an assignment: sudo drops the environment.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
}

try_install() {
    # shellcheck disable=SC2086 # a list of words
    apt install -y --no-install-recommends $missing >"$log" 2>&1
}

# The packages of the commands that are not there.
packages_of() {
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || printf '%s ' "${pair#*=}"
    done
}

# One package after the other: one that this system does not have must not keep the others away.
install_optional() {
    log=$(mktemp) || exit 0
    trap 'rm -f "$log"' EXIT
    fetched=
    for missing in $1; do
        try_install && continue
        if [ -z "$fetched" ]; then
            fetched=yes
            apt update >"$log" 2>&1 && try_install && continue
        fi
        say "$missing could not be installed: $(tail -n 1 "$log")"
    done
}

set_name=${1:-}
case "$set_name" in
runtimes | judges)
    # shellcheck disable=SC2086
    [ "$set_name" = judges ] && absent=$(packages_of $JUDGES) || absent=$(packages_of $RUNTIMES)
    [ "$set_name" = judges ] || python3 -c 'import ensurepip' 2>/dev/null || absent="$absent python3-venv"
    [ -z "$absent" ] && exit 0
    if ! command -v apt-get >/dev/null || { [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; }; then
        say "not there, and not to be installed here without being asked: $absent"
        exit 0
    fi
    say "installing $absent"
    install_optional "$absent"
    exit 0
    ;;
build) wanted=$BUILD ;;
lint) wanted=$LINT ;;
bench) wanted=$BENCH ;;
# The package of libFuzzer carries the version of the clang it belongs to.
fuzz) wanted="$FUZZ $(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p' | head -n 1)" ;;
layer)
    wanted=$LAYER
    [ "${ARCH:-x86_64}" != arm64 ] || wanted="$LAYER $ARM64"
    ;;
packaging) wanted=$PACKAGING ;;
*)
    echo "usage: deps.sh build|lint|bench|fuzz|layer|packaging|runtimes|judges" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    usable && exit 0
    elsewhere
    exit 1
fi

# shellcheck disable=SC2086
missing=$(missing_of $wanted)
[ -z "$missing" ] && exit 0
usable quiet && exit 0
say "installing $missing"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
# Package lists may be absent (fresh containers) or stale: they are fetched when the first try fails.
if ! try_install; then
    say "fetching the package lists first"
    if ! apt update >"$log" 2>&1 || ! try_install; then
        sed 's/^/deps:   /' "$log" >&2
        say "apt-get could not install: $missing"
        exit 1
    fi
fi
# shellcheck disable=SC2086
missing=$(missing_of $wanted)
if [ -n "$missing" ]; then
    say "still missing after apt-get: $missing"
    exit 1
fi
