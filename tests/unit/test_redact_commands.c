/* Tests of passwords that commands have in a place of their own, or that a pipe or a here-string hands them. */
#include "redact_unit.h"

/* ... and what came out stays as it is. */
static void check_settled(const struct row *rows, size_t n)
{
    check_rows(rows, n);
    for (size_t i = 0; i < n; i++)
        ck_assert_text_stays(rows[i].want);
}

START_TEST(test_redact_arguments_that_are_passwords)
{
    static const struct row rows[] = {
        { "vault login Raven9420", "vault login [secret]" },
        { "$ vault login -no-print 6f1c2f1e-9b9c-4a4e-8f57-1b1d0f0c3a11\n", "$ vault login -no-print [secret]\n" },
        { "net user kim Raven9420", "net user kim [secret]" },
        { "C:\\> net user kim raven /add /domain", "C:\\> net user kim [secret] /add /domain" },
        { "cmd=\"net user kim Raven9420\"", "cmd=\"net user kim [secret]\"" },
        { "net user kim \"Raven 9420\" /ADD", "net user kim \"[secret]\" /ADD" },
        { "rabbitmqctl add_user kim raven", "rabbitmqctl add_user kim [secret]" },
        { "rabbitmqctl -n rabbit@h add_user kim 'raven 9' && ls", "rabbitmqctl -n rabbit@h add_user kim '[secret]' && ls" },
        { "rabbitmqctl change_password kim raven; rabbitmqctl authenticate_user kim raven",
          "rabbitmqctl change_password kim [secret]; rabbitmqctl authenticate_user kim [secret]" },
        { "htpasswd -bc /etc/.htpasswd kim raven", "htpasswd -bc /etc/.htpasswd kim [secret]" },
        { "htpasswd -nb kim raven > users", "htpasswd -nb kim [secret] > users" },
        { "wpa_passphrase home raven9420", "wpa_passphrase home [secret]" },
    };
    static const char *const stays[] = {
        "vault login succeeded",
        "vault login failed with 403",
        "vault login user42x failed",
        "default login user42x",
        "vault login -method=oidc role=dev",
        "net user count 5",
        "net user kim",
        "net user kim /delete",
        "net user kim * /add",
        "net user kim /active:yes",
        "internet user kim4 user42x",
        "the net user growth is 12k3 more",
        "rabbitmqctl add_user failed with code 1",
        "rabbitmqctl add_user NAME PASSWORD",
        "rabbitmqctl add_user kim",
        "calling add_user kim raven",
        "htpasswd /etc/.htpasswd kim",
        "htpasswd -c /etc/.htpasswd kim x1y2z3",
        "htpasswd -b: too few arguments",
        "put updates at least user_ids",
    };
    check_settled(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

START_TEST(test_redact_what_is_piped_into_commands)
{
    static const struct row rows[] = {
        { "echo raven | sudo -S apt update", "echo [secret] | sudo -S apt update" },
        { "+ echo 'raven 9' | sudo -k -S id", "+ echo '[secret]' | sudo -k -S id" },
        { "printf '%s\\n' \"raven\" | sudo -kS id", "printf '%s\\n' \"[secret]\" | sudo -kS id" },
        { "echo -n raven|sudo -S id", "echo -n [secret]|sudo -S id" },
        { "echo \"kim:raven\" | chpasswd", "echo \"kim:[secret]\" | chpasswd" },
        { "echo kim:raven | sudo chpasswd -e", "echo kim:[secret] | sudo chpasswd -e" },
        { "echo raven | passwd --stdin kim", "echo [secret] | passwd --stdin kim" },
        { "chpasswd <<< \"kim:raven\"", "chpasswd <<< \"kim:[secret]\"" },
        { "kinit kim@REALM <<<raven", "kinit kim@REALM <<<[secret]" },
        { "sudo -S id <<< 'raven'", "sudo -S id <<< '[secret]'" },
    };
    static const char *const stays[] = {
        "echo done | sudo tee -a /etc/hosts",
        "echo $PW | sudo -S id",
        "echo | sudo -S id",
        "sudo -S is used",
        "raven | sudo -S id",
        "echo raven; true | sudo -S id",
        "echo raven | grep -S sudo",
        "echo \"kim\" | chpasswd",
        "cat users | chpasswd",
        "chpasswd: line 1: missing new password",
        "chpasswd <<< \"$USERS\"",
        "cat <<< raven9420",
        "echo raven | wc -l && passwd -S kim",
        "<<<<<<< HEAD",
    };
    check_settled(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

START_TEST(test_redact_options_of_more_commands)
{
    static const struct row rows[] = {
        { "xfreerdp /v:h /u:kim /p:raven", "xfreerdp /v:h /u:kim /p:[secret]" },
        { "xfreerdp3 /password:raven /gp:'raven 9' /v:h", "xfreerdp3 /password:[secret] /gp:'[secret]' /v:h" },
        { "curl -ukim:raven https://h", "curl -ukim:[secret] https://h" },
        { "rpcclient -U kim%raven h", "rpcclient -U kim%[secret] h" },
        { "ConvertTo-SecureString -String 'Raven9420' -AsPlainText -Force",
          "ConvertTo-SecureString -String '[secret]' -AsPlainText -Force" },
        { "useradd -m -p Raven9420 kim", "useradd -m -p [secret] kim" },
        { "ipmitool -H h -U kim -P raven9 power status", "ipmitool -H h -U kim -P [secret] power status" },
        { "snmpwalk -u kim -A raven9420 -X priv9420x h", "snmpwalk -u kim -A [secret] -X [secret] h" },
        { "svn co --username kim --password raven https://h/r", "svn co --username kim --password [secret] https://h/r" },
    };
    static const char *const stays[] = {
        "GET /p:raven",
        "Shortcut for -family inet.",
        "Format-Table -String 'Raven9420'",
        "rdp session /v:h /p:80",
        "xfreerdp /v:h /u:kim /port:3389",
        "curl -u kim https://h:8443/x",
        "use --password or https later",
        "snmpwalk -v 2c -O n h",
    };
    check_settled(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_arguments_that_are_passwords)                                                                                            \
    X(test_redact_what_is_piped_into_commands)                                                                                             \
    X(test_redact_options_of_more_commands)

REDACT_TEST_MAIN("redact_commands")
