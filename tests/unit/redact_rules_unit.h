/* tests/unit/redact_rules_unit.h -- a redactor with rules of the operator and a key of pseudonyms. */
#ifndef NIGHTJAR_TESTS_REDACT_RULES_UNIT_H
#define NIGHTJAR_TESTS_REDACT_RULES_UNIT_H

#include "redact_unit.h"

#define KEY_HEX "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct nj_rules *rules;
static struct nj_pseudonyms *pseudonyms;

static void use_rules(const char *policy, const char *json)
{
    struct nj_rules_error error;
    nj_redactor_free(redactor);
    redactor = NULL;
    nj_rules_free(rules);
    if (pseudonyms == NULL)
        ck_assert_int_eq(nj_pseudonyms_new(&pseudonyms, NJ_STR(KEY_HEX), (struct nj_str){ NULL, 0 }), NJ_OK);
    ck_assert_msg(nj_rules_new(&rules, nj_str_of(json), &error) == NJ_OK, "line %zu, column %zu: %s", error.line, error.column, error.text);
    struct nj_redact_options o = { .policy = nj_str_of(policy), .rules = rules, .pseudonyms = pseudonyms };
    ck_assert_int_eq(nj_redactor_new(&redactor, &o), NJ_OK);
}

#endif
