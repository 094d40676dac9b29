/* Turns the settings of one sink into something that can be sent to: the table of schemes, and one clear sentence when a
 * setting cannot be used. */
#include "sink_internal.h"

#include "headers.h"

#include "nightjar/hex.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <stdio.h>

const char *const nj_codec_names[NJ_CODECS] = { "none", "gzip", "zstd" };

enum {
    PATH_MAX_BYTES = 4095,
    LINES_MAX = 32 << 10,
    EXCERPT = 24,
    SECRET_SEGMENT = 20, /* a path segment this long may be a key: Slack, Sumo and others put theirs there */
};

static enum nj_status parse_stdout(struct draft *d, struct nj_str rest);
static enum nj_status parse_file(struct draft *d, struct nj_str rest);

static const struct scheme schemes[] = {
    { NJ_STR_INIT("stdout"), NJ_TO_STDOUT, &nj_format_ndjson, NJ_CODEC_NONE, NJ_STR_INIT(""), parse_stdout },
    { NJ_STR_INIT("file"), NJ_TO_FILE, &nj_format_ndjson, NJ_CODEC_NONE, NJ_STR_INIT(""), parse_file },
    { NJ_STR_INIT("http"), NJ_TO_HTTP, &nj_format_ndjson, NJ_CODEC_GZIP, NJ_STR_INIT(""), nj_sink_parse_http },
    { NJ_STR_INIT("https"), NJ_TO_HTTP, &nj_format_ndjson, NJ_CODEC_GZIP, NJ_STR_INIT(""), nj_sink_parse_http },
    { NJ_STR_INIT("json+http"), NJ_TO_HTTP, &nj_format_json_array, NJ_CODEC_GZIP, NJ_STR_INIT("json+"), nj_sink_parse_http },
    { NJ_STR_INIT("json+https"), NJ_TO_HTTP, &nj_format_json_array, NJ_CODEC_GZIP, NJ_STR_INIT("json+"), nj_sink_parse_http },
    { NJ_STR_INIT("slack+http"), NJ_TO_HTTP, &nj_format_slack, NJ_CODEC_NONE, NJ_STR_INIT("slack+"), nj_sink_parse_http },
    { NJ_STR_INIT("slack+https"), NJ_TO_HTTP, &nj_format_slack, NJ_CODEC_NONE, NJ_STR_INIT("slack+"), nj_sink_parse_http },
    { NJ_STR_INIT("alert+http"), NJ_TO_HTTP, &nj_format_alert, NJ_CODEC_NONE, NJ_STR_INIT("alert+"), nj_sink_parse_http },
    { NJ_STR_INIT("alert+https"), NJ_TO_HTTP, &nj_format_alert, NJ_CODEC_NONE, NJ_STR_INIT("alert+"), nj_sink_parse_http },
    { NJ_STR_INIT("pagerduty"), NJ_TO_HTTP, &nj_format_pagerduty, NJ_CODEC_NONE, NJ_STR_INIT("pagerduty+"), nj_sink_parse_pagerduty },
    { NJ_STR_INIT("pagerduty+http"), NJ_TO_HTTP, &nj_format_pagerduty, NJ_CODEC_NONE, NJ_STR_INIT("pagerduty+"), nj_sink_parse_http },
    { NJ_STR_INIT("pagerduty+https"), NJ_TO_HTTP, &nj_format_pagerduty, NJ_CODEC_NONE, NJ_STR_INIT("pagerduty+"), nj_sink_parse_http },
    { NJ_STR_INIT("sns"), NJ_TO_HTTP, &nj_format_sns, NJ_CODEC_NONE, NJ_STR_INIT("sns+"), nj_sink_parse_sns },
};

