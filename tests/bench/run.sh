#!/bin/sh
# Measures nightjar against the budgets of the design, as ratios taken in one run on this machine. BUILD says where the programs are.
set -eu
exec python3 -B "$(dirname "$0")/bench.py" "$@"
