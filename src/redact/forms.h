/* src/redact/forms.h -- a name with its value in text, as the files that read the renderings share it.
 *
 * forms.c reads what has a separator (key=value, key: value, "key":"value") and forms_names.c the name before it, forms_words.c what has none
 * (prose, SQL), forms_sentence.c where more words stand between, forms_options.c options of commands, forms_commands.c the other places they
 * have for a password, forms_rows.c tables, forms_tuples.c what stands in brackets, forms_protocols.c what has a place and no name,
 * forms_markup.c what is spread over tags and pairs.  forms_value.c finds where a value begins and ends.
 *
 * Reading       backwards never before the floor, which is what was already replaced; forwards a bounded stretch, or with a
 *               memory of what was read, so that the sweep stays linear. */
#ifndef NIGHTJAR_REDACT_FORMS_H
#define NIGHTJAR_REDACT_FORMS_H

#include "redact_internal.h"

enum { NJ_FORM_GAP = 40, NJ_FORM_SLASHES = 64, NJ_FORM_KEY = 64 };
/* Rules that words before the name may cancel. */
enum { NJ_FORM_CANCELLABLE = NJ_HOW_TOKEN | NJ_HOW_GRANT };

/* Kept out of the way of what most names and values go. */
#define NJ_RARE __attribute__((noinline, cold))

struct nj_form {
    struct nj_sweep *s;
    struct nj_str t;
    size_t floor;       /* nothing before this may be read */
    size_t sep;         /* the separator */
    struct nj_span key; /* its name, without quotes */
    char key_quote;     /* the quote that closes the name, or 0 */
    bool gap_before;    /* white space between name and separator */
    size_t value;       /* first byte behind separator, white space and opening quote */
    bool gap_after;     /* white space between separator and value */
    bool line_after;    /* ... with a line break in it */
    char quote;         /* the quote that opens the value, or 0 */
    size_t slashes;     /* backslashes in front of it */
    bool open;          /* the quote is not closed before the text ends */
    int rule;
};

static inline bool nj_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline bool nj_is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static inline bool nj_is_high(char c)
{
    return (unsigned char)c >= 0x80;
}

static inline struct nj_str nj_part(struct nj_str t, struct nj_span s)
{
    return nj_str_slice(t, s.from, s.to);
}

/* Byte at of t, or NUL behind its end. */
static inline char nj_byte(struct nj_str t, size_t at)
{
    return at < t.n ? t.p[at] : '\0';
}

static inline size_t nj_skip_blanks(struct nj_str t, size_t at)
{
    while (at < t.n && nj_is_blank(t.p[at]))
        at++;
    return at;
}

/* Does text end before byte at with this, not counting what lies before the floor? */
static inline bool nj_form_ends_with(const struct nj_form *f, size_t at, struct nj_str what)
{
    return at - f->floor >= what.n && memcmp(f->t.p + at - what.n, what.p, what.n) == 0;
}

/* key=value, key: value, "key":"value" (forms.c): at is the byte behind the separator. */
bool nj_form_find(struct nj_sweep *s, size_t at, struct nj_span *value, int *rule);
/* Sentences, options, SQL (forms_words.c): at is the byte that is marked. */
bool nj_form_words(struct nj_sweep *s, size_t at, struct nj_span *value, int *rule);
/* The value at byte at, where nothing but a blank or a bracket says that one comes: in quotes, or made up. */
bool nj_form_blank_value(struct nj_form *f, size_t at, struct nj_span *value);
/* The same where a verb says so, and where nothing does: in quotes. */
bool nj_form_linked_value(struct nj_form *f, size_t at, struct nj_span *value);
bool nj_form_unlinked_value(struct nj_form *f, size_t at, struct nj_span *value);
/* Further on in the sentence of a name that ends at byte at (forms_sentence.c): without quotes, and with them, of which the closing one
 * stands before that byte. */
bool nj_form_in_sentence(struct nj_form *f, size_t at, struct nj_span *value);
bool nj_form_in_quoted_sentence(struct nj_form *f, size_t at, struct nj_span *value);
/* "$db = new mysqli(h, u, x)", "$4 AUTH $8 x" on lines of their own (forms_protocols.c): at the dollar; kept with nj_sweep_wait_key(). */
void nj_form_dollar(struct nj_sweep *s, size_t at);
/* "chpasswd <<< kim:x" (forms_commands.c): at is behind the last '<'. */
bool nj_form_here(struct nj_sweep *s, size_t at, struct nj_span *value, int *rule);
/* <password>x</password> (forms_markup.c): at is the byte behind '<'; the value is kept with nj_sweep_wait_key(). */
void nj_form_tag(struct nj_sweep *s, size_t at);
/* The row of a table whose names an earlier record had: its cell is kept with nj_sweep_wait_key(); false when it is none. */
bool nj_form_table_goes_on(struct nj_sweep *s, struct nj_table *table);

