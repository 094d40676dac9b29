"""Writes the bootstrap, what it stands for, and the wrapper behind ours."""
import os

SCRIPTS = {
    "bootstrap": '#!/bin/sh\nexec {wrapper} {dir}/bootstrap.real "$@"\n',
    "second": '#!/bin/sh\necho "second wrapper: $1 with $(($# - 1)) argument"\nexec "$@"\n',
    "bootstrap.real": "#!/bin/sh\nexec {function}\n",
}


def prepare(run):
    for name, text in SCRIPTS.items():
        with open(run.path(name), "w", encoding="utf-8") as f:
            f.write(text.format(wrapper=run.tools.wrapper, dir=run.dir, function=run.tools.function))
        os.chmod(run.path(name), 0o755)


def check(run):
    runtimes = run.report["runtimes"]
    run.expect(runtimes and all(not r["killed"] for r in runtimes), "the runtime left at SIGTERM by itself", runtimes)
