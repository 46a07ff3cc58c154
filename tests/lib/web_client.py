"""A browser that shows its work: raw sockets to a server of ours, forms read out of its pages."""

import html
import re
import socket
import threading
import urllib.parse

BASE = "https://veille.example.org"


def send(port, data, timeout=10):
    """The bytes that come back for these bytes, until the other side closes; b"" when it only closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as sock:
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before the end: the answer is what counts
        got = b""
        try:
            while chunk := sock.recv(65536):
                got += chunk
        except ConnectionResetError:
            pass
        return got


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("ascii").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            assert name.lower() not in self.headers, f"{name} twice"
            self.headers[name.lower()] = value

    @property
    def text(self):
        return self.body.decode("utf-8")

    def forms(self):
        """The hidden and filled-in fields of each form of the page, in order."""
        found = []
        for form in re.findall(r"<form[^>]*>(.*?)</form>", self.text, re.S):
            fields = []
            for tag in re.findall(r"<input[^>]*>", form):
                attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
                kind = attributes.get("type", "text")
                if kind in ("radio", "checkbox") and not re.search(r"\bchecked\b", tag):
                    continue
                if "name" in attributes:
                    fields.append((attributes["name"], html.unescape(attributes.get("value", ""))))
            for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
                fields.append((name, html.unescape(text)))
            for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
                chosen = re.search(r'<option value="([^"]*)"[^>]*\bselected\b', options)
                fields.append((name, chosen.group(1) if chosen else ""))
            found.append(fields)
        return found

    def links(self):
        return [html.unescape(url) for url in re.findall(r'href="([^"]+)"', self.text)]


class Site:
    def __init__(self, port):
        self.port = port

    def ask(self, method, url, body=None, headers=None):
        path = url[len(BASE):] if url.startswith(BASE) else url
        lines = {"Host": "veille.example.org", **(headers or {})}
        if body is not None:
            lines.setdefault("Content-Type", "application/x-www-form-urlencoded")
            lines["Content-Length"] = str(len(body))
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items()) + "\r\n"
        return Answer(send(self.port, head.encode() + (body or b"")))

    def get(self, url, **headers):
        return self.ask("GET", url, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def head(self, url):
        return self.ask("HEAD", url)

    def post(self, url, fields, **headers):
        body = urllib.parse.urlencode(fields).encode()
        return self.ask("POST", url, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def submit(self, url, number=0, **changes):
        """Loads the page, fills its form in, sends it, as a browser of our own origin would."""
        fields = dict(self.get(url).forms()[number]) | changes
        return self.post(url, fields, Origin=BASE, Sec_Fetch_Site="same-origin")


class Server:
    """`appariteur serve` of an App, on a port of the kernel's choice."""

    def __init__(self, app, *args, conf="", now=None):
        settings = app.dir / "web.conf"
        settings.write_text(f"[instance]\nname = Veille d’essai\nweb_url = {BASE}\n" + conf)
        when = ("--now", now) if now else ()
        self.process = app.start("serve", "--listen", "127.0.0.1:0", "--config", settings, *when, *args)
        self.lines = []
        for line in self.process.stderr:
            self.lines.append(line.decode())
            if match := re.search(rb"port=(\d+)", line):
                self.port = int(match.group(1))
                break
        else:
            raise AssertionError("".join(self.lines))
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.decode("utf-8", "backslashreplace"))

    def stop(self):
        self.process.terminate()
        status = self.process.wait(timeout=20)
        self.reader.join(timeout=5)
        return status
