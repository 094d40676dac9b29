/* The tests of the HTTP client once more, with libcurl doing the talking. */
#define NJ_TEST_CURL 1

#include "test_http_client.c"
