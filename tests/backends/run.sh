#!/bin/sh
# Scenarios whose far end is a real server: run.sh [NAME...].  What they need comes from PyPI into build/backends; without it each
# is skipped by name.
set -u
here=$(dirname "$0")
build=${BUILD:-build}
venv=$build/backends/venv
command -v python3 >/dev/null || {
    echo "backends: python3 is needed (make deps installs it)" >&2
    exit 1
}
if ! [ -x "$venv/bin/moto_server" ]; then
    echo "backends: installing moto into $venv"
    mkdir -p "$build/backends"
    { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"; } >"$build/backends/install.log" 2>&1 ||
        echo "backends: moto could not be installed, see $build/backends/install.log"
fi
BACKENDS_VENV=$(cd "$build" && pwd)/backends/venv SCENARIOS_DIR=$here exec python3 -B "$here/../scenarios/runner.py" "$@"
