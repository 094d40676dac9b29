#!/bin/sh
# The emulator tested from outside: its probe extension behaves and misbehaves, and what the report says is checked.
#   BUILD=build sh tests/emulator/selftest.sh [case ...]
BUILD=${BUILD:-build}
EMU=$BUILD/lambda-emulator
PROBE=$BUILD/probe-extension
DIR=$(mktemp -d "${TMPDIR:-/tmp}/emu-selftest-XXXXXX") || exit 1
REPORT=$DIR/report.flat
LOG=$DIR/extension.log
OUT=$DIR/timeline
STORE=$DIR/store
FAILED=0
RAN=0
# Sanitizers need more memory than a function is given, and pass their settings on.
SETTINGS="--memory 4096 --env ASAN_OPTIONS --env UBSAN_OPTIONS --env LSAN_OPTIONS"

trap 'rm -rf "$DIR"' EXIT
trap 'exit 130' INT TERM

# emu WANTED-STATUS SCRIPT [options]: runs the emulator with the probe; PROBE_ settings come from the environment.
emu() {
    want=$1
    printf '%s\n' "$2" > "$DIR/script"
    shift 2
    rm -f "$REPORT" "$LOG" "$STORE"
    "$EMU" $SETTINGS --max-seconds 60 --env PROBE_EVENTS --env PROBE_SUBSCRIBE --env PROBE_MAX_BYTES --env PROBE_BUFFER_MS --env PROBE_REFUSE \
        --env PROBE_CHECKS --env PROBE_BUSY_MS --env PROBE_EXIT --env PROBE_EXIT_ONCE --env PROBE_GIVE_UP --env PROBE_LINGER_MS \
        --env "PROBE_STORE=$STORE" --extension "$PROBE" --extension-log "$LOG" --report "$REPORT" --script "$DIR/script" "$@" \
        > "$OUT" 2> "$DIR/stderr"
    got=$?
    [ "$got" = "$want" ] || fail "exit status $got instead of $want"
}

fail() {
    printf '  %s: %s\n' "$CASE" "$*"
    BAD=1
}

# value PATH: what the report says there
value() {
    sed -n "s/^$(printf '%s' "$1" | sed 's/[.]/[.]/g')=//p" "$REPORT"
}

# is PATH VALUE
is() {
    [ "$(value "$1")" = "$2" ] || fail "$1 is \"$(value "$1")\" instead of \"$2\""
}

# between PATH LOW HIGH
between() {
    value "$1" | awk -v low="$2" -v high="$3" '{ ok = $1 != "" && $1 + 0 >= low && $1 + 0 <= high } END { exit !ok }' ||
        fail "$1 is \"$(value "$1")\", not between $2 and $3"
}

# count PATTERN in the report
count() {
    grep -c "$1" "$REPORT"
}

has() {
    grep -q -- "$2" "$1" || fail "$(basename "$1") lacks: $2"
}

lacks() {
    ! grep -q -- "$2" "$1" || fail "$(basename "$1") has: $2"
}

# Everything queued for a subscriber is in one of the other columns.
balanced() {
    awk -F= '/^telemetry[.][0-9]+[.]sum[.]/ { split($1, p, "."); s[p[2], p[4]] = $2; subs[p[2]] = 1 }
        END { for (i in subs) if (s[i, "queued"] != s[i, "delivered"] + s[i, "dropped"] + s[i, "undelivered"]) exit 1 }' "$REPORT" ||
        fail "telemetry does not balance"
}

OK='{"event": {"version": "2.0", "rawPath": "/account", "rawQueryString": "user=1"}, "expect": "success"}'
LATER='{"event": {"version": "2.0", "rawPath": "/account"}, "expect": "success", "gapMs": 300}'
SLOW='{"event": {"version": "2.0", "rawPath": "/slow", "rawQueryString": "ms=150"}, "expect": "success"}'

# --- cases ---------------------------------------------------------------------------------------------------------------

