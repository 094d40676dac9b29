/* The command line: few words, each explained, and a misspelt one answered with its nearest neighbour. */
#include "nightjar/commands.h"

#include <curl/curl.h>
#include <jansson.h>
#include <libdeflate.h>
#include <microhttpd.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#ifdef NJ_LAYER
#include "layer_parts.h"
#endif

enum { OUTPUT_MAX = 1 << 20, NO_ERROR = 0, FAILED = 1, WRONG_USAGE = 2 };

static const char help_text[] =
    "nightjar " NJ_VERSION " - an AWS Lambda extension that delivers a function's logs, redacted, to a sink of your choice.\n"
    "\n"
    "usage: nightjar               as an extension: Lambda starts it from /opt/extensions\n"
    "       nightjar --check       print the configuration in use and its problems (exit code 1 if there are any)\n"
    "       nightjar --reference   print the reference page: variables, sinks, events, counters, diagnostics (Markdown)\n"
    "       nightjar --version     print the version, and the versions of everything linked in\n"
    "       nightjar --help        print this text\n"
    "       nightjar redact        redact standard input line by line (nightjar redact --help)\n"
    "       nightjar pseudonym     turn a list of people into the pseudonyms of the log (nightjar pseudonym --help)\n"
    "       nightjar verify        are stored records all there and unaltered? (nightjar verify --help)\n"
    "\n"
    "Configuration is by environment variables. The ones most people need:\n"
    "  NIGHTJAR_SINK         stdout:  file:///tmp/x.ndjson  https://logs.example.com/in  json+https://...\n"
    "  NIGHTJAR_SINK_TOKEN   credential of the sink\n"
    "  NIGHTJAR_FLUSH        auto, end, or a period such as 20s\n"
    "Try them without deploying: NIGHTJAR_SINK=... nightjar --check\n";

void nj_versions(struct nj_buf *out)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
    nj_buf_addf(out, "nightjar %s\n", NJ_VERSION);
    nj_buf_addf(out, "libcurl %s\n", curl->version);
    if (curl->ssl_version != NULL)
        nj_buf_addf(out, "TLS %s\n", curl->ssl_version);
    nj_buf_addf(out, "libmicrohttpd %s\n", MHD_get_version());
    nj_buf_addf(out, "jansson %s\n", jansson_version_str());
    nj_buf_addf(out, "zlib %s\n", zlibVersion());
    nj_buf_addf(out, "libdeflate %s\n", LIBDEFLATE_VERSION_STRING); /* it cannot be asked */
    nj_buf_addf(out, "zstd %s\n", ZSTD_versionString());
    if (curl->age >= CURLVERSION_SECOND && curl->ares != NULL)
        nj_buf_addf(out, "c-ares %s\n", curl->ares);
#ifdef NJ_LAYER
    nj_buf_addz(out, nj_layer_parts);
#endif
}

static int run_check(const char *const *environ_, struct nj_buf *out)
{
    return nj_check(environ_, out) != 0 ? FAILED : NO_ERROR;
}

static int run_reference(const char *const *environ_, struct nj_buf *out)
{
    (void)environ_;
    nj_reference(out);
    return NO_ERROR;
}

static int run_version(const char *const *environ_, struct nj_buf *out)
{
    (void)environ_;
    nj_versions(out);
    return NO_ERROR;
}

static int run_help(const char *const *environ_, struct nj_buf *out)
{
    (void)environ_;
    nj_buf_addz(out, help_text);
    return NO_ERROR;
}

/* run prints something; filter reads standard input. */
static const struct word {
    struct nj_str text;
    int (*run)(const char *const *environ_, struct nj_buf *out);
    int (*filter)(const struct nj_stream *io);
} words[] = {
    { NJ_STR_INIT("--check"), run_check, NULL },
    { NJ_STR_INIT("--reference"), run_reference, NULL },
    { NJ_STR_INIT("--version"), run_version, NULL },
    { NJ_STR_INIT("--help"), run_help, NULL },
    { NJ_STR_INIT("-h"), run_help, NULL },
    { NJ_STR_INIT("redact"), NULL, nj_command_redact },
    { NJ_STR_INIT("pseudonym"), NULL, nj_command_pseudonym },
    { NJ_STR_INIT("verify"), NULL, nj_command_verify },
};

