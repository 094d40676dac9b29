/* Finds roots of trust in an index, by subject, the way OpenSSL finds them in a directory of hashed names. */
#include "tls_roots.h"

#include <openssl/x509_vfy.h>

static size_t first_with(const struct nj_tls_roots *roots, uint32_t hash)
{
    size_t low = 0, high = roots->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (roots->rows[middle].name_hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static X509 *parse(const struct nj_tls_roots *roots, const struct nj_tls_root *row)
{
    const unsigned char *p = roots->der + row->at;
    return d2i_X509(NULL, &p, (long)row->n);
}

/* All roots of this subject go into the store, which is asked first the next time; one of them is the answer. */
static int by_subject(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name, X509_OBJECT *answer)
{
    const struct nj_tls_roots *roots = X509_LOOKUP_get_method_data(lookup);
    X509_STORE *store = X509_LOOKUP_get_store(lookup);
    int hashed = 0;
    bool found = false;
    if (type != X509_LU_X509 || name == NULL)
        return 0;
    uint32_t hash = (uint32_t)X509_NAME_hash_ex(name, NULL, NULL, &hashed);
    if (!hashed)
        return 0;
    for (size_t i = first_with(roots, hash); i < roots->count && roots->rows[i].name_hash == hash; i++) {
        X509 *root = parse(roots, &roots->rows[i]);
        if (root != NULL && X509_NAME_cmp(X509_get_subject_name(root), name) == 0 && X509_STORE_add_cert(store, root) == 1 && !found) {
            found = X509_OBJECT_set1_X509(answer, root) == 1;
            /* OpenSSL takes a reference of its own for what is answered here: the answer borrows the store's. */
            if (found)
                X509_free(root);
        }
        X509_free(root);
    }
    return found;
}

bool nj_tls_trust_init(struct nj_tls_trust *t, const struct nj_tls_roots *roots)
{
    X509_LOOKUP *lookup = NULL;
    t->store = X509_STORE_new();
    t->method = X509_LOOKUP_meth_new("roots that were compiled in");
    if (t->store != NULL && t->method != NULL && X509_LOOKUP_meth_set_get_by_subject(t->method, by_subject) == 1)
        lookup = X509_STORE_add_lookup(t->store, t->method);
    if (lookup == NULL) {
        nj_tls_trust_fini(t);
        return false;
    }
    X509_LOOKUP_set_method_data(lookup, (void *)(uintptr_t)roots);
    return true;
}

void nj_tls_trust_fini(struct nj_tls_trust *t)
{
    X509_STORE_free(t->store);
    X509_LOOKUP_meth_free(t->method); /* the store's lookups point to it */
    *t = (struct nj_tls_trust){ 0 };
}
