/* logins.h -- who fails to log in, from where, how often: the tables behind the findings on authentication.
 *
 * Accounts and addresses that fail are counted by Space-Saving; beside each slot are its windows.  The last pairs of account and
 * address, with agent and secret, answer what needs names: how many accounts from one address, how many addresses on one account, how
 * many accounts with one secret.  Pairs that never failed give way first, so that ordinary logins do not wash an attack out.
 *
 * Only logins and the like come here.  An ordinary call with an expired token is none: one forgotten client makes thousands of them.
 */
#ifndef NIGHTJAR_OBSERVE_LOGINS_H
#define NIGHTJAR_OBSERVE_LOGINS_H

#include "nightjar/counters.h"
#include "nightjar/limits.h"
#include "slot.h"

enum { NJ_LOGIN_SLOTS = 512, NJ_LOGIN_PAIRS = 480, NJ_LOGIN_FACTORS = 64, NJ_LOGIN_WHOS = 20, NJ_LOGIN_ALARMS = 8 };

struct nj_login {
    uint64_t account, address; /* 0 = unknown */
    uint64_t agent, secret;    /* 0 = unknown */
    bool success;
    bool unknown_user;
    bool second_factor; /* a challenge, or its answer */
};

enum nj_login_alarm_kind {
    NJ_ALARM_GUESS_ACCOUNT,
    NJ_ALARM_GUESS_ADDRESS,
    NJ_ALARM_STUFFING_ADDRESS,
    NJ_ALARM_STUFFING_FLEET,
    NJ_ALARM_SPRAY,
    NJ_ALARM_DISTRIBUTED,
    NJ_ALARM_AFTER_FAILURES, /* a success after some failures: no finding by itself */
    NJ_ALARM_TAKEOVER,
    NJ_ALARM_MFA_FATIGUE,
    NJ_LOGIN_ALARM_KINDS
};

struct nj_login_alarm {
    enum nj_login_alarm_kind kind;
    bool critical;
    uint32_t count;             /* failures (attempts with MFA_FATIGUE) */
    uint32_t window_s;          /* 0 = since the last success */
    double accounts, addresses; /* distinct ones; 0 = does not apply */
    double share;               /* of failures among attempts; 0 = does not apply */
    double unknown_share, expected;
    bool by_secret;   /* spray: the same secret, not only the same agent */
    bool flagged;     /* takeover: for its address, not for failures of the account */
    uint32_t error;   /* what of the count may have been other keys' */
    uint64_t subject; /* the account or the address it is about */
    uint64_t whos[NJ_LOGIN_WHOS];
    size_t whos_n;
};

struct nj_login_account {
    struct nj_window fast, slow;
    uint16_t unbroken;                   /* failures since the last success */
    uint32_t guess_s, ceiling, spread_s; /* when it was told; ceiling: unbroken at the last word about it */
};

struct nj_login_address {
    struct nj_window failures;
    uint32_t guess_s, stuffing_s, flagged_s;
    bool stuffing_critical;
};

struct nj_login_pair {
    uint64_t account, address;
    uint32_t agent, secret; /* the lower half of the tag */
    uint32_t last_s, fail_s;
    uint16_t failed, passed;
    bool unknown_user;
};

/* An account that was asked for its second factor: the last ones. */
struct nj_login_factor {
    struct nj_slot slot; /* of the account */
    struct nj_window asked;
};

struct nj_logins {
    struct nj_topk accounts, addresses;
    struct nj_topk_slot account_slots[NJ_LOGIN_SLOTS], address_slots[NJ_LOGIN_SLOTS];
    uint16_t account_index[2 * NJ_LOGIN_SLOTS], address_index[2 * NJ_LOGIN_SLOTS];
    struct nj_login_account account[NJ_LOGIN_SLOTS];
    struct nj_login_address address[NJ_LOGIN_SLOTS];
    struct nj_login_pair pair[NJ_LOGIN_PAIRS];
    uint32_t pairs;
    struct nj_login_factor factor[NJ_LOGIN_FACTORS];
    struct nj_season failures; /* a minute */
    struct nj_window all;      /* failures within stuffing.window */
    uint32_t fleet_s, spray_s;
    uint8_t day_accounts[NJ_HLL_LARGE_BYTES]; /* failing today: told even when nothing fires */
    uint32_t day;
    uint64_t failed, passed; /* ever */
};

void nj_logins_init(struct nj_logins *l);
/* Takes one attempt in; returns how many alarms it raised. */
size_t nj_logins_take(struct nj_logins *l, const struct nj_limits *limits, const struct nj_login *a, int64_t now_ms,
                      struct nj_login_alarm out[static NJ_LOGIN_ALARMS]);

#endif