case_cold_start() {
    PROBE_CHECKS=1 emu 0 "$OK"
    has "$LOG" "checks of moment 0 done, 0 failed"
    has "$LOG" "checks of moment 1 done, 0 failed"
    has "$LOG" "checks of moment 2 done, 0 failed"
    lacks "$LOG" FAILED
    is invocations.0.coldStart true
    is phases.0.phase init
    is phases.0.detail cold
    is extensions.0.state Exited
    is extensions.0.exit.code 0
    is telemetry.0.totals.platform.initStart.delivered 1
    is telemetry.0.totals.platform.initReport.delivered 1
    is telemetry.0.totals.platform.runtimeDone.delivered 1
    has "$STORE" '"initDurationMs":'
    balanced
}

case_functions_fail_as_expected() {
    emu 0 '{"event": {"version": "2.0", "rawPath": "/error"}, "expect": "error", "expectText": "account not found"}'
    is invocations.0.status success
    is invocations.0.outcome error
    emu 1 '{"event": {"version": "2.0", "rawPath": "/error"}, "expect": "success"}'
    is problems.length 1
    emu 1 '{"event": {"version": "2.0", "rawPath": "/account"}, "expectText": "not in there"}'
}

case_freeze_and_thaw() {
    emu 0 "$OK
$LATER"
    is phases.1.phase frozen
    between phases.1.durationMs 295 3000
    # The report of the first invocation exists before the freeze and is delivered after it.
    awk -F= '/^invocations[.]0[.]frozenAtMs/ { frozen = $2 } /^invocations[.]1[.]startMs/ { thawed = $2 }
        /^telemetry[.]0[.]posts[.][0-9]+[.]atMs/ { at[++n] = $2 }
        END { for (i = 1; i <= n; i++) { if (at[i] > frozen && at[i] < thawed - 5) exit 1 } exit n < 2 }' "$REPORT" ||
        fail "a POST was sent into the frozen sandbox"
    is telemetry.0.totals.platform.report.queued 2
    has "$STORE" platform.report
    balanced
    emu 0 "$OK
$LATER" --no-freeze
    [ "$(count 'phase=frozen')" = 0 ] || fail "frozen in spite of --no-freeze"
}

# The state letter of a process, nothing when it is gone.
state_of() {
    awk '{ sub(/^.*[)] /, ""); print $1 }' "/proc/$1/stat" 2> /dev/null
}

case_processes_are_stopped_while_frozen() {
    printf '%s\n' "$OK" '{"event": {}, "gapMs": 3000}' > "$DIR/script"
    "$EMU" $SETTINGS --max-seconds 20 --extension "$PROBE" --script "$DIR/script" > "$OUT" 2>&1 &
    pid=$!
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        grep -q frozen "$OUT" && break
        sleep 0.1
    done
    sleep 0.1
    children=$(sed -n 's/.*pid \([0-9]*\).*/\1/p' "$OUT")
    for child in $children; do
        [ "$(state_of "$child")" = T ] || fail "process $child is not stopped"
    done
    # The emulator dies without a chance to tidy up: its children go with it.
    kill -9 "$pid"
    wait "$pid" 2> /dev/null
    sleep 0.3
    for child in $children; do
        case $(state_of "$child") in
        '' | Z) ;;
        *) fail "process $child outlived the emulator" ;;
        esac
    done
}

case_timeout_resets_and_init_is_suppressed() {
    emu 0 '{"event": {"version": "2.0", "rawPath": "/slow", "rawQueryString": "ms=9000"}, "expect": "timeout", "expectText": "Task timed out after 0.70"}
'"$OK" --timeout 700ms
    has "$LOG" "reason timeout"
    is invocations.0.status timeout
    between invocations.0.durationMs 690 1500
    is invocations.1.coldStart false
    is phases.2.detail suppressed
    is extensions.length 2
    has "$STORE" '"phase":"invoke"'
    has "$STORE" '"status":"timeout"'
    balanced
}

