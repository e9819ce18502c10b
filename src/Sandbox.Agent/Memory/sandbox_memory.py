"""The shared memory of a workflow, for its steps: JSON values by key, which all steps of the workflow read and write.

    import sandbox_memory as memory

    memory.set("plan", {"parts": 3})
    memory.get("plan")                                    # {'parts': 3}; None, or a default, where there is none
    memory.update("done", lambda n: n + 1, default=0)     # nothing is lost, however many steps do so at a time
    memory.keys(); memory.delete("plan")

read() and the argument `version` are what update() is made of: set() with the version that was read raises Changed where
somebody else was faster; version=0 writes only where there is no value yet.
"""

import json
import os
import random
import socket
import time

__all__ = ["Changed", "MemoryFault", "delete", "get", "keys", "read", "set", "update"]

_TIMEOUT = 60
_TRIES = 1000


class MemoryFault(Exception):
    """The memory refused: `status` and `code` say why."""

    def __init__(self, status, code, detail):
        super().__init__(detail)
        self.status = status
        self.code = code


class Changed(MemoryFault):
    """The key has another version than was expected."""


def get(key, default=None):
    """The value of a key."""
    return read(key, default)[0]


def read(key, default=None):
    """The value of a key and its version, which is 0 where there is none."""
    status, version, body = _request("GET", "/" + key)
    if status == 404:
        return default, 0
    _check(status, body)
    return json.loads(body), version


def set(key, value, version=None):
    """Writes a value and returns its version. With a version, only where the key still has that one."""
    status, written, body = _request("PUT", "/" + key, json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8"), version)
    _check(status, body)
    return written


def update(key, change, default=None):
    """Replaces a value by what `change` makes of it, again and again until nobody came in between; returns the new one."""
    for attempt in range(_TRIES):
        value, version = read(key, default)
        value = change(value)
        try:
            set(key, value, version)
            return value
        except Changed:
            time.sleep(random.random() * min(0.2, 0.002 * 2 ** min(attempt, 7)))
    raise MemoryFault(412, "memory_changed", f"{key} was changed by others {_TRIES} times in a row.")


def delete(key, version=None):
    """Removes a key; False where there is none."""
    status, _, body = _request("DELETE", "/" + key, b"", version)
    if status == 404:
        return False
    _check(status, body)
    return True


def keys():
    """The names of all keys."""
    names, after = [], ""
    while True:
        status, _, body = _request("GET", "?after=" + after)
        _check(status, body)
        page = json.loads(body)
        names += [item["key"] for item in page["items"]]
        after = page.get("next")
        if not after:
            return names


def _check(status, body):
    if status < 300:
        return
    try:
        problem = json.loads(body)
    except ValueError:
        problem = {}
    fault = Changed if status == 412 else MemoryFault
    raise fault(status, problem.get("code", ""), problem.get("detail", f"The memory answered {status}."))


def _request(method, path, body=b"", version=None):
    url = os.environ.get("SANDBOX_MEMORY_URL")
    if not url:
        raise MemoryFault(0, "no_memory", "This program is no step of a workflow.")
    host, _, root = url.partition("://")[2].partition("/")
    name, _, port = host.partition(":")
    head = f"{method} /{root}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    if version is not None:
        head += f'If-Match: "{version}"\r\n' if version else "If-None-Match: *\r\n"
    with socket.create_connection((name, int(port)), timeout=_TIMEOUT) as connection:
        connection.sendall(head.encode("ascii") + b"\r\n" + body)
        with connection.makefile("rb") as answer:
            status = int(answer.readline().split()[1])
            headers = {}
            for line in iter(answer.readline, b"\r\n"):
                if not line:
                    raise MemoryFault(0, "no_answer", "The memory ended the connection.")
                field, _, value = line.decode("latin-1").partition(":")
                headers[field.strip().lower()] = value.strip()
            return status, int(headers.get("etag", '"0"').strip('"')), answer.read(int(headers.get("content-length", 0)))
