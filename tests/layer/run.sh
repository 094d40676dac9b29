#!/bin/sh
# Proves the layer that `make layer` built.  run.sh [STEP...]; BUILD, LAYER_DIR and ARCH say what and where.
set -eu
exec python3 -B "$(dirname "$0")/prove.py" "$@"
