/* nightjar/decode.h -- one telemetry element in, one record out; nothing of it is lost.
 *
 * platform.*          event = the type, data_json = the whole record object, message = one readable sentence.
 * function/extension  text: message = the line without its final newline, severity read from it where it says one;
 *                     JSON object: data_json = every field, message = its message/msg/log/... as text.
 *                     Any other JSON: message = that JSON text.
 * unknown type        passes through like a platform record.
 * unreadable          event function.log, message = the bytes as text, data nightjar.unreadable = the reason.
 *
 * Besides: members of the envelope that no schema has stay in data nightjar.envelope; ERROR and FATAL go to the critical lane.
 *
 * The record's views point into the element and into scratch, which must live as long as the record; scratch may move, so
 * it holds one record at a time.  It needs room for twice the element and 1,024 bytes; an element for which there is none
 * is unreadable.
 *
 * Blocking   never.  Globals: constant tables (events.def).
 */
#ifndef NIGHTJAR_DECODE_H
#define NIGHTJAR_DECODE_H

#include "nightjar/invocation.h"

/* What the platform told between the lines; the pipeline acts on it. */
struct nj_facts {
    enum nj_event_kind {
        NJ_EV_OTHER,
#define NJ_EVENT(enumerator, type, category, severity, lane) NJ_EV_##enumerator,
#include "nightjar/events.def"
#undef NJ_EVENT
        NJ_EVENT_KINDS
    } kind;
    struct nj_str request_id; /* record.requestId, or absent */
    struct nj_str tenant_id;
    struct nj_str trace_value, trace_span; /* tracing.value, tracing.spanId */
    struct nj_str function_arn, function_name, function_version, instance_id, init_type, runtime_arn;
    struct nj_str status; /* success, failure, error, timeout */
    /* Of a structured log: an event of OWASP's vocabulary by its name, the status of a request, whose it was. */
    struct nj_str log_event, log_address, log_user;
    int64_t log_status;                      /* 0 = none */
    uint64_t dropped_records, dropped_bytes; /* platform.logsDropped */
};

/* now_ns stands in for a time that is missing or unreadable (data nightjar.time = what was there). */
void nj_decode(struct nj_str element, int64_t now_ns, struct nj_buf *scratch, struct nj_record *out, struct nj_facts *facts);
/* A piece that is no element (NJ_SLICE_BAD, or a cut one whose rest never came): shipped as text with the reason. */
void nj_decode_unreadable(struct nj_str piece, struct nj_str reason, int64_t now_ns, struct nj_buf *scratch, struct nj_record *out);

/* Two POSTs that share one record: the second begins by repeating the envelope of the cut one (lambda-protocol 2.4).
 *
 * WHOLE  the whole element was appended to out; *rest is what follows it in next (the remaining elements, without the
 *        leading comma; give it to the slicer), or absent.
 * PART   next ends inside the same record too: what there is of it by now was appended to out and takes the place of cut.
 *        *rest is absent.
 * NO     next does not continue cut; out is as it was. */
enum nj_join { NJ_JOIN_NO, NJ_JOIN_WHOLE, NJ_JOIN_PART };
NJ_MUST enum nj_join nj_decode_join(struct nj_str cut, struct nj_str next, struct nj_buf *out, struct nj_str *rest);

#endif
