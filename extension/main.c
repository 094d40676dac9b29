/* The program: commands for people, the wrapper's probe, otherwise the extension itself. */
#include "nightjar/commands.h"
#include "nightjar/runtime_proxy.h"
#include "nightjar/sidecar.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROBE_MS = 200 };

/* nightjar --probe PORT [HOST:PORT]: does our proxy answer there, and lead where the runtime would have gone?  For the wrapper. */
static int probe(int argc, char **argv)
{
    uint64_t port = 0;
    if (argc < 3 || !nj_str_u64(nj_str_of(argv[2]), &port) || port == 0 || port > UINT16_MAX)
        return EXIT_FAILURE;
    struct nj_str api = argc > 3 ? nj_str_of(argv[3]) : (struct nj_str){ NULL, 0 };
    return nj_proxy_probe((uint16_t)port, api, PROBE_MS) == NJ_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    bool handled = false;
    const char *const *environment = (const char *const *)environ;
    if (argc > 1 && nj_str_eq(nj_str_of(argv[1]), NJ_STR("--probe")))
        return probe(argc, argv);
    int code = nj_command(argc, argv, environment, stdout, stderr, &handled);
    if (handled)
        return code;
    static struct nj_options options;
    static struct nj_problems problems;
    nj_options_read(&options, environment, &problems);
    code = nj_sidecar_run(&options, argc > 0 ? argv[0] : "nightjar", &problems);
    nj_options_fini(&options);
    return code;
}
