"""A Postfix with configuration, queue and log in a folder of its own; /etc/postfix is not read."""

import os
import pathlib
import shutil
import textwrap
import time

from namespaces import run

DOMAIN = "mx.example"
USER = f"alice@{DOMAIN}"  # whose mail is taken, and thrown away
NOBODY = f"nobody@{DOMAIN}"  # not a user

# What smtpd needs beside it, and nothing that would send mail away.
MASTER = """\
    smtp       inet  n - n - {smtpds} smtpd
    submission inet  n - n - 10 smtpd
        -o smtpd_sasl_auth_enable=yes
        -o smtpd_client_restrictions=permit_sasl_authenticated,reject
    cleanup    unix  n - n - 0 cleanup
    qmgr       unix  n - n 300 1 qmgr
    tlsmgr     unix  - - n 1000? 1 tlsmgr
    rewrite    unix  - - n - - trivial-rewrite
    bounce     unix  - - n - 0 bounce
    defer      unix  - - n - 0 bounce
    trace      unix  - - n - 0 bounce
    verify     unix  - - n - 1 verify
    flush      unix  n - n 1000? 0 flush
    proxymap   unix  - - n - - proxymap
    error      unix  - - n - - error
    retry      unix  - - n - - error
    discard    unix  - - n - - discard
    anvil      unix  - - n - 1 anvil
    postlog    unix-dgram n - n - 1 postlogd
"""

MAIN = """\
    compatibility_level = 3.6
    queue_directory = {folder}/queue
    data_directory = {folder}/data
    maillog_file = {folder}/postfix.log
    maillog_file_prefixes = {folder}
    syslog_name = postfix

    myhostname = {domain}
    mydestination = {domain}
    local_recipient_maps = inline:{{ {{ alice = here }} }}
    local_transport = discard
    alias_maps =
    alias_database =
    mynetworks = 127.0.0.0/8
    inet_interfaces = all
    inet_protocols = all
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination

    # There is no name server to ask.
    smtpd_peername_lookup = no
    disable_dns_lookups = yes

    message_size_limit = 33554432
    mailbox_size_limit = 0
    # Many clients come from one address, and none of them is to be slowed down.
    smtpd_client_connection_count_limit = 0
    # The longest queue of connections that no process has taken yet.
    default_process_limit = 250
    smtpd_error_sleep_time = 0
    # As without stress: with every process at work Postfix would hang up after one error.
    smtpd_hard_error_limit = 20
    smtpd_timeout = 300s
    in_flow_delay = 0

    smtpd_tls_security_level = may
    smtpd_tls_cert_file = {folder}/certificate.pem
    smtpd_tls_key_file = {folder}/key.pem
    smtpd_tls_auth_only = no

    smtpd_sasl_type = cyrus
    smtpd_sasl_path = smtpd
    cyrus_sasl_config_path = {folder}/sasl
    smtpd_sasl_security_options = noanonymous
"""

# A data base of users that nobody has put a user in.
SASL = """\
    pwcheck_method: auxprop
    auxprop_plugin: sasldb
    sasldb_path: {folder}/sasldb
    mech_list: PLAIN LOGIN
"""


class Postfix:
    """Runs in `namespace` until the namespaces end, or stop()."""

    def __init__(self, namespace, folder, smtpds=20):
        self._namespace = namespace
        self._folder = pathlib.Path(folder)
        for name in ("queue", "data", "sasl"):
            (self._folder / name).mkdir(parents=True)
        shutil.chown(self._folder / "data", "postfix")
        self._write("main.cf", MAIN)
        self._write("master.cf", MASTER, smtpds=smtpds)
        self._write("sasl/smtpd.conf", SASL)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", f"/CN={DOMAIN}",
            "-keyout", self._folder / "key.pem", "-out", self._folder / "certificate.pem")
        # `start` returns when the ports are listened on.
        namespace.run("postfix", "-c", self._folder, "start")

    def _write(self, name, text, **values):
        text = textwrap.dedent(text).format(folder=self._folder, domain=DOMAIN, **values)
        path = self._folder / name
        path.write_text(text)
        # Postfix waits two seconds for a file that may still be being written.
        os.utime(path, (time.time() - 60,) * 2)

    def log(self):
        return (self._folder / "postfix.log").read_text(errors="replace")

    def stop(self):
        self._namespace.run("postfix", "-c", self._folder, "abort")
