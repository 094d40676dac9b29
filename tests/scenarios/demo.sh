#!/bin/sh
# nightjar at work: the local Lambda, the sample function, and what reaches the sink. BUILD says where the programs are.
set -eu
exec python3 -B "$(dirname "$0")/demo.py" "$@"
