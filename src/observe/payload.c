/* One copy of an input, a response or an error becomes one record. */
#include "payload_error.h"

#include "nightjar/hex.h"
#include "nightjar/sha256.h"

struct decoding {
    const struct nj_payload *p;
    struct nj_buf *scratch;
    struct nj_record *out;
    uint64_t size;
    bool failed; /* it is an invocation.error */
    bool cut;
    struct nj_piece payload; /* a JSON value */
    struct nj_str body;      /* what was done to its body */
    struct nj_piece object;  /* {"payload": ...} */
    struct nj_piece message, sum;
    struct nj_error error;
    bool trailer; /* the error came in one, and it could be read */
};

static const struct {
    struct nj_str event;
    enum nj_category category;
    struct nj_str phase, without_words;
} kinds[NJ_PAYLOAD_KINDS] = {
    [NJ_PAYLOAD_INPUT] = { NJ_STR_INIT("invocation.input"), NJ_CAT_INPUT, { NULL, 0 }, { NULL, 0 } },
    [NJ_PAYLOAD_RESPONSE] = { NJ_STR_INIT("invocation.response"), NJ_CAT_RESPONSE, { NULL, 0 }, NJ_STR_INIT("the response broke off") },
    [NJ_PAYLOAD_ERROR] = { NJ_STR_INIT("invocation.error"), NJ_CAT_ERROR, { NULL, 0 }, NJ_STR_INIT("the invocation failed") },
    [NJ_PAYLOAD_INIT_ERROR] = { NJ_STR_INIT("invocation.error"), NJ_CAT_ERROR, NJ_STR_INIT("init"), NJ_STR_INIT("the init phase failed") },
    [NJ_PAYLOAD_RESTORE_ERROR] = { NJ_STR_INIT("invocation.error"), NJ_CAT_ERROR, NJ_STR_INIT("restore"),
                                   NJ_STR_INIT("the restore failed") },
};

static struct nj_str view(const struct decoding *d, struct nj_piece p)
{
    return nj_piece_view(d->scratch, p);
}

static bool is_there(struct nj_piece p)
{
    return p.from != p.to;
}

/* --- the payload -------------------------------------------------------------------------------------------------- */

/* Eight NUL bytes end the prelude of a stream; there may be fewer before the cut. */
static struct nj_str without_nuls(struct nj_str s)
{
    while (s.n != 0 && s.p[s.n - 1] == '\0')
        s.n--;
    return s;
}

static bool may_have_prelude(const struct nj_payload *p)
{
    return p->kind == NJ_PAYLOAD_RESPONSE &&
           (p->streaming || nj_str_find(p->content_type, NJ_STR("http-integration-response"), 0) != NJ_NPOS);
}

static bool is_object(struct decoding *d, struct nj_piece p)
{
    return is_there(p) && view(d, p).p[0] == '{';
}

static void read_payload(struct decoding *d)
{
    struct nj_str kept = d->p->kept;
    enum nj_content content;
    bool half = false;
    if (may_have_prelude(d->p)) {
        if (nj_body_stream(d->scratch, kept, d->cut, d->size, &d->payload)) {
            d->body = NJ_STR("stream");
            return;
        }
        kept = d->cut ? without_nuls(kept) : kept;
    }
    d->payload = nj_value_of(d->scratch, nj_piece_of(kept), d->cut, d->size, true, &half, &content);
    if (content != NJ_CONTENT_JSON)
        return;
    if (is_object(d, d->payload))
        d->payload = nj_body_expand(d->scratch, d->payload, d->cut, half, &d->body);
    else if (half) /* a string that was cut is text that was cut */
        d->payload = nj_value_half(d->scratch, d->payload);
}

/* The errors that are posted: their document is taken apart, anything else stays a payload. */
static void read_error(struct decoding *d)
{
    if (d->p->kind == NJ_PAYLOAD_RESPONSE) {
        d->trailer = nj_error_trailer(d->scratch, d->p->error_body, &d->error);
    } else if (is_object(d, d->payload)) {
        nj_error_read(d->scratch, d->payload, &d->error);
        d->payload = (struct nj_piece){ .base = NULL };
    }
}