/* "NIGHTJAR_SINK_SIEM_TOKEN: ..." */
enum nj_status nj_sink_refuse(struct draft *d, const char *part, const char *fmt, ...)
{
    struct nj_buf text;
    va_list ap;
    struct nj_str name = d->sink->name;
    nj_buf_init(&text, WHY_MAX);
    nj_buf_add(&text, d->o->variable.n != 0 ? d->o->variable : NJ_STR("NIGHTJAR_SINK"));
    if (d->o->variable.n != 0 && *part == '\0')
        part = "_URL";
    if (d->o->variable.n == 0 && !nj_str_eq(name, NJ_STR("default"))) {
        nj_buf_addc(&text, '_');
        for (size_t i = 0; i < name.n; i++) {
            char c = name.p[i];
            nj_buf_addc(&text, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c == '-' ? '_' : c);
        }
    }
    nj_buf_addz(&text, part);
    nj_buf_addz(&text, ": ");
    int n = snprintf(d->why, WHY_MAX, "%.*s", NJ_STR_ARG(nj_buf_str(&text)));
    nj_buf_fini(&text);
    if (n < 0 || n >= WHY_MAX)
        return NJ_EPARSE;
    va_start(ap, fmt);
    vsnprintf(d->why + n, WHY_MAX - (size_t)n, fmt, ap);
    va_end(ap);
    return NJ_EPARSE;
}

/* The beginning of a text that is no secret, printable. */
static const char *excerpt(char out[static EXCERPT + 1], struct nj_str s)
{
    size_t n = s.n < EXCERPT ? s.n : EXCERPT;
    for (size_t i = 0; i < n; i++)
        out[i] = s.p[i] >= 0x20 && s.p[i] < 0x7f ? s.p[i] : '?';
    out[n] = '\0';
    return out;
}

static bool has_control(struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return true;
    return false;
}

/* --- transports --------------------------------------------------------------------------------------------------- */

static enum nj_status parse_stdout(struct draft *d, struct nj_str rest)
{
    return nj_str_eq_nocase(rest, NJ_STR("stdout:")) ? NJ_OK : nj_sink_refuse(d, "", "stdout: takes nothing behind the colon");
}

static enum nj_status parse_file(struct draft *d, struct nj_str rest)
{
    struct nj_str path = nj_str_slice(rest, sizeof("file:") - 1, rest.n);
    if (nj_str_starts(path, NJ_STR("//"))) {
        path = nj_str_slice(path, 2, path.n);
        if (nj_str_starts_nocase(path, NJ_STR("localhost/")))
            path = nj_str_slice(path, sizeof("localhost") - 1, path.n);
    }
    if (!nj_str_starts(path, NJ_STR("/")) || nj_str_ends(path, NJ_STR("/")))
        return nj_sink_refuse(d, "", "file: needs the absolute path of a file on this machine, as in file:///tmp/nightjar.ndjson");
    if (!nj_percent_decode(path, NJ_PERCENT_STRICT, &d->path) || has_control(nj_buf_str(&d->path)))
        return nj_sink_refuse(d, "", "the path has a broken percent-encoding or control characters");
    if (d->path.err == NJ_ELIMIT)
        return nj_sink_refuse(d, "", "the path is longer than %d bytes", PATH_MAX_BYTES);
    return d->path.err;
}

static bool is_loopback(struct nj_str host)
{
    return nj_str_eq_nocase(host, NJ_STR("localhost")) || nj_str_eq_nocase(host, NJ_STR("sandbox.localdomain")) ||
           nj_str_eq(host, NJ_STR("[::1]")) || nj_str_starts(host, NJ_STR("127."));
}

/* One part of a parsed URL into out; absent parts add nothing. */
static void add_part(CURLU *u, CURLUPart part, unsigned flags, struct nj_buf *out)
{
    char *z = NULL;
    if (curl_url_get(u, part, &z, flags) == CURLUE_OK && z != NULL)
        nj_buf_addz(out, z);
    curl_free(z);
}

