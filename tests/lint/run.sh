#!/bin/sh
# All checks that need no running program: each prints "lint: NAME ok" or its findings; exit code 1 if anything was found.
# LINT="name name" runs some of them; BUILD is where nightjar is built for the reference page.
set -u
cd "$(dirname "$0")/../.." || exit 2
BUILD=${BUILD:-build}
JOBS=$(nproc 2>/dev/null || echo 2)
VERSION=$(cat VERSION)
FORMAT_MAJOR="14 15"
failed=0
out=$(mktemp) || exit 2
trap 'rm -f "$out" "$out".*' EXIT

c_files() {
    find include src extension tests -name '*.[ch]' | sort
}

# verdict NAME RC: RC is what the check answered, its findings are in $out.
verdict() {
    if [ "$2" -eq 0 ]; then
        echo "lint: $1 ok"
    else
        sed "s|^$PWD/||; s/^/lint: $1: /" "$out" | head -n 200
        echo "lint: $1 found something"
        failed=1
    fi
}

check_format() {
    major=$(clang-format --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p')
    case " $FORMAT_MAJOR " in
    *" $major "*) ;;
    *)
        # Releases differ in details: the tree can follow one only.
        echo "lint: format skipped (clang-format $major here; the tree is laid out by $FORMAT_MAJOR)"
        return
        ;;
    esac
    c_files | xargs clang-format --dry-run -Werror >"$out" 2>&1
    rc=$?
    sed -i '/ error: /!d; s/ \[-Wclang.*//' "$out"
    verdict format $rc
}

# One file each, so that two processors have work to the end.  clang's own warnings are silenced: the build has them.
check_tidy() {
    find src extension tests -name '*.c' | sort | xargs -P "$JOBS" -n 1 sh -c '
        clang-tidy --quiet "$2" -- -std=c17 -w -Iinclude -Itests/unit -D_GNU_SOURCE "-DNJ_VERSION=\"$0\"" >"$1.$$" 2>"$1.$$.err"
        rc=$?
        [ $rc -eq 0 ] || { grep -v "warnings treated as errors" "$1.$$"; grep "error:" "$1.$$.err"; }
        rm -f "$1.$$" "$1.$$.err"
        exit $rc' "$VERSION" "$out" >"$out" 2>&1
    verdict tidy $?
}

# internalAstError is cppcheck's own confusion about valid C.
check_cppcheck() {
    cppcheck -q -j"$JOBS" --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
        --suppress=missingIncludeSystem --suppress=internalAstError --library=posix -Iinclude -D_GNU_SOURCE -D__GNUC__ "-DNJ_VERSION=\"$VERSION\"" \
        src extension tests >"$out" 2>&1
    verdict cppcheck $?
}

check_house() {
    python3 tests/lint/house_test.py || failed=1
    python3 tests/lint/house.py || failed=1
}

check_reference() {
    if make -s -j"$JOBS" BUILD="$BUILD" "$BUILD/nightjar" >"$out" 2>&1; then
        "$BUILD/nightjar" --reference 2>&1 | diff -u docs/reference.md - >"$out" 2>&1 ||
            { echo "docs/reference.md is not what the program says; run: make docs" >>"$out"; false; }
    fi
    verdict reference $?
}

check_scripts() {
    rc=0
    : >"$out"
    shells=$(find packaging tests extension -name '*.sh' | sort)
    for f in $shells; do
        sh -n "$f" >>"$out" 2>&1 || rc=1
    done
    if command -v bash >/dev/null; then
        bash -n .ci/run >>"$out" 2>&1 || rc=1
    fi
    if command -v shellcheck >/dev/null; then
        # shellcheck disable=SC2086 # a list of words
        shellcheck $shells .ci/run >>"$out" 2>&1 || rc=1
    fi
    find packaging tests -name '*.py' | sort | xargs python3 -c '
import ast, sys
for name in sys.argv[1:]:
    ast.parse(open(name, encoding="utf-8").read(), name)' >>"$out" 2>&1 || rc=1
    verdict scripts $rc
}

for check in ${LINT:-format house scripts reference cppcheck tidy}; do
    "check_$check"
done
exit $failed
