#!/bin/sh
# Fetches and builds the runtime clients below $BUILD/runtimes: build.sh [NAME...].  One core; what is built already is left alone.
#
# Each NAME leaves $BUILD/runtimes/NAME/ready (how to start it, one word a line, {handler} for the handler), or .../why with one sentence: why it cannot be had.
set -u
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-build}
mkdir -p "$BUILD/runtimes" || exit 1
out=$(cd "$BUILD/runtimes" && pwd)

cannot() { # sentence; the log, if any, stays beside it
    printf '%s\n' "$1" >"$dir/why"
}

need() { # command...: false with a reason when one is absent
    for c in "$@"; do
        command -v "$c" >/dev/null || {
            cannot "$c is not installed"
            return 1
        }
    done
}

logged() { # what it is, command...
    what=$1
    shift
    echo "+ $*" >>"$dir/log"
    "$@" >>"$dir/log" 2>&1 || {
        cannot "$what failed; see $dir/log"
        return 1
    }
}

ready() {
    printf '%s\n' "$@" >"$dir/ready"
}

build_python() {
    # The client brings sources of curl and aws-lambda-cpp and builds them with autotools and cmake.
    need python3 cmake make g++ autoconf automake libtoolize || return
    logged "python3 -m venv" python3 -m venv "$dir/venv" || return
    logged "pip install" "$dir/venv/bin/pip" install --disable-pip-version-check -q -r "$dir/src/requirements.txt" || return
    ready "$dir/venv/bin/python3" -m awslambdaric {handler}
}

build_node() {
    need node npm cmake make g++ python3 autoconf automake libtoolize || return
    if [ -f "$dir/src/package-lock.json" ]; then logged "npm ci" npm --prefix "$dir/src" ci || return; else
        logged "npm install" npm --prefix "$dir/src" install || return
    fi
    ready "$dir/src/node_modules/.bin/aws-lambda-ric" {handler}
}

build_go() {
    need go || return
    logged "go build" sh -c 'cd "$1" && GOMAXPROCS=1 go build -p 1 -tags lambda.norpc -o ../bootstrap .' sh "$dir/src" || return
    ready "$dir/bootstrap"
}

build_rust() {
    need cargo || return
    logged "cargo build" cargo build --locked -j 1 --release --manifest-path "$dir/src/Cargo.toml" --target-dir "$dir/target" || return
    ready "$dir/target/release/nightjar-runtime-test"
}

build_java() {
    need java javac mvn || return
    logged "mvn package" mvn -q -B -f "$dir/src/pom.xml" package || return
    ready "$(command -v java)" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$dir/src/target/handler.jar:$dir/src/target/lib/*" \
        com.amazonaws.services.lambda.runtime.api.client.AWSLambda {handler}
}

build_shell() {
    need curl || return
    ready "$dir/src/bootstrap"
}

[ $# -gt 0 ] || set -- shell go python node rust java
export MAKEFLAGS= CMAKE_BUILD_PARALLEL_LEVEL=1 npm_config_jobs=1 CARGO_BUILD_JOBS=1
for name in "$@"; do
    dir=$out/$name
    sum=$(cat "$here/build.sh" $(find "$here/$name" -type f | LC_ALL=C sort) | cksum)
    [ -f "$dir/ready" ] && [ "$(cat "$dir/sum" 2>/dev/null)" = "$sum" ] && continue
    rm -rf "$dir/src" "$dir/ready" "$dir/why" "$dir/log"
    mkdir -p "$dir" && cp -R "$here/$name" "$dir/src" || exit 1
    echo "runtimes: building the $name client" >&2
    "build_$name"
    [ -f "$dir/ready" ] && printf '%s\n' "$sum" >"$dir/sum"
    [ -f "$dir/why" ] && echo "runtimes: $name: $(cat "$dir/why")" >&2
done
exit 0
