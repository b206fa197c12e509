"""A stand-in for adb's server: the protocol that its client speaks to it, with this PC's shell as the device.

The messages are those of SERVICES.TXT and the shell protocol (shell_protocol.h) in Android's adb.
"""
import socket
import socketserver
import struct
import subprocess
import threading

VERSION = 41  # of Debian 12's client, which ends servers of another one
STDIN, STDOUT, STDERR, EXIT, CLOSE_STDIN = range(5)


class AdbServer:
    def __init__(self, serial):
        self.serial = serial
        self.state = "device"
        self._shells = []
        self._lock = threading.Lock()
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    outer._serve(self.request)
                except (OSError, EOFError):
                    pass  # the client has gone

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.drop()
        self._server.shutdown()
        self._server.server_close()

    def drop(self):
        """The device's connections end, as they do when its cable is pulled."""
        with self._lock:
            shells, self._shells = self._shells, []
        for connection in shells:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _serve(self, connection):
        while True:
            request = read(connection, int(read(connection, 4), 16)).decode()
            if request == "host:version":
                connection.sendall(b"OKAY" + counted(f"{VERSION:04x}"))
                return
            if request == "host:devices":
                connection.sendall(b"OKAY" + counted(f"{self.serial}\t{self.state}\n"))
                return
            if request.startswith("shell"):
                self._shell(connection, request.split(":", 1)[1])
                return
            if not request.startswith("host"):
                connection.sendall(b"FAIL" + counted(f"unknown request {request}"))
                return
            wrong = self._wrong(request)
            if wrong:
                connection.sendall(b"FAIL" + counted(wrong))
                return
            if request.endswith(":features"):
                connection.sendall(b"OKAY" + counted("shell_v2"))
                return
            # A transport; what follows on this connection is for the device.
            connection.sendall(b"OKAY" + (struct.pack("<Q", 1) if request.startswith("host:tport") else b""))

    def _wrong(self, request):
        words = request.split(":")
        named = words[1] if words[0] == "host-serial" else words[-1] if words[1:2] == ["transport"] or "serial" in words else None
        if named not in (None, self.serial):
            return f"device '{named}' not found"
        return None if self.state == "device" else f"device {self.state}"

    def _shell(self, connection, line):
        with self._lock:
            self._shells.append(connection)
        connection.sendall(b"OKAY")
        process = subprocess.Popen(["sh", "-c", line], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, start_new_session=True)
        sending = threading.Lock()

        def send(kind, data):
            with sending:
                connection.sendall(struct.pack("<BI", kind, len(data)) + data)

        def output(kind, stream):
            try:
                while data := stream.read1(65536):
                    send(kind, data)
            except OSError:
                stream.close()

        def entered():
            try:
                while True:
                    kind, size = struct.unpack("<BI", read(connection, 5))
                    data = read(connection, size)
                    if kind == STDIN:
                        process.stdin.write(data)
                        process.stdin.flush()
                    elif kind == CLOSE_STDIN:
                        process.stdin.close()
            except (OSError, EOFError, ValueError):
                try:
                    process.stdin.close()
                except OSError:
                    pass

        threads = [threading.Thread(target=output, args=(STDOUT, process.stdout), daemon=True),
                   threading.Thread(target=output, args=(STDERR, process.stderr), daemon=True)]
        for thread in threads:
            thread.start()
        threading.Thread(target=entered, daemon=True).start()
        status = process.wait()
        for thread in threads:
            thread.join()
        send(EXIT, bytes([status & 255]))


def read(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def counted(text):
    return f"{len(text):04x}{text}".encode()