/* A bit for each of the bytes of a lane that may be of a name: NJ_IS_KEY. */
static inline uint64_t nj_name_bits(const char *p)
{
    nj_lane v = nj_lane_at(p);
    return nj_lane_bits(nj_lane_letters(v) | nj_lane_digits(v) | (nj_lane)(v - '-' < 2) | (nj_lane)(v == '_') | (nj_lane)(v == '$'));
}

/* Start of the run of name bytes that ends before byte at, but not before floor, nor longer than a name may be. */
size_t nj_run_back_far(struct nj_str t, size_t floor, size_t at); /* of a long run, or in a short text */
static inline size_t nj_run_back(struct nj_str t, size_t floor, size_t at)
{
    enum { LANE = sizeof(nj_lane) };
    if (at <= floor || t.n < LANE)
        return nj_run_back_far(t, floor, at);
    size_t base = at > LANE ? at - LANE : 0, n = at - base;
    size_t from = at - (size_t)__builtin_clzll(~(nj_name_bits(t.p + base) << (64 - n)));
    if (from == base && base != 0)
        return nj_run_back_far(t, floor, at);
    return from > floor ? from : floor;
}

/* The same for a form. */
size_t nj_form_run_back(const struct nj_form *f, size_t at);
/* "==", "!=", "<=", "+=", "::" compare or name, they do not assign; ":=" does. */
bool nj_form_is_operator(const struct nj_form *f);
/* Sets f->key to the name before the separator, whatever stands between them; false when there is none. */
bool nj_form_find_key(struct nj_form *f);
/* "Unseal Key 1: x": moves f->key from a number to what is counted. */
void nj_form_skip_count(struct nj_form *f);
/* At a verb, "the password is", "the password for joe is", "the password you entered": moves f->key to the name before it. */
void nj_form_skip_verb(struct nj_form *f);
/* The rule of the name f->key; the words before it may belong to it ("api key: x") or cancel it ("next page token: x"). */
struct nj_key nj_form_classify(struct nj_form *f);
struct nj_key nj_form_longer_name(struct nj_form *f, struct nj_key key); /* where words stand before it, and may do so */
/* The same of a name of which this is known. */
static inline struct nj_key nj_form_with_words_before(struct nj_form *f, struct nj_key key)
{
    if (f->key.from <= f->floor + 1 || f->t.p[f->key.from - 1] != ' ')
        return key; /* as most */
    bool open = key.rule == NJ_KEY_NONE ? (key.roles & NJ_ROLE_ENDING) != 0 : (nj_secret_keys[key.rule].how & NJ_FORM_CANCELLABLE) != 0;
    return open ? nj_form_longer_name(f, key) : key;
}

/* Reads the opening of a value at byte at: quote, backslashes, the prefix of a literal (b'..', Some("..")). */
void nj_form_open(struct nj_form *f, size_t at);
/* End of the value that f opened; sets f->open. */
size_t nj_form_end(struct nj_form *f);
/* Both: the value at byte at, from where it was opened on. */
struct nj_span nj_form_read(struct nj_form *f, size_t at);
/* Pwd={x};: ODBC puts what may hold a semicolon into braces. */
void nj_form_skip_brace(const struct nj_form *f, struct nj_span *v);
/* A bare value that ended at a bracket takes it along if it opened it: "Optional[x1]". */
void nj_form_close(const struct nj_form *f, struct nj_span *v);
/* Keeps a value that lies ahead, if the rule takes it. */
void nj_form_wait(struct nj_sweep *s, struct nj_span value, int rule);
/* The same of what stands in quotes at byte at, under the rule of f; one that is not closed is none. */
void nj_form_wait_quoted(const struct nj_form *f, size_t at);
/* What belongs to the value in quotes that ends at byte to, and stands behind it, is kept: the other elements of a list of Go, what it changes to. */
void nj_form_wait_behind(const struct nj_form *f, size_t to);
/* End of a value without quotes that begins at byte at; remembers the stretch it read. */
size_t nj_form_bare_end(struct nj_sweep *s, size_t at);
/* Does a value without quotes end before byte at? */
bool nj_form_ends_value(struct nj_str t, size_t at);

