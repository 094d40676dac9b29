/* Recognises the frames of each language by shape. */
#include "stack_frames.h"

enum { HASH_MIN = 6 };

/* Places whose frames are no code of the team's. */
static const struct nj_str library_paths[] = {
    NJ_STR_INIT("site-packages"), NJ_STR_INIT("dist-packages"), NJ_STR_INIT("node_modules"), NJ_STR_INIT("node:"),
    NJ_STR_INIT("/var/runtime/"), NJ_STR_INIT("/var/lang/"),    NJ_STR_INIT("/opt/"),        NJ_STR_INIT("/gems/"),
    NJ_STR_INIT("/usr/lib/"),     NJ_STR_INIT("/usr/local/"),   NJ_STR_INIT("<frozen "),     NJ_STR_INIT("<internal:"),
    NJ_STR_INIT("/rustc/"),       NJ_STR_INIT("/.cargo/"),      NJ_STR_INIT("/go/src/"),     NJ_STR_INIT("/pkg/mod/"),
};

static const struct nj_str library_names[] = {
    NJ_STR_INIT("java."),
    NJ_STR_INIT("javax."),
    NJ_STR_INIT("jdk."),
    NJ_STR_INIT("sun."),
    NJ_STR_INIT("com.sun."),
    NJ_STR_INIT("kotlin."),
    NJ_STR_INIT("scala."),
    NJ_STR_INIT("lambdainternal."),
    NJ_STR_INIT("com.amazonaws."),
    NJ_STR_INIT("System."),
    NJ_STR_INIT("Microsoft."),
    NJ_STR_INIT("Amazon.Lambda."),
    NJ_STR_INIT("runtime."),
    NJ_STR_INIT("reflect."),
    NJ_STR_INIT("net/http."),
    NJ_STR_INIT("github.com/aws/aws-lambda-go"),
    NJ_STR_INIT("std::"),
    NJ_STR_INIT("core::"),
    NJ_STR_INIT("alloc::"),
    NJ_STR_INIT("<core::"),
    NJ_STR_INIT("<alloc::"),
    NJ_STR_INIT("tokio::"),
    NJ_STR_INIT("lambda_runtime::"),
    NJ_STR_INIT("rust_begin_unwind"),
    NJ_STR_INIT("org.springframework."),
    NJ_STR_INIT("__libc_start"),
    NJ_STR_INIT("main.main"),
    NJ_STR_INIT("panic("),
    NJ_STR_INIT("<std::"),
    NJ_STR_INIT("software.amazon."),
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool hex(char c)
{
    return digit(c) || (c >= 'a' && c <= 'f');
}

static struct nj_str until(struct nj_str s, const char *stop)
{
    size_t at = nj_str_find(s, nj_str_of(stop), 0);
    return at == NJ_NPOS ? s : nj_str_slice(s, 0, at);
}

static bool has(struct nj_str s, const char *part)
{
    return nj_str_find(s, nj_str_of(part), 0) != NJ_NPOS;
}

static struct nj_str basename_of(struct nj_str path)
{
    path = until(path, "?");
    for (size_t i = path.n; i > 0; i--)
        if (path.p[i - 1] == '/' || path.p[i - 1] == '\\')
            return nj_str_slice(path, i, path.n);
    return path;
}

static void put(struct nj_frame *f, char c)
{
    if (f->n < NJ_FRAME_MAX)
        f->text[f->n++] = c;
}

/* Without what differs from build to build: runs of hex digits with a digit among them (bundle.3f9a2c1b.js), numbers at the end of a
 * part (lambda$handle$0, <Run>d__3, h0123456789abcdef). */
static void put_name(struct nj_frame *f, struct nj_str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t n = 0, digits = 0;
        bool starts = i == 0 || strchr(".-_$:/", s.p[i - 1]) != NULL;
        while (i + n < s.n && hex(s.p[i + n])) {
            digits += digit(s.p[i + n]);
            n++;
        }
        bool ends = i + n == s.n || strchr(".-_$:/", s.p[i + n]) != NULL;
        if (starts && ends && n != 0 && (n == digits || (n >= HASH_MIN && digits != 0))) {
            i += n;
            continue;
        }
        put(f, s.p[i++]);
    }
}

static bool of_library(struct nj_str path, struct nj_str function)
{
    for (size_t i = 0; i < NJ_COUNT(library_paths); i++)
        if (nj_str_find(path, library_paths[i], 0) != NJ_NPOS)
            return true;
    return nj_str_starts_any(function, library_names, NJ_COUNT(library_names));
}