case_extension_that_never_asks_for_next_times_out() {
    PROBE_BUSY_MS=-1 emu 0 '{"event": {"version": "2.0", "rawPath": "/account"}, "expect": "timeout"}' --timeout 500ms --shutdown-deadline 300ms
    has "$OUT" "probe-extension has not asked for next"
    is extensions.0.gotShutdown false
    is extensions.0.killed true
}

case_runtime_crash() {
    emu 0 '{"event": {"version": "2.0", "rawPath": "/crash"}, "expect": "crash"}
{"event": {"version": "2.0", "rawPath": "/exit", "rawQueryString": "code=0"}, "expect": "crash"}
{"event": {}, "kill": "runtime", "killAfterMs": 0, "raw": "1", "expect": "any"}
'"$OK"
    is invocations.0.errorType Runtime.ExitError
    has "$LOG" "reason failure"
    has "$STORE" '"errorType":"Runtime.ExitError"'
}

case_out_of_memory() {
    emu 0 '{"event": {"version": "2.0", "rawPath": "/slow", "rawQueryString": "ms=2000"}, "oomAfterMs": 50, "expect": "oom"}
'"$OK" --oom-error Runtime.ExitError
    is invocations.0.maxMemoryUsedMB 4096
    is invocations.0.errorType Runtime.ExitError
    is runtimes.0.oom true
}

case_extension_crash() {
    PROBE_EXIT=invoke PROBE_EXIT_ONCE=$DIR/once emu 0 '{"event": {"version": "2.0", "rawPath": "/slow", "rawQueryString": "ms=500"}, "expect": "extension-crash"}
'"$OK"
    is invocations.0.errorType Extension.Crash
    is extensions.0.exit.code 3
    is extensions.0.errorType Extension.Crash
    rm -f "$DIR/once"
    # In the init it is tried again inside the invocation.
    PROBE_EXIT=register PROBE_EXIT_ONCE=$DIR/once emu 0 "$OK"
    is phases.0.status error
    is phases.2.detail suppressed
    rm -f "$DIR/once"
    PROBE_EXIT=register emu 0 '{"event": {}, "expect": "init-error"}'
    is invocations.0.errorType Extension.Crash
}

case_extension_gives_up() {
    PROBE_GIVE_UP=init emu 0 '{"event": {}, "expect": "init-error"}'
    is invocations.0.errorType Extension.ToldTo
    PROBE_GIVE_UP=exit emu 0 '{"event": {}, "expect": "extension-crash"}'
    is invocations.0.errorType Extension.ToldTo
}

case_extension_that_cannot_be_started() {
    printf 'no program\n' > "$DIR/plain"
    emu 0 '{"event": {}, "expect": "init-error"}' --extension "$DIR/plain"
    is invocations.0.errorType Extension.LaunchError
    has "$OUT" "plain cannot be started: Permission denied"
    [ "$(count 'errorType=PermissionDenied')" -ge 1 ] || fail "no PermissionDenied in the report"
}

case_runtime_that_cannot_be_started() {
    emu 0 '{"event": {}, "expect": "init-error"}' -- /nonexistent/runtime
    is invocations.0.errorType Runtime.InvalidEntrypoint
}

case_init_timeout() {
    emu 0 '{"event": {}, "expect": "timeout"}' --init-timeout 300ms --timeout 500ms -- sleep 30
    is phases.0.status timeout
    is phases.2.detail suppressed
    is phases.2.status timeout
}