static bool wrap(struct decoding *d)
{
    static const struct nj_str open = NJ_STR_INIT("{\"payload\":");
    struct nj_json v;
    if (nj_buf_reserve(d->scratch, open.n + (d->payload.to - d->payload.from) + 1) != NJ_OK)
        return true;
    d->object = (struct nj_piece){ .base = NULL, .from = d->scratch->n };
    nj_buf_add(d->scratch, open);
    nj_buf_add(d->scratch, view(d, d->payload));
    nj_buf_addc(d->scratch, '}');
    d->object.to = d->scratch->n;
    return nj_json_parse(view(d, d->object), &v) == NJ_OK;
}

static void read_content(struct decoding *d)
{
    bool posted_error = d->p->kind > NJ_PAYLOAD_RESPONSE;
    if (!d->p->metadata_only || posted_error) /* the type of an error may stand in its document alone */
        read_payload(d);
    if (d->failed)
        read_error(d);
    if (d->p->metadata_only) {
        d->payload = (struct nj_piece){ .base = NULL };
        d->body = (struct nj_str){ NULL, 0 };
    }
    if (!is_there(d->payload) || wrap(d))
        return;
    /* Deeper than a record may be, by the one level that we add: as text. */
    d->payload = nj_value_text(d->scratch, nj_piece_of(d->p->kept), d->cut);
    d->body = (struct nj_str){ NULL, 0 };
    d->object = (struct nj_piece){ .base = NULL };
    if (is_there(d->payload) && !wrap(d))
        d->object = (struct nj_piece){ .base = NULL };
}

/* --- the sentence ------------------------------------------------------------------------------------------------- */

static void add_count(struct nj_buf *b, uint64_t v)
{
    char text[32];
    size_t at = sizeof(text);
    unsigned digits = 0;
    do {
        if (digits != 0 && digits % 3 == 0)
            text[--at] = ',';
        text[--at] = (char)('0' + v % 10);
        digits++;
    } while ((v /= 10) != 0);
    nj_buf_add(b, (struct nj_str){ text + at, sizeof(text) - at });
}

static void add_size(struct decoding *d)
{
    nj_buf_addz(d->scratch, " of ");
    add_count(d->scratch, d->size);
    nj_buf_addz(d->scratch, d->size == 1 ? " byte" : " bytes");
}

static bool refused(const struct nj_payload *p)
{
    return p->upstream_status != 0 && (p->upstream_status < 200 || p->upstream_status > 299);
}

static double duration_ms(const struct nj_payload *p)
{
    int64_t us = p->end_ns > p->start_ns ? (p->end_ns - p->start_ns) / 1000 : 0;
    return (double)us / 1000.0;
}

static void say_response(struct decoding *d)
{
    struct nj_buf *b = d->scratch;
    nj_buf_addz(b, d->p->streaming ? "streamed response" : "response");
    if (d->p->status_code != 0)
        nj_buf_addf(b, " %u", d->p->status_code);
    add_size(d);
    if (d->p->streaming)
        nj_buf_addf(b, " in %.1f ms", duration_ms(d->p));
}

/* The name of a type in any language: Function.LedgerError, java.lang.Exception, *errors.errorString, std::io::Error.  Not a sentence,
 * nor anything else that a function may have put where the name belongs. */