void nj_frame_of_parts(struct nj_frame *out, struct nj_str path, struct nj_str function)
{
    out->n = 0;
    out->library = of_library(path, function);
    put_name(out, basename_of(path));
    if (out->n != 0 && function.n != 0)
        put(out, ' ');
    put_name(out, function);
}

/* Cuts ":12" and ":12:5" off the end; false when there is none. */
static bool cut_position(struct nj_str *s)
{
    bool any = false;
    for (int part = 0; part < 2; part++) {
        size_t n = s->n;
        while (n > 0 && digit(s->p[n - 1]))
            n--;
        if (n == s->n || n == 0 || s->p[n - 1] != ':')
            break;
        s->n = n - 1;
        any = true;
    }
    return any;
}

/*   File "/var/task/app.py", line 12, in handler */
static bool python(struct nj_frame *out, struct nj_str line)
{
    if (!nj_str_starts(line, NJ_STR("File \"")))
        return false;
    struct nj_str rest = nj_str_slice(line, 6, line.n), path;
    if (!nj_str_cut(&rest, '"', &path) || !nj_str_starts(rest, NJ_STR(", line ")))
        return false;
    size_t in = nj_str_find(rest, NJ_STR(", in "), 0);
    nj_frame_of_parts(out, path, in != NJ_NPOS ? until(nj_str_slice(rest, in + 5, rest.n), "\n") : (struct nj_str){ NULL, 0 });
    return true;
}

/* at fn (/var/task/index.js:10:5), at async fn (...), at /var/task/index.js:10:5, at new C (...) */
static bool node(struct nj_frame *out, struct nj_str rest)
{
    struct nj_str function = { NULL, 0 }, path = rest;
    size_t open = nj_str_find(rest, NJ_STR(" ("), 0);
    if (open != NJ_NPOS && rest.p[rest.n - 1] == ')') {
        function = nj_str_slice(rest, 0, open);
        path = nj_str_slice(rest, open + 2, rest.n - 1);
    }
    if (nj_str_starts(path, NJ_STR("async ")))
        path = nj_str_slice(path, 6, path.n);
    if (!cut_position(&path) && !nj_str_eq(path, NJ_STR("<anonymous>")) && !nj_str_eq(path, NJ_STR("native")))
        return false;
    if (nj_str_ends(path, NJ_STR(".rs"))) /* the place of a frame of Rust, told with the line before */
        return false;
    if (nj_str_starts(function, NJ_STR("async ")))
        function = nj_str_slice(function, 6, function.n);
    if (nj_str_starts(function, NJ_STR("new ")))
        function = nj_str_slice(function, 4, function.n);
    function = until(function, " [as ");
    nj_frame_of_parts(out, path, function);
    out->library = out->library || nj_str_eq(path, NJ_STR("<anonymous>")) || nj_str_eq(path, NJ_STR("native"));
    return true;
}

/* com.example.Handler.handle(Handler.java:25), with or without at; also a module before a slash */
static bool java(struct nj_frame *out, struct nj_str line)
{
    static const char *const sources[] = { ".java", ".kt", ".scala", ".groovy", "Native Method", "Unknown Source" };
    size_t open = nj_str_chr(line, '(', 0);
    bool good = false;
    if (open == NJ_NPOS || open == 0 || line.p[line.n - 1] != ')' || nj_str_chr(nj_str_slice(line, 0, open), ' ', 0) != NJ_NPOS)
        return false;
    struct nj_str source = nj_str_slice(line, open + 1, line.n - 1), name = nj_str_slice(line, 0, open);
    for (size_t i = 0; i < NJ_COUNT(sources); i++)
        good = good || has(source, sources[i]);
    if (!good || nj_str_chr(name, '.', 0) == NJ_NPOS)
        return false;
    size_t slash = nj_str_chr(name, '/', 0);
    if (slash != NJ_NPOS && !has(name, "$$Lambda"))
        name = nj_str_slice(name, slash + 1, name.n);
    nj_frame_of_parts(out, (struct nj_str){ NULL, 0 }, until(name, "$$"));
    return true;
}

