#!/bin/sh
# Judges nightjar by lambda-simulator, a simulator of another author that freezes processes: builds its driver below $BUILD/judges.
#
#   BUILD=build sh tests/judges/simulator.sh [CASE...]
#
# Its version is pinned by simulator/Cargo.lock.  What cannot be built is skipped, by name and with the reason; JUDGES_MUST=1 makes
# it fail.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "${BUILD:-build}" && pwd) || exit 1
export BUILD
store=$BUILD/judges
mkdir -p "$store" || exit 1
command -v python3 >/dev/null || {
    echo "check-simulator: python3 is needed (make deps installs it)" >&2
    exit 1
}

skip() {
    python3 -B "$here/simulator.py" --skip "$1"
    rc=$?
    [ -z "${JUDGES_MUST:-}" ] || exit 1
    exit $rc
}

command -v cargo >/dev/null || skip "cargo is not installed, so lambda-simulator cannot be built"
echo "check-simulator: building the driver of lambda-simulator" >&2
CARGO_TERM_COLOR=never cargo build --locked --jobs "${JOBS:-1}" --manifest-path "$here/simulator/Cargo.toml" --target-dir "$store/cargo" \
    >"$store/cargo.log" 2>&1 || {
    # A crate that cannot be had is a matter of the machine; a driver that does not compile is a mistake here.
    grep -q '^error.*could not compile .nightjar-simulator-judge' "$store/cargo.log" && {
        cat "$store/cargo.log" >&2
        exit 1
    }
    why=$(grep -m 1 '^error' "$store/cargo.log")
    skip "cargo build failed: ${why:-no reason given}"
}
exec python3 -B "$here/simulator.py" "$@"
