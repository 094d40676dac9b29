/* Asks the scheduler by the system call itself: no libc before 2024 knows it. */
#include "nightjar/sched.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NICE_LOWEST = 19 };

bool nj_sched_ask(int nicer, uint64_t slice_ns)
{
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } wish = { .size = sizeof(wish), .policy = SCHED_OTHER, .runtime = slice_ns };
    errno = 0;
    int nice = getpriority(PRIO_PROCESS, 0); /* of the thread */
    if (errno != 0)
        return false;
    wish.nice = nice + nicer < NICE_LOWEST ? nice + nicer : NICE_LOWEST;
    return syscall(SYS_sched_setattr, 0, &wish, 0) == 0 || setpriority(PRIO_PROCESS, 0, wish.nice) == 0;
}

bool nj_sched_move(int processor)
{
    cpu_set_t allowed, one;
    if (processor < 0 || processor >= CPU_SETSIZE || sched_getaffinity(0, sizeof(allowed), &allowed) != 0 ||
        !CPU_ISSET((size_t)processor, &allowed))
        return false;
    CPU_ZERO(&one);
    CPU_SET((size_t)processor, &one);
    bool moved = sched_setaffinity(0, sizeof(one), &one) == 0;
    (void)sched_setaffinity(0, sizeof(allowed), &allowed); /* it was allowed a moment ago; and the thread works on any */
    return moved;
}