static const struct word *word_of(struct nj_str text)
{
    for (size_t i = 0; i < NJ_COUNT(words); i++)
        if (nj_str_eq(words[i].text, text))
            return &words[i];
    return NULL;
}

/* Any program can put any bytes into our arguments: they are shown short and plain. */
static void plain(char *out, size_t room, const char *text)
{
    size_t n = 0;
    for (; text[n] != '\0' && n + 1 < room; n++)
        out[n] = text[n] >= 0x20 && text[n] < 0x7f ? text[n] : '?';
    out[n] = '\0';
}

static int wrong_usage(const char *text, FILE *err)
{
    enum { TOO_FAR = 64 };
    char shown[48];
    size_t nearest = TOO_FAR + 1;
    const struct word *best = NULL;
    for (size_t i = 0; i < NJ_COUNT(words); i++) {
        size_t d = words[i].text.n > 2 ? nj_str_distance(words[i].text, nj_str_of(text), TOO_FAR) : TOO_FAR + 1;
        if (d < nearest) {
            nearest = d;
            best = &words[i];
        }
    }
    plain(shown, sizeof(shown), text);
    if (best != NULL)
        fprintf(err, "nightjar: there is no option %s; the nearest one is %.*s. nightjar --help lists them all.\n", shown,
                NJ_STR_ARG(best->text));
    else
        fprintf(err, "nightjar: there is no option %s. nightjar --help lists them all.\n", shown);
    return WRONG_USAGE;
}

static bool has_platform(const char *const *environ_)
{
    for (size_t i = 0; environ_ != NULL && environ_[i] != NULL; i++) {
        struct nj_str entry = nj_str_of(environ_[i]), name = NJ_STR("AWS_LAMBDA_RUNTIME_API=");
        if (nj_str_starts(entry, name))
            return nj_str_trim(nj_str_slice(entry, name.n, entry.n)).n != 0;
    }
    return false;
}

static int run_word(const struct word *w, const char *const *environ_, FILE *out, FILE *err)
{
    struct nj_buf text;
    struct nj_str done;
    nj_buf_init(&text, OUTPUT_MAX);
    int code = w->run(environ_, &text);
    bool written = nj_buf_finish(&text, &done) == NJ_OK && fwrite(done.p, 1, done.n, out) == done.n && fflush(out) == 0;
    nj_buf_fini(&text);
    if (written)
        return code;
    fputs("nightjar: the output could not be written.\n", err);
    return FAILED;
}

int nj_command(int argc, char **argv, const char *const *environ_, FILE *out, FILE *err, bool *handled)
{
    *handled = argc > 1 || !has_platform(environ_);
    if (!*handled)
        return NO_ERROR;
    if (argc <= 1) {
        fputs("nightjar: AWS_LAMBDA_RUNTIME_API is not set, so this is no Lambda sandbox. Lambda starts nightjar from /opt/extensions; by "
              "hand try nightjar --check or nightjar --help.\n",
              err);
        return FAILED;
    }
    const struct word *w = word_of(nj_str_of(argv[1]));
    if (w == NULL)
        return wrong_usage(argv[1], err);
    if (w->filter != NULL)
        return w->filter(&(struct nj_stream){ argc, argv, environ_, STDIN_FILENO, out, err });
    if (argc > 2) {
        char shown[48];
        plain(shown, sizeof(shown), argv[2]);
        fprintf(err, "nightjar: %s stands alone; \"%s\" after it is not understood.\n", argv[1], shown);
        return WRONG_USAGE;
    }
    return run_word(w, environ_, out, err);
}
