"""A TCP port in front of another one, whose cable can be pulled and whose door can be shut."""
import select
import socket
import threading


class LinkProxy:
    def __init__(self, target):
        self._target = target
        self._flows = threading.Event()  # bytes are carried on
        self._flows.set()
        self._pairs = []
        self._lock = threading.Lock()
        self.port = self._listen(0)

    def pull(self):
        """Nothing gets through, and nobody is told."""
        self._flows.clear()

    def plug(self):
        self._flows.set()

    def shut(self):
        """Ends all connections and refuses new ones."""
        self._listener.close()
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for end in (end for pair in pairs for end in pair):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended by itself

    def open(self):
        self._listen(self.port)

    def _listen(self, port):
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self._listener.getsockname()[1]

    def _accept(self, listener):
        while True:
            # A socket that another thread closes does not wake accept.
            try:
                if not select.select([listener], [], [], 0.1)[0]:
                    continue
                near, _ = listener.accept()
            except (OSError, ValueError):
                return
            try:
                far = socket.create_connection(self._target, 5)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            for end in (near, far):  # or the next small packet waits for the last one's answer, 40 ms
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._pairs.append((near, far))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source, sink):
        try:
            while data := source.recv(65536):
                self._flows.wait()
                sink.sendall(data)
            self._flows.wait()
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
