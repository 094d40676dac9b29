/* The proxy changes nothing: the same conversations with and without it, compared byte for byte on both ends. */
#include "proxy_wire.h"

#define NEXT     "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: {host}\r\n"
#define RESPONSE "POST /2018-06-01/runtime/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response HTTP/1.1\r\nHost: {host}\r\n"
#define ERROR    "POST /2018-06-01/runtime/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/error HTTP/1.1\r\nHost: {host}\r\n"
#define EVENT                                                                                                                              \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"         \
    "Lambda-Runtime-Deadline-Ms: 1763881200000\r\nlAmBdA-rUnTiMe-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6"  \
    "419;Sampled=1\r\nDate: Sun, 23 Nov 2025 07:00:00 GMT\r\n"
#define ACCEPTED "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"

static const struct wire_story stories[] = {
    { .name = "an invocation on one kept connection",
      .exchanges = 2,
      .client = { { .op = W_SEND, .text = NEXT "\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 7 },
                  { .op = W_SEND, .text = RESPONSE "Content-Length: 5\r\n\r\nhello" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 16 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = EVENT "Content-Length: 7\r\n\r\n{\"a\":1}" },
                    { .op = W_TAKE_HEAD },
                    { .op = W_TAKE, .n = 5 },
                    { .op = W_SEND, .text = ACCEPTED } } } },
    { .name = "names in any spelling, unknown and repeated headers, odd spaces",
      .exchanges = 1,
      .client = { { .op = W_SEND,
                    .text =
                        "GET /2018-06-01/runtime/invocation/next?x=1&y=%20 HTTP/1.1\r\nhOST:{host} \r\nX-One: 1\r\nx-one:2\r\nX-Empty:\r\n"
                        "uSER-aGENT: aws-lambda-cpp/1  (odd;  spaces)\r\nAccept-Encoding: gzip\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 2 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.1 200 OK\r\nX-b: 1\r\nX-A:  2 \r\nx-B: 3\r\ncontent-LENGTH: 2\r\n\r\n{}" } } } },
    { .name = "a Host of somebody else stays",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = "GET / HTTP/1.1\r\nHost: example.org:80\r\n\r\n" }, { .op = W_TAKE_HEAD }, { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = "HTTP/1.1 204 No Content\r\n\r\n" } } } },
    { .name = "no Host at all, from a client of HTTP/1.0",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = "GET /2018-06-01/runtime/invocation/next HTTP/1.0\r\n\r\n" } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.0 200 OK\r\nLambda-Runtime-Aws-Request-Id: a\r\n\r\n{\"until\":\"close\"}" },
                    { .op = W_CLOSE } } } },
    { .name = "HTTP/1.0 with keep-alive",
      .exchanges = 2,
      .client = { { .op = W_SEND, .text = "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 1 },
                  { .op = W_SEND, .text = "GET /b HTTP/1.0\r\n\r\n" } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na" },
                    { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nb" },
                    { .op = W_CLOSE } } } },
    { .name = "the server closes after its answer, as announced",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = RESPONSE "Connection: close\r\nContent-Length: 0\r\n\r\n" } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" },
                    { .op = W_CLOSE } } } },
    { .name = "chunks with trailers, as the Go client sends them",
      .exchanges = 1,
      .client = { { .op = W_SEND,
                    .text = RESPONSE "User-Agent: aws-lambda-go/go1.24\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n"
                                     "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
                                     "5\r\nhello\r\n0006;a=b\r\n world\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.X\r\n"
                                     "lambda-runtime-function-error-body: eyJlcnJvclR5cGUiOiJYIn0=\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 16 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD }, { .op = W_TAKE_TO, .text = "=\r\n\r\n" }, { .op = W_SEND, .text = ACCEPTED } } } },
    { .name = "a chunked event with trailers and extensions",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = NEXT "TE: trailers\r\n\r\n" },
                  { .op = W_TAKE_TO, .text = "X-Sum: 7\r\n\r\n" },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = EVENT "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n" },
                    { .op = W_PAUSE, .n = 5 },
                    { .op = W_SEND, .text = "00000004 ;x\r\n\":1}\r\n0\r\nX-Sum: 7\r\n\r\n" } } } },
    { .name = "interim answers",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = RESPONSE "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_SEND, .text = "abc" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 16 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.1 100 Continue\r\n\r\n" },
                    { .op = W_TAKE, .n = 3 },
                    { .op = W_SEND, .text = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" },
                    { .op = W_SEND, .text = ACCEPTED } } } },
    { .name = "Expect answered with an error at once",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = RESPONSE "Expect: 100-continue\r\nContent-Length: 7000000\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 4 } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.1 413 Request Entity Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nhuge" },
                    { .op = W_CLOSE } } } },
    { .name = "an early answer and the upload goes on to its end",
      .exchanges = 2,
      .client = { { .op = W_SEND, .text = RESPONSE "Content-Length: 300000\r\n\r\n" },
                  { .op = W_BYTES, .n = 1000, .seed = 5 },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 16 },
                  { .op = W_BYTES, .n = 299000, .seed = 6 },
                  { .op = W_SEND, .text = NEXT "\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = ACCEPTED },
                    { .op = W_TAKE, .n = 300000 },
                    { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = EVENT "Content-Length: 0\r\n\r\n" } } } },
    { .name = "HEAD has no body, whatever the length says",
      .exchanges = 2,
      .client = { { .op = W_SEND, .text = "HEAD /x HTTP/1.1\r\nHost: {host}\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_SEND, .text = NEXT "\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 2 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" },
                    { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = EVENT "Content-Length: 2\r\n\r\n{}" } } } },
    { .name = "unknown paths and methods",
      .exchanges = 2,
      .client = { { .op = W_SEND,
                    .text = "PATCH /2020-01-01/extension/event/next HTTP/1.1\r\nHost: {host}\r\nLambda-Extension-Name: "
                            "GoLangEnableSIGTERM\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_SEND, .text = "GET /2021-04-23/credentials HTTP/1.1\r\nHost: {host}\r\nAuthorization: x\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 3 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n" },
                    { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.1 404 Nicht da\r\nContent-Length: 3\r\n\r\nnix" } } } },
    { .name = "no HTTP at all",
      .blind = true,
      .client = { { .op = W_SEND, .text = "hello?\n" },
                  { .op = W_TAKE, .n = 9 },
                  { .op = W_BYTES, .n = 20000, .seed = 3 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE, .n = 7 },
                    { .op = W_SEND, .text = "who there" },
                    { .op = W_TAKE, .n = 20000 },
                    { .op = W_BYTES, .n = 30000, .seed = 4 } } } },
    { .name = "a first byte of NUL that is no probe",
      .blind = true,
      .client = { { .op = W_BYTES, .n = 0 }, { .op = W_SEND, .text = "\x01nightjar?\n" }, { .op = W_HALF } },
      .server = { { { .op = W_TAKE, .n = 11 },
                    { .op = W_SEND, .text = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" },
                    { .op = W_CLOSE } } } },
    { .name = "both framings at one time: the platform decides",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = RESPONSE "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_TAKE, .n = 5 },
                    { .op = W_SEND, .text = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" } } } },
    { .name = "a length that is none",
      .blind = true,
      .client = { { .op = W_SEND, .text = RESPONSE "Content-Length: five\r\n\r\nhello" } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_TAKE, .n = 5 },
                    { .op = W_SEND, .text = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" },
                    { .op = W_CLOSE } } } },
    { .name = "a connection that becomes something else",
      .blind = true,
      .client = { { .op = W_SEND, .text = "GET /ws HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_SEND, .text = "ping GET / HTTP/1.1\r\n\r\n" },
                  { .op = W_TAKE, .n = 4 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" },
                    { .op = W_TAKE, .n = 23 },
                    { .op = W_SEND, .text = "pong" } } } },
    { .name = "lines that end in LF alone",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = "GET / HTTP/1.1\nHost: {host}\nX: 1\n\n" }, { .op = W_TAKE_TO, .text = "x" }, { .op = W_HALF } },
      .server = { { { .op = W_TAKE_TO, .text = "\n\n" }, { .op = W_SEND, .text = "HTTP/1.1 200 OK\nContent-Length: 1\n\nx" } } } },
    { .name = "byte by byte in both directions",
      .exchanges = 1,
      .client = { { .op = W_SLOWLY, .text = RESPONSE "Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n4\r\nabcd\r\n0\r\nX: y\r\n\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 16 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD }, { .op = W_TAKE_TO, .text = "X: y\r\n\r\n" }, { .op = W_SLOWLY, .text = ACCEPTED } } } },
    { .name = "three requests sent without waiting",
      .exchanges = 3,
      .client = { { .op = W_SEND, .text = NEXT "\r\n" RESPONSE "Content-Length: 2\r\n\r\nhi" NEXT "\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 2 },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 16 },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 2 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = EVENT "Content-Length: 2\r\n\r\n{}" },
                    { .op = W_TAKE_HEAD },
                    { .op = W_TAKE, .n = 2 },
                    { .op = W_SEND, .text = ACCEPTED },
                    { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = EVENT "Content-Length: 2\r\n\r\n[]" } } } },
    { .name = "6 MiB of anything each way, by length",
      .exchanges = 2,
      .client = { { .op = W_SEND, .text = NEXT "\r\n" },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 6 << 20 },
                  { .op = W_SEND, .text = RESPONSE "Content-Length: 6291456\r\n\r\n" },
                  { .op = W_BYTES, .n = 6 << 20, .seed = 1 },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 16 },
                  { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = EVENT "Content-Length: 6291456\r\n\r\n" },
                    { .op = W_BYTES, .n = 6 << 20, .seed = 2 },
                    { .op = W_TAKE_HEAD },
                    { .op = W_TAKE, .n = 6 << 20 },
                    { .op = W_SEND, .text = ACCEPTED } } } },
    { .name = "chunks of all sizes both ways, answer until close",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = ERROR "Transfer-Encoding: chunked\r\n\r\n" },
                  { .op = W_CHUNKS, .n = 1 << 20, .seed = 7 },
                  { .op = W_SEND, .text = "0\r\n\r\n" } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_TAKE_TO, .text = "\r\n0\r\n\r\n" },
                    { .op = W_SEND, .text = "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" },
                    { .op = W_CHUNKS, .n = 1 << 20, .seed = 8 },
                    { .op = W_SEND, .text = "0\r\n\r\n" },
                    { .op = W_HALF } } } },
    { .name = "the client closes its sending side and still gets its answer",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = NEXT "\r\n" }, { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD }, { .op = W_PAUSE, .n = 60 }, { .op = W_SEND, .text = EVENT "Content-Length: 2\r\n\r\n{}" } } } },
    { .name = "the client stops in its head",
      .client = { { .op = W_SEND, .text = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHo" }, { .op = W_HALF } },
      .server = { { { .op = W_END_OF_SCRIPT } } } },
    { .name = "the client stops in its body",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = RESPONSE "Content-Length: 1000\r\n\r\nonly this" }, { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_TAKE, .n = 1000 },
                    { .op = W_SEND, .text = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" } } } },
    { .name = "the client breaks off in its body",
      .client = { { .op = W_SEND, .text = RESPONSE "Content-Length: 1000\r\n\r\nonly this" },
                  { .op = W_PAUSE, .n = 40 },
                  { .op = W_RESET } },
      .server = { { { .op = W_END_OF_SCRIPT } } } },
    { .name = "the client breaks off while it waits",
      .client = { { .op = W_SEND, .text = NEXT "\r\n" }, { .op = W_PAUSE, .n = 40 }, { .op = W_RESET } },
      .server = { { { .op = W_END_OF_SCRIPT } } } },
    { .name = "the server closes without an answer",
      .client = { { .op = W_SEND, .text = NEXT "\r\n" } },
      .server = { { { .op = W_TAKE_HEAD }, { .op = W_CLOSE } } } },
    { .name = "the server breaks off without an answer",
      .client = { { .op = W_SEND, .text = NEXT "\r\n" } },
      .server = { { { .op = W_TAKE_HEAD }, { .op = W_RESET } } } },
    { .name = "the server closes in its head",
      .client = { { .op = W_SEND, .text = NEXT "\r\n" } },
      .server = { { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = "HTTP/1.1 200 OK\r\nLambda-Runt" }, { .op = W_CLOSE } } } },
    { .name = "the server closes in its body",
      .client = { { .op = W_SEND, .text = NEXT "\r\n" } },
      .server = { { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = EVENT "Content-Length: 100\r\n\r\n{\"a\":" }, { .op = W_CLOSE } } } },
    { .name = "the server breaks off in its body",
      .client = { { .op = W_SEND, .text = NEXT "\r\n" } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = EVENT "Content-Length: 100\r\n\r\n{\"a\":" },
                    { .op = W_PAUSE, .n = 40 },
                    { .op = W_RESET } } } },
    { .name = "the server breaks off in a body that only its end delimits",
      .client = { { .op = W_SEND, .text = NEXT "\r\n" } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_SEND, .text = "HTTP/1.1 200 OK\r\n\r\n" },
                    { .op = W_BYTES, .n = 100000, .seed = 9 },
                    { .op = W_PAUSE, .n = 80 },
                    { .op = W_RESET } } } },
    { .name = "a long poll answered after a while, with an error of the platform",
      .exchanges = 1,
      .client = { { .op = W_SEND, .text = NEXT "\r\n" }, { .op = W_TAKE_HEAD }, { .op = W_TAKE, .n = 42 }, { .op = W_HALF } },
      .server = { { { .op = W_TAKE_HEAD },
                    { .op = W_PAUSE, .n = 100 },
                    { .op = W_SEND,
                      .text = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: "
                              "42\r\n\r\n{\"errorType\":\"InvalidStateTransition\",\"x\":" } } } },
};