/* Host and path without anything that may be a key. */
static void show(struct draft *d, CURLU *u)
{
    struct nj_buf path;
    struct nj_str rest, segment;
    nj_buf_init(&path, URL_MAX_BYTES);
    nj_buf_add(&d->shown, d->scheme->shown_before);
    add_part(u, CURLUPART_SCHEME, 0, &d->shown);
    nj_buf_addz(&d->shown, "://");
    add_part(u, CURLUPART_HOST, 0, &d->shown);
    size_t colon = d->shown.n;
    nj_buf_addc(&d->shown, ':');
    add_part(u, CURLUPART_PORT, 0, &d->shown);
    if (d->shown.n == colon + 1)
        nj_buf_cut(&d->shown, colon);
    add_part(u, CURLUPART_PATH, 0, &path);
    rest = nj_str_slice(nj_buf_str(&path), 1, path.n);
    while (path.n > 1 && nj_str_cut(&rest, '/', &segment)) {
        nj_buf_addc(&d->shown, '/');
        nj_buf_add(&d->shown, segment.n < SECRET_SEGMENT ? segment : nj_str_slice(segment, 0, 4));
        nj_buf_addz(&d->shown, segment.n < SECRET_SEGMENT ? "" : "***");
    }
    nj_buf_fini(&path);
}

/* As the Host header has it: with the port where it is not the scheme's own. */
static void add_host(struct draft *d, CURLU *u)
{
    add_part(u, CURLUPART_HOST, 0, &d->aws_host);
    size_t colon = d->aws_host.n;
    nj_buf_addc(&d->aws_host, ':');
    add_part(u, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT, &d->aws_host);
    if (d->aws_host.n == colon + 1)
        nj_buf_cut(&d->aws_host, colon);
}

/* User information leaves the URL and becomes a header. */
static enum nj_status take_user(struct draft *d, CURLU *u)
{
    struct nj_buf user, password;
    nj_buf_init(&user, URL_MAX_BYTES);
    nj_buf_init(&password, URL_MAX_BYTES);
    add_part(u, CURLUPART_USER, CURLU_URLDECODE, &user);
    add_part(u, CURLUPART_PASSWORD, CURLU_URLDECODE, &password);
    enum nj_status st = NJ_OK;
    if (user.n != 0 || password.n != 0) {
        if (nj_str_chr(nj_buf_str(&user), ':', 0) != NJ_NPOS)
            st = nj_sink_refuse(d, "", "a user name with a colon cannot be sent");
        nj_headers_basic(nj_buf_str(&user), nj_buf_str(&password), &d->lines);
        d->credential = true;
    }
    nj_buf_fini(&user);
    nj_buf_fini(&password);
    if (curl_url_set(u, CURLUPART_USER, NULL, 0) != CURLUE_OK || curl_url_set(u, CURLUPART_PASSWORD, NULL, 0) != CURLUE_OK ||
        curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK)
        return NJ_ENOMEM;
    return st;
}

static enum nj_status take_url(struct draft *d, CURLU *u, const char *z)
{
    CURLUcode code = curl_url_set(u, CURLUPART_URL, z, 0);
    if (code == CURLUE_OUT_OF_MEMORY)
        return NJ_ENOMEM;
    if (code != CURLUE_OK)
        return nj_sink_refuse(d, "", "not a valid URL (%s)", curl_url_strerror(code));
    enum nj_status st = take_user(d, u);
    if (st != NJ_OK)
        return st;
    struct nj_buf host, scheme;
    nj_buf_init(&host, URL_MAX_BYTES);
    nj_buf_init(&scheme, URL_MAX_BYTES);
    add_part(u, CURLUPART_HOST, 0, &host);
    add_part(u, CURLUPART_SCHEME, 0, &scheme);
    d->sink->cleartext = nj_str_eq(nj_buf_str(&scheme), NJ_STR("http")) && !is_loopback(nj_buf_str(&host));
    nj_buf_fini(&host);
    nj_buf_fini(&scheme);
    show(d, u);
    add_part(u, CURLUPART_URL, 0, &d->url);
    if (d->sink->aws.service.n != 0)
        add_host(d, u);
    return d->url.n == 0 ? NJ_ENOMEM : NJ_OK;
}

