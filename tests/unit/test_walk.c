/* Random walks: any order of orders and answers, with the ledger, the memory and the state table checked after every step. */
#include "spill_kit.h"

enum { RUNS = 60, STEPS = 600 };

static bool disk_fails; /* now and then */

static uint32_t dice(uint32_t *seed, uint32_t sides)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % sides;
}

static void random_answer(struct kit *k, uint32_t *seed, enum nj_lane lane)
{
    static const long statuses[NJ_VERDICTS] = { 200, 500, 0, 413, 400, 403, 0 };
    struct nj_answer a = { .verdict = (enum nj_verdict)dice(seed, NJ_VERDICTS), .retry_after_ms = -1, .words = "" };
    if (!k->sender.busy[lane])
        return;
    a.status = statuses[a.verdict];
    a.timed_out = a.verdict == NJ_V_RETRY && dice(seed, 4) == 0;
    if (a.verdict == NJ_V_RETRY && dice(seed, 4) == 0)
        a.retry_after_ms = dice(seed, 20000);
    kit_answer_full(k, lane, a);
}

static void random_step(struct kit *k, uint32_t *seed)
{
    enum nj_lane lane = (enum nj_lane)dice(seed, NJ_LANES);
    switch (dice(seed, 12)) {
    case 0:
    case 1:
    case 2:
    case 3:
        kit_offer(k->o, lane, k->number++, dice(seed, dice(seed, 20) == 0 ? 40000 : 800));
        break;
    case 4:
        nj_outlet_flush(k->o, dice(seed, 4));
        break;
    case 5:
    case 6:
    case 7:
        random_answer(k, seed, lane);
        break;
    case 8:
        kit_pass(k, dice(seed, 2) == 0 ? dice(seed, 50) : dice(seed, 8000));
        break;
    case 9:
        nj_outlet_thawed(k->o);
        break;
    case 10:
        nj_outlet_deadline(k->o, (struct nj_mono){ dice(seed, 2) == 0 ? INT64_MAX : k->clock.ms + (int64_t)dice(seed, 3000) - 500 });
        break;
    default:
        k->sender.refuse = dice(seed, 3) == 0 ? NJ_ENOMEM : NJ_OK;
        if (disk_fails && dice(seed, 4) == 0) {
            sk_fault.fail_at = sk_fault.calls + dice(seed, 30);
            sk_fault.fail_on = dice(seed, 2) == 0;
            sk_fault.fail_errno = dice(seed, 2) == 0 ? ENOSPC : EMFILE;
        } else if (dice(seed, 4) == 0) {
            nj_outlet_spill(k->o, dice(seed, 4), (struct nj_mono){ k->clock.ms + 1 });
        }
        if (dice(seed, 40) == 0)
            nj_outlet_abandon(k->o, NJ_DROP_deadline);
        else if (dice(seed, 60) == 0)
            nj_outlet_drain(k->o, (struct nj_mono){ k->clock.ms + dice(seed, 2000) });
    }
    kit_check(k);
}

/* Whatever happened before: with a sink that works and with time, everything gets out. */
static void empty_out(struct kit *k)
{
    k->sender.refuse = NJ_OK;
    sk_fault.fail_at = 0;
    nj_outlet_deadline(k->o, (struct nj_mono){ INT64_MAX });
    nj_outlet_flush(k->o, NJ_LANE_BITS_ALL);
    for (int i = 0; i < 3000 && nj_outlet_pending(k->o, NJ_LANE_BITS_ALL); i++) {
        for (int lane = 0; lane < NJ_LANES; lane++)
            if (k->sender.busy[lane])
                kit_answer(k, (enum nj_lane)lane, NJ_V_DELIVERED);
        kit_pass(k, 200);
    }
    ck_assert_msg(!nj_outlet_pending(k->o, NJ_LANE_BITS_ALL), "something is stuck");
    ck_assert_uint_eq(nj_outlet_ledger(k->o)->held + nj_outlet_ledger(k->o)->spilled, 0);
    ck_assert_uint_eq(nj_outlet_bytes(k->o), 0);
}

static void walk_open(struct kit *k, const char *base, uint32_t run)
{
    *k = (struct kit){ .changed = 0 };
    struct nj_outlet_options o = kit_options(k);
    o.queue_bytes = run % 3 == 0 ? 8 << 10 : 48 << 10;
    o.batch.max_bytes = run % 2 == 0 ? 2 << 10 : 16 << 10;
    if (run % 4 < 3)
        o.spill = (struct nj_spill_options){ .base = nj_str_of(base), .max_bytes = run % 5 == 0 ? 4 << 10 : 256 << 10, .calls = &sk_calls };
    k->compress = nj_codec_names[run % NJ_CODECS];
    kit_open_with(k, &o);
    printf("run %u\n", run); /* seen when it fails */
}

START_TEST(test_walk_keeps_the_ledger_and_the_state_table)
{
    struct spill_kit disk;
    uint64_t read_back = 0;
    sk_base(&disk);
    for (uint32_t run = 1; run <= RUNS; run++) {
        struct kit k;
        uint32_t seed = run * 2654435761u;
        struct kit_stderr err;
        char text[64];
        kit_stderr_begin(&err);
        memset(&sk_fault, 0, sizeof(sk_fault));
        disk_fails = run % 3 == 0;
        walk_open(&k, disk.base, run);
        for (int i = 0; i < STEPS; i++)
            random_step(&k, &seed);
        empty_out(&k);
        ck_assert(disk_fails || sk_dirs(&disk) == 0); /* a file that could not be removed is there still */
        while (sk_dirs(&disk) != 0) {
            char dir[256];
            sk_dir(&disk, dir);
            sk_remove_all(dir);
        }
        read_back += nj_outlet_ledger(k.o)->spill.read;
        kit_close(&k);
        kit_stderr_end(&err, text, sizeof(text));
    }
    ck_assert_uint_gt(read_back, 1000);
    sk_end(&disk);
}
END_TEST

#define NJ_TESTS(X) X(test_walk_keeps_the_ledger_and_the_state_table)

NJ_TEST_MAIN("walk")
