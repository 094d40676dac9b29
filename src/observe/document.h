/* src/observe/document.h -- a payload as JSON to look things up in: by dotted path, by header name, whatever the case.
 *
 * The top level is indexed once, because that is where nearly every question begins.  What was cut is read as far as it goes.
 * Views borrow from the payload (or from the document's own store where it had to be mended).
 */
#ifndef NIGHTJAR_OBSERVE_DOCUMENT_H
#define NIGHTJAR_OBSERVE_DOCUMENT_H

#include "nightjar/json.h"

enum { NJ_DOC_MEMBERS = 40 };

struct nj_document {
    struct nj_json root;
    struct {
        struct nj_str key;
        struct nj_json v;
    } top[NJ_DOC_MEMBERS];
    size_t n;
    bool more;           /* members that are not in the index */
    bool dotted;         /* a name at the top has a dot in it: "CodePipeline.job" */
    bool cut;            /* what is missing may have been there */
    struct nj_buf store; /* a cut document, mended; and texts with their escapes undone */
};

void nj_document_init(struct nj_document *d);
void nj_document_fini(struct nj_document *d);
/* whole: its size before it was cut.  False: it is no JSON object or array; the document is empty then. */
bool nj_document_read(struct nj_document *d, struct nj_str text, uint64_t whole);

/* "requestContext.http.sourceIp", "Records.0.eventSource", "CodePipeline.job.id" whether or not the first dot is in the name; a step that is a number is an index where the value is an array.
 * null and "" count as absent. */
struct nj_json nj_document_at(const struct nj_document *d, struct nj_str path);
/* The same below a value. */
struct nj_json nj_document_below(struct nj_json v, struct nj_str path);
/* Text of a string, digits of a number, true and false; absent for the rest. */
struct nj_str nj_document_text(struct nj_document *d, struct nj_json v);
/* "headers" in any letter case, then the last of "multiValueHeaders"; at: path of the object that has them, or absent for the top. */
struct nj_str nj_document_header(struct nj_document *d, struct nj_str at, struct nj_str name);
/* How many elements, up to some millions; of an object of arrays: in all of them. */
uint32_t nj_document_count(struct nj_json array);

#endif