START_TEST(test_proxy_shows_both_ends_what_they_would_see_without_it)
{
    nj_diag_threshold(NJ_LEVEL_ERROR);
    for (size_t i = 0; i < NJ_COUNT(stories); i++)
        wire_compare(&stories[i]);
}
END_TEST

/* --- conversations made up at random ------------------------------------------------------------------------------- */

struct inventor {
    unsigned x;
    char pool[512 << 10];
    size_t n;
};

static unsigned below(struct inventor *v, unsigned n)
{
    return wire_random(&v->x) % n;
}

static void say(struct inventor *v, const char *text)
{
    size_t n = strlen(text);
    ck_assert_uint_lt(v->n + n, sizeof(v->pool));
    memcpy(v->pool + v->n, text, n + 1);
    v->n += n;
}

/* Any header a client or a server might think of, but none that frames. */
static void headers(struct inventor *v)
{
    static const char *const names[] = { "X-A",
                                         "lambda-runtime-aws-request-id",
                                         "Lambda-Runtime-Function-XRay-Error-Cause",
                                         "DATE",
                                         "Content-Type",
                                         "lAMBDA-rUNTIME-tRACE-iD",
                                         "te",
                                         "Accept",
                                         "Lambda-Runtime-Client-Context" };
    static const unsigned longest[] = { 3, 30, 300, 3000, 30000 };
    for (unsigned i = below(v, 9); i > 0; i--) {
        say(v, names[below(v, NJ_COUNT(names))]);
        say(v, below(v, 3) == 0 ? ":" : below(v, 2) == 0 ? ":  " : ": ");
        for (unsigned n = below(v, longest[below(v, i == 1 ? 5 : 4)]); n > 0; n--) {
            char c[2] = { (char)(' ' + below(v, 94)), '\0' };
            say(v, c[0] == '{' ? "x" : c);
        }
        say(v, "\r\n");
    }
}

