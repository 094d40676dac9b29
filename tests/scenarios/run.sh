#!/bin/sh
# Runs the scenarios: nightjar in the local Lambda, one folder a story.  run.sh [NAME...]; BUILD and SCENARIOS_BINARY say what is tested.
set -eu
here=$(dirname "$0")
command -v python3 >/dev/null || {
    echo "scenarios: python3 is needed (make deps installs it)" >&2
    exit 1
}
exec python3 -B "$here/runner.py" "$@"
