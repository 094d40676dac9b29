/* The program: commands for people, otherwise the extension itself. */
#include "nightjar/commands.h"
#include "nightjar/sidecar.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    bool handled = false;
    const char *const *environment = (const char *const *)environ;
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
