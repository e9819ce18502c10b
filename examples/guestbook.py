"""A guest book, served from a sandbox: ./sandbox service run --port 8000 --health / examples/guestbook.py"""

import html
import os
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

entries = []


class GuestBook(BaseHTTPRequestHandler):
    def do_GET(self):
        # Behind a path, addresses begin with it; behind a host name of its own, with nothing.
        prefix = self.headers.get("X-Forwarded-Prefix", "")
        items = "".join(f"<li>{html.escape(entry)}</li>" for entry in entries)
        page = f"""<!doctype html><title>Guest book</title><h1>Guest book</h1><ul>{items}</ul>
            <form method="post" action="{prefix}/"><input name="entry" autofocus><button>Sign</button></form>""".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        entries.extend(entry.strip() for entry in form.get("entry", []) if entry.strip())
        self.send_response(303)
        self.send_header("Location", "/")
        self.end_headers()


print("The guest book is open.", flush=True)
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), GuestBook).serve_forever()