enum nj_status nj_sink_parse_http(struct draft *d, struct nj_str rest)
{
    size_t slashes = nj_str_find(rest, NJ_STR("://"), 0);
    if (slashes != d->scheme->name.n)
        return nj_sink_refuse(d, "", "not a valid URL: two slashes have to follow %.*s:", NJ_STR_ARG(d->scheme->name));
    if (rest.n == slashes + 3 || rest.p[slashes + 3] == '/') /* curl would take the path for a host */
        return nj_sink_refuse(d, "", "not a valid URL: it names no host");
    rest = nj_str_slice(rest, d->scheme->shown_before.n, rest.n);
    if (rest.n >= URL_MAX_BYTES || memchr(rest.p, '\0', rest.n) != NULL)
        return nj_sink_refuse(d, "", "not a valid URL: longer than %d bytes, or with a NUL in it", URL_MAX_BYTES);
    char z[URL_MAX_BYTES];
    memcpy(z, rest.p, rest.n);
    z[rest.n] = '\0';
    CURLU *u = curl_url();
    if (u == NULL)
        return NJ_ENOMEM;
    enum nj_status st = take_url(d, u, z);
    curl_url_cleanup(u);
    return st;
}

/* --- settings ----------------------------------------------------------------------------------------------------- */

static enum nj_status unknown_scheme(struct draft *d, struct nj_str name)
{
    char text[EXCERPT + 1];
    struct nj_buf known;
    nj_buf_init(&known, WHY_MAX);
    for (size_t i = 0; i < NJ_COUNT(schemes); i++) {
        const struct scheme *next = i + 1 < NJ_COUNT(schemes) ? &schemes[i + 1] : NULL;
        bool pair = next != NULL && nj_str_starts(next->name, schemes[i].name) && next->name.n == schemes[i].name.n + 1; /* http, https */
        if (schemes[i].parse == nj_sink_parse_http && schemes[i].format == &nj_format_pagerduty)
            continue; /* for tests and for Europe; the plain name is what people need */
        nj_buf_addf(&known, pair ? " %.*s(s):" : " %.*s:", NJ_STR_ARG(schemes[i].name));
        i += pair;
    }
    if (name.n == 0)
        nj_sink_refuse(d, "", "not a URL; known:%.*s", NJ_STR_ARG(nj_buf_str(&known)));
    else
        nj_sink_refuse(d, "", "no scheme \"%s\" in this version; known:%.*s", excerpt(text, name), NJ_STR_ARG(nj_buf_str(&known)));
    nj_buf_fini(&known);
    return NJ_EPARSE;
}

