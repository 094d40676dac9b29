#!/bin/sh
# Real runtime clients through the wrapper and the proxy: builds them below $BUILD/runtimes and plays the stories of run.py.
#
#   BUILD=build sh tests/runtimes/run.sh [CLIENT...]      clients: shell go python node rust java
#
# A client that cannot be had on this machine is skipped by name and with the reason; RUNTIMES_MUST=1 makes that a failure.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "${BUILD:-build}" && pwd) || exit 1
export BUILD
command -v python3 >/dev/null || {
    echo "check-runtimes: python3 is needed (make deps installs it)" >&2
    exit 1
}
layer=$BUILD/runtimes/opt
mkdir -p "$layer/extensions" && install -m 0755 "$BUILD/nightjar" "$layer/extensions/nightjar" &&
    install -m 0755 "$here/../../extension/nightjar-capture" "$layer/nightjar-capture" || exit 1
sh "$here/build.sh" "$@" || exit 1
exec python3 -B "$here/run.py" "$@"