case_managed_instances() {
    PROBE_EVENTS=SHUTDOWN emu 0 '{"event": {"version": "2.0", "rawPath": "/slow", "rawQueryString": "ms=200"}, "repeat": 6, "expect": "success"}
{"event": {"version": "2.0", "rawPath": "/slow", "rawQueryString": "ms=2000"}, "expect": "timeout"}
{"event": {"version": "2.0", "rawPath": "/crash"}, "gapMs": 1500, "expect": "crash"}
'"$LATER" --init-type lambda-managed-instances --concurrency 3 --timeout 1s
    is telemetry.0.totals.platform.runtimeDone.queued ""
    [ "$(count 'phase=frozen')" = 0 ] || fail "managed instances were frozen"
    is extensions.1.sandbox 2
    has "$STORE" '"initializationType":"lambda-managed-instances"'
    # the second of three started before the first was over
    awk -F= '/^invocations[.][0-9]+[.]startMs/ { s[++n] = $2 } /^invocations[.]0[.]durationMs/ { d = $2 } END { exit !(n > 2 && s[2] < s[1] + d) }' "$REPORT" ||
        fail "invocations did not overlap"
    PROBE_EVENTS=INVOKE,SHUTDOWN emu 0 '{"event": {}, "expect": "timeout"}' --init-type lambda-managed-instances --init-timeout 500ms
    has "$LOG" "register answered 403"
    has "$LOG" "Extension.InvalidEventType"
    PROBE_EVENTS=SHUTDOWN PROBE_SUBSCRIBE=2022-12-13 emu 0 "$OK" --init-type lambda-managed-instances
    has "$LOG" "subscribe answered 400"
}

case_snap_start() {
    emu 0 "$OK" --init-type snap-start --snapshot-gap 100ms
    is phases.1.phase frozen
    is phases.2.phase restore
    has "$STORE" platform.restoreStart
    has "$STORE" platform.restoreReport
    has "$STORE" '"restoreDurationMs":'
    emu 0 "$OK
$LATER" --init-type snap-start --snapshot-drop-connections
    balanced
}

case_provisioned_concurrency() {
    emu 0 "$OK" --init-type provisioned-concurrency
    is invocations.0.coldStart false
    is phases.1.phase frozen
    lacks "$STORE" '"initDurationMs":'
}

case_cut_records() {
    PROBE_BUSY_MS=100 emu 0 '{"event": {"version": "2.0", "rawPath": "/log", "rawQueryString": "bytes=5000&repeat=3"}, "expect": "success"}' --cut-bytes 3000
    between telemetry.0.cuts 3 100
    between telemetry.0.totals.function.delivered 6 100
    grep -v ']$' "$STORE" | grep -q '^\[{"time":' || fail "no body ends inside a record"
    balanced
}

case_duplicates() {
    emu 0 "$OK
$LATER
$LATER" --duplicate-every 2
    between telemetry.0.sum.duplicated 1 1000
    [ -n "$(uniq -d "$STORE")" ] || fail "no body came twice"
    balanced
}

case_bad_records_and_garbage() {
    emu 0 "$OK
$LATER" --bad-record-every 1 --garbage-every 1
    between telemetry.0.badRecords 2 100
    between telemetry.0.garbage 2 100
    has "$STORE" '"broken":}}'
    has "$STORE" '^<html>'
    balanced
}

case_internal_extension() {
    cat > "$DIR/runtime" <<'RT'
#!/bin/sh
exec 2>&1
E=http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension
R=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
id=$(curl -s -D - -o /dev/null -H 'Lambda-Extension-Name: inside' -d '{"events":["INVOKE"]}' $E/register | sed -n 's/^lambda-extension-identifier: \([^\r]*\).*/\1/Ip')
while :; do curl -s -H "Lambda-Extension-Identifier: $id" $E/event/next > /dev/null || exit; done &
while :; do
    req=$(curl -s -D - -o /dev/null $R/next | sed -n 's/^lambda-runtime-aws-request-id: \([^\r]*\).*/\1/Ip')
    curl -s -d '"done"' $R/$req/response
done
RT
    chmod +x "$DIR/runtime"
    command -v curl > /dev/null || return
    emu 0 '{"event": 1, "repeat": 2, "expect": "success", "expectText": "done"}' -- "$DIR/runtime"
    has "$OUT" "inside registered for INVOKE (internal)"
    [ "$(count 'internal=true')" = 1 ] || fail "no internal extension in the report"
}

