#!/bin/sh
# Judges nightjar by AWS's own emulator, aws-lambda-rie: builds it below $BUILD/judges and runs the cases of rie.py under it.
#
#   BUILD=build sh tests/judges/rie.sh [CASE...]      RIE=/path/to/aws-lambda-rie uses a program that is there already
#
# The emulator executes whatever is in /opt/extensions, so all of this happens in a mount namespace of its own, where /opt is a
# folder prepared here.  What cannot be done on this machine is skipped, by name and with the reason; JUDGES_MUST=1 makes it fail.
set -u
RIE_MODULE=github.com/aws/aws-lambda-runtime-interface-emulator
RIE_VERSION=v0.0.0-20261030222936-bef5c4ba774d # the tags of the project are not versions that Go knows

here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "${BUILD:-build}" && pwd) || exit 1
export BUILD
store=$BUILD/judges
mkdir -p "$store/opt/extensions" "$store/opt/bin" "$store/opt/cases" || exit 1
command -v python3 >/dev/null || {
    echo "check-rie: python3 is needed (make deps installs it)" >&2
    exit 1
}

skip() {
    python3 -B "$here/rie.py" --skip "$1"
    rc=$?
    [ -z "${JUDGES_MUST:-}" ] || exit 1
    exit $rc
}

build_rie() {
    RIE=$store/aws-lambda-rie
    [ -x "$RIE" ] && [ "$(cat "$RIE.version" 2>/dev/null)" = "$RIE_VERSION" ] && return 0
    command -v go >/dev/null || skip "go is not installed, so aws-lambda-rie cannot be built"
    echo "check-rie: building aws-lambda-rie $RIE_VERSION" >&2
    GOBIN=$store CGO_ENABLED=0 go install "$RIE_MODULE/cmd/aws-lambda-rie@$RIE_VERSION" >"$store/go.log" 2>&1 || {
        why=$(sed -n 's/^[[:space:]]*//; /./h; ${x;p;}' "$store/go.log")
        skip "go install $RIE_MODULE@$RIE_VERSION failed: ${why:-no reason given}"
    }
    printf '%s\n' "$RIE_VERSION" >"$RIE.version"
}

if [ -n "${RIE:-}" ]; then
    [ -x "$RIE" ] || {
        echo "check-rie: RIE=$RIE is not a program" >&2
        exit 1
    }
else
    build_rie
fi

# Ordinary users get a namespace where they are root; containers often allow neither.
user=
[ "$(id -u)" = 0 ] || user=--map-root-user
[ -d /opt ] || skip "there is no /opt to mount a folder on"
unshare --mount $user mount --bind "$store/opt" /opt 2>"$store/unshare.log" ||
    skip "a mount namespace is not permitted here: $(tail -n 1 "$store/unshare.log")"

# The extension keeps its name; a shell stands in front of it to write down how it left, since the emulator tells nobody.
install -m 0755 "$BUILD/nightjar" "$BUILD/sample-function" "$store/opt/bin/" &&
    install -m 0755 "$RIE" "$store/opt/bin/aws-lambda-rie" && install -m 0755 "$BUILD/nightjar-capture" "$store/opt/" || exit 1
cat >"$store/opt/bootstrap" <<'END'
#!/bin/sh
exec /opt/nightjar-capture /opt/bin/sample-function "$@"
END
cat >"$store/opt/extensions/nightjar" <<'END'
#!/bin/sh
[ $# -eq 0 ] || exec /opt/bin/nightjar "$@"
/opt/bin/nightjar 2>>"$JUDGE_DIR/nightjar.log"
code=$?
echo $code >>"$JUDGE_DIR/left"
exit $code
END
chmod 0755 "$store/opt/extensions/nightjar" "$store/opt/bootstrap" || exit 1
# $0 and "$@" belong to the inner shell.
# shellcheck disable=SC2016
exec unshare --mount $user sh -c 'mount --bind "$BUILD/judges/opt" /opt && exec python3 -B "$0" "$@"' "$here/rie.py" "$@"