/* The rule of a password, where none is named; false when the operator wants none. */
bool nj_form_set_password(struct nj_form *f);

/* Letters only, not mixed in case: as likely a word of the sentence as a value. */
bool nj_form_is_prose(struct nj_str value);
/* Letters and digits, neither a time nor a place nor a size: what somebody or something made up. */
bool nj_form_is_made_up(struct nj_str value, size_t shortest);
/* Three words or more, in small letters, none of which a sentence is built with: what people take as a passphrase. */
bool nj_form_is_phrase(struct nj_str value);
/* Words without a digit, and what was put in place of a value: none, whatever stands before them.  Right whenever it says yes. */
static inline bool nj_form_is_plain_word(struct nj_str t, size_t at)
{
    size_t from = at + (nj_byte(t, at) == '[' ? 1 : 0), to = from;
    while (to < t.n && (nj_is(t.p[to], NJ_IS_ALPHA) || t.p[to] == '_' || t.p[to] == '-'))
        to++;
    if (to == from)
        return false;
    to += from != at && nj_byte(t, to) == ']' ? 1 : 0;
    return to >= t.n || t.p[to] == '\n' || (t.p[to] == ' ' && !nj_is_quote(nj_byte(t, to + 1)));
}

/* People choose passwords; tokens and keys are made by machines and longer. */
static inline bool nj_form_is_chosen(int rule)
{
    struct nj_str counter = nj_secret_keys[rule].counter;
    return counter.n >= 4 && memcmp(counter.p, "pass", 4) == 0;
}

/* Does it hold one of those that a password may have to hold? */
static inline bool nj_form_has_sign(struct nj_str v)
{
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] != '\0' && strchr("!@#$%^&*+~", v.p[i]) != NULL)
            return true;
    return false;
}

/* Capitals: what stands for something else in a usage text, and statements of SQL. */
bool nj_form_is_metavariable(struct nj_str v);
/* token=Token{a64f992 ...}, Token: Token { kind: ... }, token=com.acme.Token@1b6d3586: an object says of what type it is. */
bool nj_form_is_object(const struct nj_form *f, struct nj_str value);
/* "secret:read token:write": what may be done, not what opens it. */
bool nj_form_is_scope(struct nj_str value);
/* "token = lexer.get_token()", "lasttoken = token": a line of a program, as stack traces show them. */
bool nj_form_is_code(const struct nj_form *f, struct nj_str v);
/* "has_secure_token :auth_token": a name, as Ruby writes one. */
bool nj_form_is_symbol(const struct nj_form *f, struct nj_str value);
/* "pam_unix(passwd:chauthtok)": a service and what it does. */
bool nj_form_is_service(const struct nj_form *f, struct nj_span v);
/* "User secrets: SmtpSettings:Password = x1": what follows the one name is another, which has the value. */
bool nj_form_is_name_of_next(const struct nj_form *f, struct nj_span v);
/* Rules that hold for some of the values only; value is known not to be harmless. */
bool nj_form_takes(const struct nj_form *f, struct nj_span value);

/* At the name of a pair, or at its value: what is secret of them is kept with nj_sweep_wait_key(). */
void nj_form_pair(const struct nj_form *f, struct nj_key key);

/* {'api': {'key': x}}, "api:\n  key: x": at the name "key" whose value is opened: its rule by the name of its object, if chance made it. */
int nj_form_key_of_object(struct nj_form *f);

/* At the name f->key, which has no separator: if it is a column of an INSERT, the values of all its secret columns are kept
 * with nj_sweep_wait_key() (forms_sql.c). */
void nj_form_columns(struct nj_form *f);

/* Does the name at byte at stand in a list of columns?  Nothing before the floor is read, nor further back than such a list is long. */
bool nj_form_is_in_columns(struct nj_str t, size_t floor, size_t at);

/* At the name f->key of a column whose value is a place of a statement ("?", "$1"): what goes to the places of secret columns, if a list of
 * it follows, is kept (forms_bound.c). */
void nj_form_bound(struct nj_form *f);

