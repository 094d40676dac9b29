/* minimal_extension.c -- the smallest extension that does what Lambda asks: the yardstick for start-up in `make bench`.
 *
 * It registers, asks for events until SHUTDOWN comes, and exits.  Raw sockets, no library but libc, linked statically, no
 * telemetry, no memory from the heap.
 */
#include <arpa/inet.h>
#include <libgen.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REPLY_MAX = 16384, ID_MAX = 64 };

/* "host:port" of AWS_LAMBDA_RUNTIME_API as an address; only IPv4 numbers, as the platform gives them. */
static bool parse_api(const char *api, struct sockaddr_in *out)
{
    char host[64];
    const char *colon = api != NULL ? strrchr(api, ':') : NULL;
    if (colon == NULL || (size_t)(colon - api) >= sizeof host)
        return false;
    memcpy(host, api, (size_t)(colon - api));
    host[colon - api] = '\0';
    long port = strtol(colon + 1, NULL, 10);
    *out = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    return port > 0 && port < 65536 && inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

static bool send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* Is head plus body complete?  The platform's answers have a Content-Length. */
static bool complete(const char *reply, size_t n)
{
    const char *end = strstr(reply, "\r\n\r\n");
    const char *length = strcasestr(reply, "\r\nContent-Length:");
    if (end == NULL)
        return false;
    size_t body = length != NULL && length < end ? (size_t)strtoul(length + 17, NULL, 10) : 0;
    return n >= (size_t)(end - reply) + 4 + body;
}

/* Reads one answer into reply, NUL-terminated; false when the connection ended before. */
static bool read_reply(int fd, char reply[static REPLY_MAX])
{
    size_t n = 0;
    reply[0] = '\0';
    while (!complete(reply, n)) {
        ssize_t got = n + 1 < REPLY_MAX ? recv(fd, reply + n, REPLY_MAX - 1 - n, 0) : -1;
        if (got <= 0)
            return false;
        n += (size_t)got;
        reply[n] = '\0';
    }
    return strncmp(reply, "HTTP/1.1 200", 12) == 0;
}

static bool do_register(int fd, const char *api, const char *name, char id[static ID_MAX])
{
    static const char body[] = "{\"events\":[\"INVOKE\",\"SHUTDOWN\"]}";
    char request[1024], reply[REPLY_MAX];
    int n = snprintf(request, sizeof request,
                     "POST /2020-01-01/extension/register HTTP/1.1\r\nHost: %s\r\nLambda-Extension-Name: %s\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     api, name, sizeof body - 1, body);
    if (n < 0 || (size_t)n >= sizeof request || !send_all(fd, request, (size_t)n) || !read_reply(fd, reply))
        return false;
    const char *at = strcasestr(reply, "\r\nLambda-Extension-Identifier:");
    return at != NULL && sscanf(at + 30, " %63[0-9A-Fa-f-]", id) == 1;
}

int main(int argc, char **argv)
{
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    struct sockaddr_in address;
    char id[ID_MAX], request[512], reply[REPLY_MAX];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (argc < 1 || fd < 0 || !parse_api(api, &address) || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        !do_register(fd, api, basename(argv[0]), id))
        return EXIT_FAILURE;
    int n = snprintf(request, sizeof request,
                     "GET /2020-01-01/extension/event/next HTTP/1.1\r\nHost: %s\r\nLambda-Extension-Identifier: %s\r\n\r\n", api, id);
    if (n < 0 || (size_t)n >= sizeof request)
        return EXIT_FAILURE;
    do {
        if (!send_all(fd, request, (size_t)n) || !read_reply(fd, reply))
            return EXIT_FAILURE;
    } while (strstr(reply, "\"SHUTDOWN\"") == NULL);
    return EXIT_SUCCESS;
}
