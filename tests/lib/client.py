"""What the tests of the fakes share: a plain client, and our helpers run as programmes."""

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request

from lxml import etree

DAY = "2026-09-10"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kw):
        return None


def ask(url, data=None, headers=None, timeout=10, follow=True):
    """(status, headers, body) over a connection of its own, whatever the status."""
    handlers = [urllib.request.ProxyHandler({})] + ([] if follow else [NoRedirect()])
    request = urllib.request.Request(url, data=data, headers=headers or {})
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def hrefs(page):
    return [a.get("href") for a in etree.HTML(page).iter("a")]


def search(ted, status=200, **asked):
    body = {
        "query": "buyer-country IN (FRA) AND publication-date=20260910 SORT BY publication-number",
        "fields": ["publication-number", "notice-title", "publication-date"],
        "scope": "ALL",
        **asked,
    }
    got, _, answer = ask(
        ted.search_url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    assert got == status, answer
    return json.loads(answer)


def script(*arguments):
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process, process.stdout.readline().strip()


def end(process):
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    return process.returncode