/* --name value, '--name', 'value' (forms_options.c): f->key is the name, at stands behind it. */
bool nj_form_option_value(struct nj_form *f, size_t at, struct nj_span *value);
/* At the byte behind a hyphen that begins an argument. */
bool nj_form_option(struct nj_form *f, size_t at, struct nj_span *value);
/* Is it perhaps "-passin pass:x" or "/p:x"?  Right whenever it says no; and is it one, where that says yes. */
static inline bool nj_form_may_be_option_value(const struct nj_form *f)
{
    size_t from = f->key.from;
    return f->t.p[f->sep] == ':' && from > f->floor && (f->t.p[from - 1] == '/' || (f->t.p[from - 1] == ' ' && f->key.to - from == 4));
}
bool nj_form_is_option_value(struct nj_form *f);
/* At a colon: is it that of "curl -u user:x"?  The value of these. */
bool nj_form_is_user_option(const struct nj_form *f);
bool nj_form_option_password(struct nj_form *f, struct nj_span *value, int *rule);

/* SELECT 'x' AS password: f->key is the alias; IDENTIFIED BY 'x': at the value (forms_sql.c). */
bool nj_form_selected(struct nj_form *f, struct nj_span *value);
bool nj_form_identified(struct nj_form *f, size_t at, struct nj_span *value);

/* "vault login x", "net user kim x" (forms_commands.c): at is within the last word before the arguments. */
bool nj_form_place(struct nj_form *f, size_t at, struct nj_span *value);
/* "net use ... x /user:y", at the separator. */
bool nj_form_net_use(struct nj_form *f, struct nj_span *value);
/* What was put into the pipe that stands before byte at, where something reads a password: "echo x | docker login --password-stdin". */
bool nj_form_piped(struct nj_form *f, size_t at, struct nj_span *value);
/* The same at the letters behind a hyphen, if they are those of "sudo -S"; and at the name of the commands passwd and chpasswd. */
bool nj_form_sudo(struct nj_form *f, size_t at, struct nj_span *value);
bool nj_form_passwd(struct nj_form *f, struct nj_span *value);

/* "LOGIN u x", "AUTH x" (forms_protocols.c): at is the blank behind the word. */
bool nj_form_command(struct nj_form *f, size_t at, struct nj_span *value);
/* Names and values in brackets (forms_tuples.c).  At the bracket behind the name: PASSWORD('x'), setPassword("x"), Password("x1"). */
bool nj_form_called(struct nj_form *f, size_t at, struct nj_span *value);
/* At the byte behind the name and its quote: ('password', 'x1'), {<<"password">>,<<"x1">>}, {password,"x1"}: two in brackets, and the second
 * was made up. */
bool nj_form_tuple(struct nj_form *f, bool quoted, size_t at, struct nj_span *value);
/* The same without quotes, as .NET prints an entry: [password, x1]. */
bool nj_form_bare_tuple(struct nj_form *f, size_t at, struct nj_span *value);
/* "bad password ("x1")", "pwd (x1)": at is behind the name.  In brackets there is rather what is meant by it: "password (bcrypt10)". */
bool nj_form_quoted_in_brackets(struct nj_form *f, size_t at, struct nj_span *value);
bool nj_form_in_brackets(struct nj_form *f, size_t at, struct nj_span *value);

/* Is it the user of "credentials kim:x1" that begins at byte at? */
bool nj_form_behind_credentials(struct nj_str t, size_t floor, size_t at);
/* Invalid value 'x1' for parameter 'password': the quoted name f->key comes behind its value. */
bool nj_form_value_before(struct nj_form *f, struct nj_span *value);
/* At a colon whose name says nothing: PDO('mysql:...', 'user', 'x'), "credentials user:x"; and behind the port of host:port:db:user:x. */
bool nj_form_unnamed(struct nj_form *f, struct nj_span *value);
bool nj_form_pgpass(struct nj_form *f, struct nj_span *value);

/* rawHeaders: [ 'Host', 'x', 'X-Api-Key', 'y' ]: is the element at byte at (its quote) a name, and the next one its value? */
bool nj_form_is_flat(const struct nj_form *f, size_t at);
/* "#0 file(12): mysqli->__construct('h', 'kim', 'x')": at the colon whose name is none. */
bool nj_form_traced(struct nj_form *f, struct nj_span *value);
/* {SSHA}x, at the H (forms_protocols.c). */
bool nj_form_scheme(struct nj_form *f, size_t at, struct nj_span *value);
/* variable "password" { default = "x" } (forms_markup.c): at is behind the quote; the value is kept with nj_sweep_wait_key(). */
void nj_form_default(const struct nj_form *f, size_t at);

/* Names in one place and values in another (forms_rows.c): at is behind the name f->key. */
bool nj_form_row(struct nj_form *f, size_t at, struct nj_span *value);

#endif