case_refused_batches_are_retried() {
    PROBE_REFUSE=2 PROBE_BUSY_MS=600 emu 0 "$OK"
    is telemetry.0.retries 2
    is telemetry.0.refusals 2
    is telemetry.0.sum.dropped 0
    is telemetry.0.totals.platform.initStart.delivered 1
    balanced
}

case_refused_batches_are_dropped() {
    PROBE_REFUSE=1 PROBE_BUSY_MS=200 emu 0 "$OK" --on-refusal drop
    is telemetry.0.retries 0
    is telemetry.0.totals.platform.initStart.dropped 1
    has "$STORE" platform.logsDropped
    PROBE_REFUSE=2 PROBE_BUSY_MS=600 emu 0 "$OK" --refusal-retries 1
    is telemetry.0.totals.platform.initStart.dropped 1
    balanced
}

case_full_queue_drops_lines() {
    PROBE_REFUSE=100000 emu 0 '{"event": {"version": "2.0", "rawPath": "/flood", "rawQueryString": "mb=8"}, "expect": "success"}' \
        --queue-bytes 1m --overflow-after 200ms --timeout 30s
    between telemetry.0.totals.function.dropped 1000 10000000
    balanced
}

case_flood_is_delivered_while_somebody_listens() {
    PROBE_MAX_BYTES=1048576 PROBE_BUSY_MS=2000 emu 0 '{"event": {"version": "2.0", "rawPath": "/flood", "rawQueryString": "mb=8"}, "expect": "success"}' \
        --queue-bytes 1m --timeout 30s
    is telemetry.0.totals.function.dropped 0
    is telemetry.0.totals.function.undelivered 0
    balanced
}

case_late_lines() {
    emu 0 "$OK
$LATER" --late-lines 1 --telemetry-log "$DIR/emitted"
    # the first function line after the second start is older than that start
    awk '/"platform.start"/ { starts++; split($0, p, "\""); start = p[4]; next }
        /"type":"function"/ && starts == 2 { split($0, p, "\""); exit !(p[4] < start) }' "$DIR/emitted" || fail "no late line after the thaw"
}

case_shutdown_deadline_kills() {
    PROBE_LINGER_MS=-1 emu 0 "$OK" --shutdown-deadline 300ms
    is extensions.0.killed true
    is extensions.0.gotShutdown true
    is extensions.0.exit.signal 9
    is extensions.0.state ShutdownFailed
    awk -F= '/^phases.*phase=shutdown/ { split($1, p, "."); i = p[2] } { v[$1] = $2 } END { d = v["phases." i ".durationMs"]; exit !(d >= 295 && d < 2000) }' "$REPORT" ||
        fail "the shutdown did not last as long as its deadline"
}

case_no_shutdown_event_without_subscription() {
    PROBE_EVENTS=INVOKE emu 0 "$OK"
    is extensions.0.gotShutdown false
    is extensions.0.killed true
    lacks "$LOG" "event SHUTDOWN"
}

case_subscribe_answers() {
    for a in 202 403 404 500 400-for-2025-01-29; do
        emu 0 "$OK" --subscribe-answer "$a"
        has "$LOG" "subscribe answered ${a%%-*}"
        is telemetry.length 0
    done
    PROBE_SUBSCRIBE=2022-12-13 emu 0 "$OK" --subscribe-answer 400-for-2025-01-29
    is telemetry.0.schema 2022-12-13
}

case_tcp_subscription() {
    PROBE_TCP=1 emu 0 "$OK
$LATER" --env PROBE_TCP
    is telemetry.0.totals.platform.runtimeDone.delivered 2
    [ "$(grep -c '^{"time":.*}$' "$STORE")" = "$(value telemetry.0.sum.delivered)" ] || fail "lines stored are not the lines delivered"
    balanced
}