/* at Namespace.Class.Method(String a, Int32 b) in /src/File.cs:line 12 */
static bool dotnet(struct nj_frame *out, struct nj_str rest)
{
    size_t open = nj_str_chr(rest, '(', 0), in = nj_str_find(rest, NJ_STR(") in "), 0);
    if (open == NJ_NPOS || open == 0 || nj_str_chr(nj_str_slice(rest, 0, open), '.', 0) == NJ_NPOS ||
        nj_str_chr(nj_str_slice(rest, 0, open), ' ', 0) != NJ_NPOS || (in == NJ_NPOS && rest.p[rest.n - 1] != ')'))
        return false;
    struct nj_str path = in == NJ_NPOS ? (struct nj_str){ NULL, 0 } : until(nj_str_slice(rest, in + 5, rest.n), ":line ");
    nj_frame_of_parts(out, path, nj_str_slice(rest, 0, open));
    return true;
}

/* /var/task/app.rb:12:in `handler' */
static bool ruby(struct nj_frame *out, struct nj_str line)
{
    size_t in = nj_str_find(line, NJ_STR(":in "), 0);
    if (in == NJ_NPOS || in + 6 > line.n || (line.p[in + 4] != '`' && line.p[in + 4] != '\''))
        return false;
    struct nj_str path = nj_str_slice(line, 0, in), rest = nj_str_slice(line, in + 5, line.n), function;
    if (nj_str_starts(path, NJ_STR("from ")))
        path = nj_str_slice(path, 5, path.n);
    if (!cut_position(&path) || !nj_str_cut(&rest, '\'', &function))
        return false;
    if (nj_str_starts(function, NJ_STR("block in ")))
        function = nj_str_slice(function, 9, function.n);
    nj_frame_of_parts(out, path, function);
    return true;
}

/* main.handler(0xc000...) and, on the next line, a tab and /build/main.go:12 +0x1d */
static bool go(struct nj_frame *out, struct nj_str line, struct nj_str next)
{
    struct nj_str path = until(nj_str_trim(next), " ");
    size_t open = NJ_NPOS;
    if (next.n == 0 || next.p[0] != '\t' || !has(path, ".go:") || !cut_position(&path))
        return false;
    for (size_t i = line.n; i > 0 && open == NJ_NPOS; i--)
        if (line.p[i - 1] == '(')
            open = i - 1;
    struct nj_str function = open != NJ_NPOS && open != 0 ? nj_str_slice(line, 0, open) : line;
    if (nj_str_starts(function, NJ_STR("created by ")))
        function = until(nj_str_slice(function, 11, function.n), " in goroutine");
    nj_frame_of_parts(out, path, function);
    return true;
}

/*    4: my_crate::handler::h0123456789abcdef and, on the next line, at ./src/main.rs:12:5 */
static bool rust(struct nj_frame *out, struct nj_str line, struct nj_str next)
{
    size_t n = 0;
    while (n < line.n && digit(line.p[n]))
        n++;
    if (n == 0 || n > 3 || !nj_str_starts(nj_str_slice(line, n, line.n), NJ_STR(": ")))
        return false;
    struct nj_str function = nj_str_trim(nj_str_slice(line, n + 1, line.n)), path = nj_str_trim(next);
    size_t hash = nj_str_find(function, NJ_STR("::h"), 0);
    if (hash != NJ_NPOS && function.n - hash == 19)
        function = nj_str_slice(function, 0, hash);
    if (nj_str_starts(function, NJ_STR("0x"))) /* 4: 0x55d0 - name */
        function = nj_str_slice(
            function, nj_str_find(function, NJ_STR(" - "), 0) == NJ_NPOS ? 0 : nj_str_find(function, NJ_STR(" - "), 0) + 3, function.n);
    if (!has(function, "::") && !nj_str_starts(path, NJ_STR("at ")))
        return false;
    path = nj_str_starts(path, NJ_STR("at ")) ? nj_str_slice(path, 3, path.n) : (struct nj_str){ NULL, 0 };
    (void)cut_position(&path);
    nj_frame_of_parts(out, path, function);
    return true;
}

bool nj_frame_of_line(struct nj_frame *out, struct nj_str line, struct nj_str next, bool *outermost_first)
{
    struct nj_str s = nj_str_trim(line), rest;
    *outermost_first = false;
    if (s.n < 4)
        return false;
    if (python(out, s)) {
        *outermost_first = true;
        return true;
    }
    if (nj_str_starts(s, NJ_STR("at "))) {
        rest = nj_str_trim(nj_str_slice(s, 3, s.n));
        return rest.n > 3 && (java(out, rest) || node(out, rest) || dotnet(out, rest));
    }
    return rust(out, s, next) || ruby(out, s) || java(out, s) || go(out, s, next);
}