static bool is_scheme_text(struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = (char)(s.p[i] | 0x20);
        if (!(c >= 'a' && c <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') && strchr("+-.", s.p[i]) == NULL)
            return false;
    }
    return true;
}

static enum nj_status take_address(struct draft *d)
{
    struct nj_str url = nj_str_trim(d->o->url);
    if (url.n == 0)
        url = NJ_STR("stdout:");
    size_t colon = nj_str_chr(url, ':', 0);
    struct nj_str name = nj_str_slice(url, 0, colon == NJ_NPOS ? 0 : colon);
    if (!is_scheme_text(name)) /* may be anything, so it is not repeated */
        name.n = 0;
    for (size_t i = 0; i < NJ_COUNT(schemes); i++) {
        if (!nj_str_eq_nocase(name, schemes[i].name))
            continue;
        d->scheme = &schemes[i];
        d->sink->transport = schemes[i].transport;
        d->sink->format = schemes[i].format;
        d->sink->codec = schemes[i].codec;
        return schemes[i].parse(d, url);
    }
    return unknown_scheme(d, name);
}

static enum nj_status take_compress(struct draft *d)
{
    char text[EXCERPT + 1];
    struct nj_str name = nj_str_trim(d->o->compress);
    if (name.n == 0)
        return NJ_OK;
    for (int i = 0; i < NJ_CODECS; i++) {
        if (!nj_str_eq_nocase(name, nj_str_of(nj_codec_names[i])))
            continue;
        /* Whoever reads standard output reads text, and those who take alerts one by one take nothing else. */
        if (d->sink->transport != NJ_TO_STDOUT && d->sink->format->records_max != 1)
            d->sink->codec = (enum nj_codec)i;
        return NJ_OK;
    }
    snprintf(d->why, WHY_MAX, "NIGHTJAR_COMPRESS: \"%s\" is not known; known: gzip zstd none", excerpt(text, name));
    return NJ_EPARSE;
}

static enum nj_status take_headers(struct draft *d)
{
    struct header_fault fault;
    char name[EXCERPT + 1];
    bool credential = false;
    enum nj_status st = nj_headers_parse(d->o->headers, &d->lines, &d->content_type, &credential, &fault);
    if (st == NJ_OK && credential && d->credential)
        return nj_sink_refuse(d, "_HEADERS", "there is a credential in the URL already; keep one of them");
    d->credential = d->credential || credential;
    if (st == NJ_OK || fault.text == NULL)
        return st;
    if (fault.name.n == 0)
        return nj_sink_refuse(d, "_HEADERS", "entry %zu %s", fault.entry, fault.text);
    return nj_sink_refuse(d, "_HEADERS", "entry %zu, %s, %s", fault.entry, excerpt(name, fault.name), fault.text);
}

static enum nj_status take_token(struct draft *d)
{
    struct nj_str token = nj_str_trim(d->o->token);
    if (token.n == 0)
        return NJ_OK;
    if (nj_str_starts(token, NJ_STR("arn:")))
        return nj_sink_refuse(d, "_TOKEN", "references to secrets (arn:...) are not supported by this version");
    if (d->sink->format == &nj_format_pagerduty) { /* it wants its key in the body */
        nj_buf_add(&d->body_key, token);
        return NJ_OK;
    }
    if (d->credential)
        return nj_sink_refuse(d, "_TOKEN", "there is a credential in the URL or in the headers already; keep one of them");
    if (!nj_headers_token(token, &d->lines))
        return nj_sink_refuse(d, "_TOKEN", "has control characters in it");
    return NJ_OK;
}

static enum nj_status take_only(struct draft *d)
{
    struct nj_str rest = d->o->only, name;
    uint32_t wanted = 0;
    while (rest.n != 0 && nj_str_cut(&rest, ',', &name)) {
        char text[EXCERPT + 1];
        size_t i = 0;
        name = nj_str_trim(name);
        if (name.n == 0)
            continue;
        while (i < NJ_CATEGORIES && !nj_str_eq_nocase(name, nj_category_names[i]))
            i++;
        if (i == NJ_CATEGORIES) {
            struct nj_buf known;
            nj_buf_init(&known, WHY_MAX);
            for (i = 0; i < NJ_CATEGORIES; i++)
                nj_buf_addf(&known, " %.*s", NJ_STR_ARG(nj_category_names[i]));
            nj_sink_refuse(d, "_ONLY", "no category \"%s\"; known:%.*s", excerpt(text, name), NJ_STR_ARG(nj_buf_str(&known)));
            nj_buf_fini(&known);
            return NJ_EPARSE;
        }
        wanted |= 1u << i;
    }
    d->sink->alerts_only = d->sink->format->records_max == 1; /* a message a record */
    uint32_t standard = d->sink->alerts_only ? 1u << NJ_CAT_ALERT : (1u << NJ_CATEGORIES) - 1;
    d->sink->categories = wanted != 0 ? wanted : standard;
    return NJ_OK;
}

/* --- the finished sink -------------------------------------------------------------------------------------------- */

static struct nj_str keep(struct nj_buf *store, struct nj_str s)
{
    size_t at = store->n;
    nj_buf_add(store, s);
    nj_buf_addc(store, '\0'); /* for those who hand it to the system */
    return nj_str_slice(nj_buf_str(store), at, store->n - 1);
}

static enum nj_status finish(struct draft *d)
{
    struct nj_sink *s = d->sink;
    const struct {
        const struct nj_buf *from;
        struct nj_str *to;
    } parts[] = {
        { &d->url, &s->url },     { &d->path, &s->path },         { &d->content_type, &s->content_type }, { &d->lines, &s->headers },
        { &d->shown, &s->shown }, { &d->body_key, &s->body_key }, { &d->aws_region, &s->aws.region },     { &d->aws_host, &s->aws.host }
    };
    struct nj_str *const kept[] = { &s->aws.credentials.access_key_id, &s->aws.credentials.secret_access_key,
                                    &s->aws.credentials.session_token };
    size_t total = s->name.n + 1;
    for (size_t i = 0; i < NJ_COUNT(parts); i++) {
        if (parts[i].from->err == NJ_ELIMIT)
            return nj_sink_refuse(d, parts[i].from == &d->lines ? "_HEADERS" : "", "longer than a request may have it");
        if (parts[i].from->err != NJ_OK)
            return parts[i].from->err;
        total += parts[i].from->n + 1;
    }
    for (size_t i = 0; i < NJ_COUNT(kept); i++)
        total += kept[i]->n + 1;
    nj_buf_init(&s->store, total);
    enum nj_status st = nj_buf_reserve(&s->store, total); /* at once, so that the views stay where they are */
    if (st != NJ_OK)
        return st;
    s->name = keep(&s->store, s->name);
    for (size_t i = 0; i < NJ_COUNT(parts); i++)
        *parts[i].to = keep(&s->store, nj_buf_str(parts[i].from));
    for (size_t i = 0; i < NJ_COUNT(kept); i++)
        *kept[i] = keep(&s->store, *kept[i]);
    if (s->content_type.n == 0)
        s->content_type = nj_str_of(s->format->content_type);
    return NJ_OK;
}

enum nj_status nj_sink_init(struct nj_sink *s, const struct nj_sink_options *o, char why[static 160])
{
    static enum nj_status (*const steps[])(struct draft *) = { take_address, take_compress,    take_headers, take_token,
                                                               take_only,    nj_sink_complete, finish };
    struct draft d = { .sink = s, .o = o, .why = why };
    enum nj_status st = NJ_OK;
    *s = (struct nj_sink){ .name = o->name.n != 0 ? o->name : NJ_STR("default") };
    why[0] = '\0';
    nj_buf_init(&d.url, URL_MAX_BYTES);
    nj_buf_init(&d.path, PATH_MAX_BYTES);
    nj_buf_init(&d.shown, 2 * URL_MAX_BYTES);
    nj_buf_init(&d.content_type, LINES_MAX);
    nj_buf_init(&d.lines, LINES_MAX);
    nj_buf_init(&d.body_key, URL_MAX_BYTES);
    nj_buf_init(&d.aws_region, URL_MAX_BYTES);
    nj_buf_init(&d.aws_host, URL_MAX_BYTES);
    for (size_t i = 0; i < NJ_COUNT(steps) && st == NJ_OK; i++)
        st = steps[i](&d);
    if (st != NJ_OK && why[0] == '\0')
        nj_sink_refuse(&d, "", "%s", nj_status_text(st));
    struct nj_buf *all[] = { &d.url, &d.path, &d.shown, &d.content_type, &d.lines, &d.body_key, &d.aws_region, &d.aws_host };
    for (size_t i = 0; i < NJ_COUNT(all); i++)
        nj_buf_fini(all[i]);
    if (st != NJ_OK)
        nj_sink_fini(s);
    return st;
}

void nj_sink_fini(struct nj_sink *s)
{
    nj_buf_fini(&s->store);
    *s = (struct nj_sink){ .transport = NJ_TO_STDOUT };
}

bool nj_sink_is_cleartext(const struct nj_sink *s)
{
    return s->cleartext;
}

void nj_sink_describe(const struct nj_sink *s, struct nj_buf *out)
{
    static const struct nj_str before[] = {
        [NJ_TO_STDOUT] = NJ_STR_INIT("stdout:"), [NJ_TO_FILE] = NJ_STR_INIT("file://"), [NJ_TO_HTTP] = NJ_STR_INIT("")
    };
    nj_buf_add(out, before[s->transport]);
    nj_buf_add(out, s->transport == NJ_TO_FILE ? s->path : s->shown);
    if (s->format != NULL)
        nj_buf_addf(out, " (%s, %s)", s->format->name, s->codec == NJ_CODEC_NONE ? "uncompressed" : nj_codec_names[s->codec]);
}
