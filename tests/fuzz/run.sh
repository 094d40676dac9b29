#!/bin/sh
# Builds every tests/fuzz/fuzz_*.c under sanitizers and lets each search for FUZZ_SECONDS (60); FUZZ="rules decode" for some of them.
# What it finds stays in BUILD/fuzz/NAME-crash-*; what it learnt stays in BUILD/fuzz/NAME.corpus for the next time.
set -u
cd "$(dirname "$0")/../.." || exit 2
BUILD=${BUILD:-build}/fuzz
SECONDS_EACH=${FUZZ_SECONDS:-60}
FUZZ=${FUZZ:-$(find tests/fuzz -name 'fuzz_*.c' -exec basename {} .c \; | sort)}
JOBS=$(nproc 2>/dev/null || echo 2)

probe=$(mktemp -d) || exit 2
trap 'rm -rf "$probe"' EXIT
echo 'int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n); int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n) { return d && n ? 0 : 0; }' >"$probe/p.c"
if ! clang -fsanitize=fuzzer,address,undefined -o "$probe/p" "$probe/p.c" >/dev/null 2>&1; then
    for name in $FUZZ; do
        echo "fuzz: $name skipped (clang with libFuzzer is not here: clang and libclang-rt-*-dev)"
    done
    exit 0
fi

failed=0
for name in $FUZZ; do
    name=fuzz_${name#fuzz_}
    if ! make -s -j"$JOBS" BUILD="$BUILD" CC="${FUZZ_CC:-clang}" SAN=address,undefined,fuzzer-no-link "$BUILD/fuzz/$name" >"$probe/log" 2>&1; then
        tail -n 20 "$probe/log"
        echo "fuzz: $name does not build"
        failed=1
        continue
    fi
    python3 -B tests/fuzz/seeds.py "$name" "$BUILD/$name.seeds" || exit 2
    mkdir -p "$BUILD/$name.corpus"
    if "$BUILD/fuzz/$name" -max_len=8192 -timeout=20 -rss_limit_mb=2048 -max_total_time="$SECONDS_EACH" -print_final_stats=1 \
        -artifact_prefix="$BUILD/$name-" "$BUILD/$name.corpus" "$BUILD/$name.seeds" >"$BUILD/$name.log" 2>&1; then
        echo "fuzz: $name ok ($(sed -n 's/^stat::number_of_executed_units: *//p' "$BUILD/$name.log") inputs)"
    else
        grep -aE '^(ERROR|==[0-9]*==ERROR|SUMMARY|artifact_prefix|Test unit written)|runtime error' "$BUILD/$name.log" | head -n 10
        echo "fuzz: $name found something: $BUILD/$name.log"
        failed=1
    fi
done
exit $failed