case_tenant_and_log_format() {
    emu 0 '{"event": {"version": "2.0", "rawPath": "/log", "rawQueryString": "as=json&text=hello"}, "expect": "success"}' --tenant blue --log-format JSON
    has "$STORE" '"tenantId":"blue"'
    has "$STORE" '"type":"function","record":{'
}

case_post_invoke_overhead_is_measured() {
    PROBE_BUSY_MS=200 emu 0 "$OK"
    between invocations.0.postInvokeOverheadMs 190 2000
    between extensions.0.overheadMs.0 190 2000
    has "$STORE" platform.runtimeDone
}

case_new_sandbox_after_shutdown() {
    emu 0 "$OK
{\"shutdown\": true, \"reason\": \"timeout\"}
$OK"
    is extensions.1.sandbox 2
    is invocations.1.coldStart true
    has "$LOG" "reason timeout"
}

case_wrapper_and_environment() {
    cat > "$DIR/wrapper" <<'WRAP'
#!/bin/sh
echo "wrapped:$_HANDLER:$CUSTOM:$1"
exec "$@"
WRAP
    chmod +x "$DIR/wrapper"
    emu 0 "$OK" --wrapper "$DIR/wrapper" --handler a.b --env CUSTOM=c --telemetry-log "$DIR/emitted"
    has "$DIR/emitted" "wrapped:a.b:c:.*sample-function"
}

case_any_command_is_a_runtime() {
    emu 0 '{"event": {}, "expect": "init-error"}' -- sh -c 'echo to stdout; echo to stderr >&2; exit 3' --telemetry-log none
    is runtimes.0.exit.code 3
    is runtimes.0.outputLines 2
    is invocations.0.errorType Runtime.ExitError
}

case_wrong_usage_is_explained() {
    emu 2 "$OK" --memoy 5
    has "$DIR/stderr" "did you mean --memory"
    emu 2 '{"event": 1, "expct": "success"}'
    has "$DIR/stderr" 'script line 1: unknown member "expct"; did you mean "expect"?'
    emu 2 "$OK" --script /nonexistent/script
    has "$DIR/stderr" "/nonexistent/script: No such file"
    "$EMU" --help | grep -q "Exit status" || fail "--help is not whole"
}

case_watchdog_ends_everything() {
    emu 3 '{"event": {"version": "2.0", "rawPath": "/slow", "rawQueryString": "ms=60000"}}' --max-seconds 1 --timeout 60s
    has "$DIR/stderr" "max-seconds"
    is exitStatus 3
}

case_port_that_is_taken() {
    "$EMU" --listen 0 --max-seconds 20 > "$DIR/other" 2>&1 &
    pid=$!
    port=
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        port=$(sed -n 's/.*APIs at 127.0.0.1:\([0-9]*\),.*/\1/p' "$DIR/other")
        [ -n "$port" ] && break
        sleep 0.1
    done
    emu 4 "$OK" --port "$port"
    has "$DIR/stderr" "port $port on 127.0.0.1 cannot be used"
    kill -INT "$pid"
    wait "$pid" || fail "--listen did not end well at SIGINT"
}

# --- the run -------------------------------------------------------------------------------------------------------------

cases=${*:-$(sed -n 's/^case_\([a-z_]*\)() {$/\1/p' "$0")}
for c in $cases; do
    CASE=$c
    BAD=0
    RAN=$((RAN + 1))
    "case_$c"
    if [ "$BAD" = 0 ]; then
        printf 'ok      %s\n' "$c"
    else
        FAILED=$((FAILED + 1))
        printf 'FAILED  %s\n' "$c"
        [ -n "$KEEP" ] && cp -r "$DIR" "$KEEP/$c"
    fi
done
printf '%s cases, %s failed\n' "$RAN" "$FAILED"
[ "$FAILED" = 0 ]