static bool is_type_name(struct nj_str s)
{
    enum { LONGEST = 128 };
    static const struct nj_str marks = NJ_STR_INIT("._:$*&<>[]`-");
    bool letters = false;
    for (size_t i = 0; i < s.n; i++) {
        bool letter = (s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z';
        letters = letters || letter;
        if (!letter && !(s.p[i] >= '0' && s.p[i] <= '9') && nj_str_chr(marks, s.p[i], 0) == NJ_NPOS)
            return false;
    }
    return letters && s.n <= LONGEST;
}

/* The text, or nothing where only metadata may be said and it is no type's name. */
static struct nj_str type_or_nothing(const struct decoding *d, struct nj_str type)
{
    return d->p->metadata_only && !is_type_name(type) ? (struct nj_str){ NULL, 0 } : type;
}

static struct nj_str document_type(const struct decoding *d)
{
    const struct nj_error_value *v = &d->error.part[NJ_ERROR_TYPE];
    return v->json ? (struct nj_str){ NULL, 0 } : type_or_nothing(d, view(d, v->piece));
}

/* The type that is said: the header's, before the document's. */
static struct nj_str error_type(const struct decoding *d)
{
    struct nj_str type = type_or_nothing(d, d->p->error_type);
    return type.n != 0 ? type : document_type(d);
}

static void say_error(struct decoding *d)
{
    enum { LONGEST = 1024 };
    struct nj_buf *b = d->scratch;
    struct nj_error_value *m = &d->error.part[NJ_ERROR_MESSAGE];
    struct nj_str type = error_type(d), text = view(d, m->piece);
    if (d->p->metadata_only)
        text = (struct nj_str){ NULL, 0 };
    if (text.n > LONGEST)
        text = nj_cut_text(nj_str_slice(text, 0, LONGEST));
    if (type.n == 0 && text.n == 0) {
        nj_buf_add(b, kinds[d->p->kind].without_words);
        return;
    }
    /* Both may be in scratch, which must not move under them. */
    size_t type_at = type.n != 0 && type.p != d->p->error_type.p ? (size_t)(type.p - b->p) : NJ_NPOS;
    size_t text_at = m->piece.base == NULL && text.n != 0 ? (size_t)(text.p - b->p) : NJ_NPOS;
    if (nj_buf_reserve(b, type.n + text.n + 2) != NJ_OK)
        return;
    if (type_at != NJ_NPOS)
        type.p = b->p + type_at;
    if (text_at != NJ_NPOS)
        text.p = b->p + text_at;
    nj_buf_add(b, type);
    nj_buf_addz(b, type.n != 0 && text.n != 0 ? ": " : "");
    nj_buf_add(b, text);
}

static void say(struct decoding *d)
{
    size_t from = d->scratch->n;
    if (d->failed) {
        say_error(d);
    } else if (d->p->kind == NJ_PAYLOAD_INPUT) {
        nj_buf_addz(d->scratch, "input");
        add_size(d);
    } else {
        say_response(d);
    }
    if (!d->failed && !d->p->complete)
        nj_buf_addz(d->scratch, ", broken off");
    if (!d->failed && refused(d->p))
        nj_buf_addf(d->scratch, ", refused by the platform with %u", d->p->upstream_status);
    d->message = (struct nj_piece){ .base = NULL, .from = from, .to = d->scratch->n };
}

static void print_sum(struct decoding *d)
{
    size_t from = d->scratch->n;
    if (d->p->sha256 != NULL)
        nj_hex_add(d->scratch, d->p->sha256, NJ_SHA256_LEN);
    d->sum = (struct nj_piece){ .base = NULL, .from = from, .to = d->scratch->n };
}

/* --- the record --------------------------------------------------------------------------------------------------- */

static void put_kind(struct decoding *d)
{
    const struct nj_payload *p = d->p;
    struct nj_record *r = d->out;
    enum nj_payload_kind kind = d->failed && p->kind == NJ_PAYLOAD_RESPONSE ? NJ_PAYLOAD_ERROR : p->kind;
    r->event = kinds[kind].event;
    r->category = kinds[kind].category;
    r->when_ns = p->kind == NJ_PAYLOAD_INPUT ? p->start_ns : p->end_ns;
    r->origin = NJ_FROM_OWN;
    if (d->failed) {
        r->severity = NJ_SEV_ERROR;
        r->outcome = NJ_OUTCOME_FAILURE;
        r->lane = NJ_LANE_CRITICAL;
    } else if (p->kind == NJ_PAYLOAD_RESPONSE) {
        bool good = p->status_code < 400 && !refused(p);
        r->severity = good ? NJ_SEV_INFO : p->status_code >= 500 || refused(p) ? NJ_SEV_ERROR : NJ_SEV_WARN;
        r->outcome = !good ? NJ_OUTCOME_FAILURE : p->complete ? NJ_OUTCOME_SUCCESS : NJ_OUTCOME_UNKNOWN;
    }
}

static void put_header_json(struct nj_attrs *l, struct nj_str key, struct nj_str text)
{
    struct nj_json v;
    if (nj_json_parse(text, &v) == NJ_OK)
        nj_attrs_json(l, key, v.raw);
    else
        nj_attrs_str(l, key, text);
}

static void put_facts(struct decoding *d)
{
    const struct nj_payload *p = d->p;
    struct nj_attrs *l = &d->out->data;
    nj_attrs_i64(l, NJ_STR("nightjar.payload.size"), d->size < INT64_MAX ? (int64_t)d->size : INT64_MAX);
    nj_attrs_str(l, NJ_STR("nightjar.payload.sha256"), view(d, d->sum));
    nj_attrs_str(l, NJ_STR("nightjar.payload.content_type"), p->content_type);
    if (!p->complete)
        nj_attrs_bool(l, NJ_STR("nightjar.payload.incomplete"), true);
    if (!p->metadata_only && p->kept.n < d->size)
        nj_attrs_bool(l, NJ_STR("nightjar.payload.truncated"), true);
    nj_attrs_str(l, NJ_STR("nightjar.payload.body"), d->body);
    if (p->status_code != 0)
        nj_attrs_i64(l, NJ_STR("http.response.status_code"), (int64_t)p->status_code);
    if (refused(p))
        nj_attrs_i64(l, NJ_STR("nightjar.upstream_status"), (int64_t)p->upstream_status);
    if (p->streaming)
        nj_attrs_bool(l, NJ_STR("nightjar.streaming"), true);
    if (p->end_ns > p->start_ns)
        nj_attrs_f64(l, NJ_STR("nightjar.duration_ms"), duration_ms(p));
    nj_attrs_str(l, NJ_STR("nightjar.phase"), kinds[p->kind].phase);
    nj_attrs_str(l, NJ_STR("aws.lambda.invoked_arn"), p->arn);
    if (!p->metadata_only) /* "custom" holds whatever the caller likes */
        put_header_json(l, NJ_STR("nightjar.client_context"), p->client_context);
    put_header_json(l, NJ_STR("nightjar.cognito_identity"), p->cognito_identity);
}

static void put_error(struct decoding *d)
{
    static const struct nj_str keys[NJ_ERROR_PARTS] = {
        [NJ_ERROR_TYPE] = NJ_STR_INIT("exception.type"),
        [NJ_ERROR_MESSAGE] = NJ_STR_INIT("exception.message"),
        [NJ_ERROR_TRACE] = NJ_STR_INIT("exception.stacktrace"),
        [NJ_ERROR_DETAILS] = NJ_STR_INIT("nightjar.error.details"),
    };
    struct nj_attrs *l = &d->out->data;
    nj_attrs_str(l, NJ_STR("nightjar.error.type"), error_type(d));
    if (d->p->metadata_only) {
        nj_attrs_str(l, keys[NJ_ERROR_TYPE], document_type(d));
        return;
    }
    for (int i = 0; i < NJ_ERROR_PARTS; i++) {
        const struct nj_error_value *v = &d->error.part[i];
        if (v->json)
            nj_attrs_json(l, keys[i], view(d, v->piece));
        else
            nj_attrs_str(l, keys[i], view(d, v->piece));
    }
    if (d->p->error_body.n != 0 && !d->trailer) /* no document: as it came */
        nj_attrs_str(l, NJ_STR("nightjar.error.trailer"), d->p->error_body);
}

/* Without scratch there are still the facts that need none. */
static void lose_content(struct decoding *d, struct nj_str why)
{
    const struct nj_piece none = { .base = NULL };
    nj_buf_reset(d->scratch);
    d->payload = d->object = d->message = d->sum = none;
    d->body = (struct nj_str){ NULL, 0 };
    d->error = (struct nj_error){ .part = { { .json = false } } };
    nj_attrs_str(&d->out->data, NJ_STR("nightjar.payload.lost"), why);
}

bool nj_payload_decode(const struct nj_payload *p, struct nj_buf *scratch, struct nj_record *out)
{
    struct decoding d = { .p = p, .scratch = scratch, .out = out };
    nj_record_init(out);
    nj_buf_reset(scratch);
    if ((unsigned)p->kind >= NJ_PAYLOAD_KINDS || (p->kind == NJ_PAYLOAD_INPUT && refused(p)))
        return false;
    d.size = p->size > p->kept.n ? p->size : p->kept.n;
    d.cut = p->kept.n < d.size || !p->complete;
    d.failed = p->kind > NJ_PAYLOAD_RESPONSE || (p->kind == NJ_PAYLOAD_RESPONSE && (p->error_type.n != 0 || p->error_body.n != 0));
    read_content(&d);
    say(&d);
    print_sum(&d);
    if (scratch->err != NJ_OK)
        lose_content(&d, scratch->err == NJ_ELIMIT ? NJ_STR("too large") : NJ_STR("memory"));
    put_kind(&d);
    put_facts(&d);
    if (d.failed)
        put_error(&d);
    out->message = is_there(d.message) ? view(&d, d.message) : out->event;
    out->data_json = view(&d, d.object);
    nj_attrs_str(&out->where, NJ_STR("faas.invocation_id"), p->request_id);
    nj_attrs_str(&out->who, NJ_STR("tenant.id"), p->tenant);
    return true;
}
