/* The program: commands for people, the wrapper's probe, otherwise the extension itself. */
#include "nightjar/commands.h"
#include "nightjar/sidecar.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    bool handled = false;
    const char *const *environment = (const char *const *)environ;
    if (argc > 1 && nj_str_eq(nj_str_of(argv[1]), NJ_STR("--probe")))
        return nj_sidecar_probe(argc > 2 ? argv[2] : "", argc > 3 ? argv[3] : NULL);
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
