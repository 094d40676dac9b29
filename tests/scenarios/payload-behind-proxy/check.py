"""The other proxy: a plain relay that remembers what went upstream."""
import re
import socket
import threading

asked = []


def relay(source, target, log):
    try:
        while data := source.recv(65536):
            if log:
                asked.append(data)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one of them was killed


def serve(door, port):
    while True:
        try:
            client, _ = door.accept()
        except OSError:
            return  # the scenario is over
        upstream = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=relay, args=(client, upstream, True), daemon=True).start()
        threading.Thread(target=relay, args=(upstream, client, False), daemon=True).start()


def prepare(run):
    door = socket.create_server(("127.0.0.1", 0))
    run.values["OTHER_PROXY"] = str(door.getsockname()[1])
    threading.Thread(target=serve, args=(door, int(run.values["FREE_PORT"])), daemon=True).start()


def check(run):
    text = b"".join(asked).decode()
    heads = re.findall(r"(?:GET|POST) (\S+) HTTP/1.1\r\n", text)
    run.expect(len(heads) in (6, 7), "three invocations and the next poll went through the other proxy", heads)
    run.expect(all(h.startswith("/2018-06-01/runtime/") for h in heads), "and nothing else", heads)
    hosts = sorted(set(re.findall(r"(?i)\nHost: (\S+)", text)))
    run.expect(hosts == [f"127.0.0.1:{run.values['OTHER_PROXY']}"], "Host names the other proxy", hosts)