/* Adds one message to the sender's steps and its reading to the receiver's. */
static void message(struct inventor *v, struct wire_step **send, struct wire_step **take, const char *start, bool bodiless)
{
    static const unsigned sizes[] = { 1, 17, 300, 5000, 70000, 400000 };
    unsigned framing = bodiless ? 0 : below(v, 3), size = below(v, sizes[below(v, NJ_COUNT(sizes))]);
    const char *head = v->pool + v->n;
    say(v, start);
    headers(v);
    if (framing == 1) {
        char line[64];
        snprintf(line, sizeof(line), "%s: %u\r\n", below(v, 2) == 0 ? "Content-Length" : "content-length", size);
        say(v, line);
    } else if (framing == 2) {
        say(v, "Transfer-Encoding: chunked\r\n");
    } else if (!bodiless) {
        say(v, "Content-Length: 0\r\n");
    }
    headers(v);
    say(v, "\r\n");
    v->n++;
    *(*send)++ = (struct wire_step){ below(v, 40) == 0 && strlen(head) < 3000 ? W_SLOWLY : W_SEND, head, 0, 0 };
    *(*take)++ = (struct wire_step){ .op = W_TAKE_HEAD };
    if (framing == 1 && size > 0) {
        *(*send)++ = (struct wire_step){ .op = W_BYTES, .n = size, .seed = v->x };
        *(*take)++ = (struct wire_step){ .op = W_TAKE, .n = size };
    } else if (framing == 2) {
        const char *end = v->pool + v->n;
        char line[96];
        snprintf(line, sizeof(line), "0\r\nX-End-Of-%08x: %08x\r\n\r\n", below(v, 1u << 31), below(v, 1u << 31));
        say(v, line);
        v->n++;
        *(*send)++ = (struct wire_step){ .op = W_CHUNKS, .n = size, .seed = v->x };
        *(*send)++ = (struct wire_step){ .op = W_SEND, .text = end };
        *(*take)++ = (struct wire_step){ .op = W_TAKE_TO, .text = end };
    }
}

