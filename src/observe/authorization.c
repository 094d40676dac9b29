/* Says what was refused, and what was done that rights are about. */
#include "judge.h"

static void say(struct nj_observe *o, void *state, struct nj_case *c)
{
    (void)state;
    nj_word_say_outcome(o, c, &c->authz, NJ_WORD_AUTHZ_FAIL, NULL, 1);
    nj_word_say_events(o, c, NJ_CAT_AUTHORIZATION);
}

const struct nj_observer nj_authorization_observer = {
    .name = "authorization", .category = NJ_CAT_AUTHORIZATION, .on_done = say, .on_end = say
};

/* Events of the vocabulary whose category is another's: the application said them, and they are passed on. */
static void relay(struct nj_observe *o, void *state, struct nj_case *c)
{
    (void)state;
    nj_word_say_events(o, c, NJ_CAT_ALERT);
    nj_word_say_events(o, c, NJ_CAT_ERROR);
    nj_word_say_events(o, c, NJ_CAT_PLATFORM);
}

const struct nj_observer nj_relay_observer = {
    .name = "relay", .category = NJ_CAT_PLATFORM, .always = true, .on_done = relay, .on_end = relay
};
