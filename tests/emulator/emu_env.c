/* What a process in the sandbox sees of its environment. */
#include "emu_env.h"

#include <stdarg.h>
#include <stdlib.h>

const char emu_access_key[] = "ASIAEMULATEDACCESSKE";
const char emu_secret_key[] = "emulatedSecretAccessKeyForLocalTestsOnly";
const char emu_session_token[] = "emulated-session-token-for-local-tests-only";

static size_t find(const struct emu_env *e, struct nj_str name)
{
    size_t i = 0;
    while (i < e->n && !(strncmp(e->vars[i], name.p, name.n) == 0 && e->vars[i][name.n] == '='))
        i++;
    return i;
}

static void put(struct emu_env *e, struct nj_str name, struct nj_str value)
{
    size_t i = find(e, name);
    char *text = i < EMU_ENV_MAX ? malloc(name.n + value.n + 2) : NULL;
    if (text == NULL) {
        e->failed = true;
        return;
    }
    memcpy(text, name.p, name.n);
    text[name.n] = '=';
    memcpy(text + name.n + 1, value.p, value.n);
    text[name.n + 1 + value.n] = 0;
    if (i == e->n)
        e->n++;
    free(e->vars[i]);
    e->vars[i] = text;
}

void emu_env_set(struct emu_env *e, const char *name, const char *fmt, ...)
{
    char value[4096];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(value, sizeof(value), fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof(value))
        e->failed = true;
    else
        put(e, nj_str_of(name), (struct nj_str){ value, (size_t)n });
}

const char *emu_env_get(const struct emu_env *e, const char *name)
{
    size_t i = find(e, nj_str_of(name));
    return i < e->n ? e->vars[i] + strlen(name) + 1 : NULL;
}

static void add_credentials(struct emu_env *e, const struct emu_env_facts *f)
{
    if (f->o->no_credentials)
        return;
    if (f->o->init_type == EMU_SNAP_START) {
        emu_env_set(e, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:%u/2021-04-23/credentials", f->api_port);
        emu_env_set(e, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "%s", f->token);
        return;
    }
    emu_env_set(e, "AWS_ACCESS_KEY_ID", "%s", emu_access_key);
    emu_env_set(e, "AWS_SECRET_ACCESS_KEY", "%s", emu_secret_key);
    emu_env_set(e, "AWS_SESSION_TOKEN", "%s", emu_session_token);
}

/* What the customer configured comes last and therefore wins, except for the address of the APIs. */
static void add_customer(struct emu_env *e, const struct emu_options *o)
{
    for (size_t i = 0; i < o->env.n; i++) {
        struct nj_str rest = nj_str_of(o->env.items[i]), name;
        (void)nj_str_cut(&rest, '=', &name);
        char key[EMU_ENV_MAX];
        (void)snprintf(key, sizeof(key), "%.*s", NJ_STR_ARG(name));
        if (rest.p == NULL)
            rest = nj_str_of(getenv(key));
        if (rest.p != NULL && strcmp(key, "AWS_LAMBDA_RUNTIME_API") != 0)
            put(e, nj_str_of(key), rest);
    }
    if (o->wrapper[0] != 0)
        emu_env_set(e, "AWS_LAMBDA_EXEC_WRAPPER", "%s", o->wrapper);
}

static void add_common(struct emu_env *e, const struct emu_env_facts *f)
{
    const struct emu_options *o = f->o;
    const char *path = getenv("PATH");
    emu_env_set(e, "PATH", "%s", path != NULL ? path : "/usr/local/bin:/usr/bin/:/bin:/opt/bin");
    emu_env_set(e, "LD_LIBRARY_PATH", "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib");
    emu_env_set(e, "LANG", "en_US.UTF-8");
    emu_env_set(e, "TZ", ":UTC");
    emu_env_set(e, "AWS_REGION", "%s", o->region);
    emu_env_set(e, "AWS_DEFAULT_REGION", "%s", o->region);
    emu_env_set(e, "AWS_LAMBDA_FUNCTION_NAME", "%s", o->function_name);
    emu_env_set(e, "AWS_LAMBDA_FUNCTION_VERSION", "%s", o->function_version);
    emu_env_set(e, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "%lld", (long long)o->memory_mb);
    emu_env_set(e, "AWS_LAMBDA_INITIALIZATION_TYPE", "%s", emu_init_type_name(o->init_type));
    add_credentials(e, f);
    add_customer(e, o);
    emu_env_set(e, "AWS_LAMBDA_RUNTIME_API", "127.0.0.1:%u", f->api_port);
}

static void add_log_settings(struct emu_env *e, const struct emu_options *o)
{
    emu_env_set(e, "AWS_LAMBDA_LOG_FORMAT", "%s", o->log_format == EMU_LOG_JSON ? "JSON" : "Text");
    if (o->log_format == EMU_LOG_JSON)
        emu_env_set(e, "AWS_LAMBDA_LOG_LEVEL", "INFO");
}

void emu_env_extension(struct emu_env *e, const struct emu_env_facts *f)
{
    *e = (struct emu_env){ 0 };
    if (f->o->init_type == EMU_MANAGED)
        add_log_settings(e, f->o);
    add_common(e, f);
}

void emu_env_runtime(struct emu_env *e, const struct emu_env_facts *f)
{
    const struct emu_options *o = f->o;
    *e = (struct emu_env){ 0 };
    add_log_settings(e, o);
    emu_env_set(e, "AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023");
    emu_env_set(e, "AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/%s", o->function_name);
    emu_env_set(e, "AWS_LAMBDA_LOG_STREAM_NAME", "%s", f->log_stream);
    emu_env_set(e, "LAMBDA_RUNTIME_DIR", "/var/runtime");
    emu_env_set(e, "LAMBDA_TASK_ROOT", "%s", o->task_root);
    emu_env_set(e, "_HANDLER", "%s", o->handler);
    emu_env_set(e, "AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    emu_env_set(e, "AWS_XRAY_DAEMON_ADDRESS", "169.254.79.129:2000");
    emu_env_set(e, "_AWS_XRAY_DAEMON_ADDRESS", "169.254.79.129");
    emu_env_set(e, "_AWS_XRAY_DAEMON_PORT", "2000");
    if (o->init_type == EMU_MANAGED)
        emu_env_set(e, "AWS_LAMBDA_MAX_CONCURRENCY", "%lld", (long long)o->concurrency);
    add_common(e, f);
}

void emu_env_fini(struct emu_env *e)
{
    for (size_t i = 0; i < e->n; i++)
        free(e->vars[i]);
    *e = (struct emu_env){ 0 };
}