static void conversation(unsigned seed)
{
    static struct inventor v;
    static struct wire_story s;
    static char name[32];
    v = (struct inventor){ .x = seed * 7919 + 1 };
    s = (struct wire_story){ .name = name };
    snprintf(name, sizeof(name), "conversation %u", seed);
    struct wire_step *client = s.client, *server = s.server[0];
    for (unsigned i = 1 + below(&v, 3); i > 0; i--) {
        bool get = below(&v, 2) == 0, empty = below(&v, 10) == 0;
        message(&v, &client, &server, get ? NEXT : below(&v, 3) == 0 ? ERROR : RESPONSE, get);
        message(&v, &server, &client,
                empty ? "HTTP/1.1 204 No Content\r\n"
                : get ? "HTTP/1.1 200 OK\r\n"
                      : "HTTP/1.1 202 Accepted\r\n",
                empty);
        s.exchanges++;
    }
    *client = (struct wire_step){ .op = W_HALF };
    wire_compare(&s);
}

START_TEST(test_proxy_shows_the_same_in_conversations_made_up_at_random)
{
    nj_diag_threshold(NJ_LEVEL_ERROR);
    for (unsigned seed = 1; seed <= 150; seed++)
        conversation(seed);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_proxy_shows_both_ends_what_they_would_see_without_it)                                                                           \
    X(test_proxy_shows_the_same_in_conversations_made_up_at_random)

NJ_TEST_MAIN("proxy_transparency")
