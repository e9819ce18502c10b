#!/usr/bin/python3
"""Stands in for the server in tests of the script: keeps its contract on lock, server.json, key and SIGTERM."""

import fcntl
import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

data = os.environ["Sandbox__DataDirectory"]
behaviour = os.environ.get("FAKE_SERVER", "")
print("fake server starts", flush=True)
if behaviour == "dies":
    print("no database here", flush=True)
    sys.exit(3)

member = os.environ["Sandbox__Member"]
name = "server" if member == "1" else f"server-{member}"
lock = open(os.path.join(data, name + ".lock"), "w")
fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, *args):
        pass


port = int(os.environ["ASPNETCORE_URLS"].rsplit(":", 1)[1])
HTTPServer.allow_reuse_port = True
server = HTTPServer(("127.0.0.1", port), Health)
with open(os.path.join(data, "starts"), "a") as starts:
    starts.write(f"{os.getpid()} {os.environ['Sandbox__AgentDirectory']} {os.getcwd()}\n")
with open(os.path.join(data, "operator.key"), "w") as key:
    key.write("fake-key\n")
path = os.path.join(data, name + ".json")
with open(path + ".new", "w") as file:
    json.dump({"url": f"http://127.0.0.1:{server.server_port}", "pid": os.getpid(), "members": int(os.environ["Sandbox__Members"])}, file)
os.rename(path + ".new", path)


def stop(*_):
    os.remove(path)
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
server.serve_forever()
