# What a Python kernel becomes by its first step: an interpreter that keeps its state from step to step.
#
# Beside what python.py says, descriptor 3 carries
#   to the agent:    {"type":"display"|"result","data":{MIME type: content}}         what a step shows
#                    {"type":"error","name":…,"value":…,"traceback":[line]}          how it failed
#                    {"type":"done","step":id,"exitCode":number}                     it is over, and its output is written
#   from the agent:  step: id NUL cwd NUL envc NUL (NAME=VALUE NUL)* length NUL length NUL code standard-input
import _thread
import builtins
import os
import sys
from _ast import Expr, Expression, PyCF_ALLOW_TOP_LEVEL_AWAIT, PyCF_ONLY_AST
from _json import encode_basestring as quote

# Out of the way of programs that close, or count on, the low descriptors.
LINK = 1000
COROUTINE = 0x80
LASTING_FLAGS = 0x1000000  # from __future__ import annotations
MAX_MESSAGE = 8 << 20
TOO_LARGE = b'{"type":"display","data":{"text/plain":"(output too large)"}}'
TEXT_ONLY = (int, float, str, bytes, bool, list, dict, tuple, set, complex)


class Session:
    def __init__(self):
        os.dup2(KERNEL.link, LINK, inheritable=False)
        os.close(KERNEL.link)
        KERNEL.link = LINK
        self.lock = _thread.allocate_lock()
        self.parts = {}
        self.interrupts = self.part("python_guards").Interrupts()
        self.sources = self.part("python_guards").Sources()
        self.number = 0
        self.flags = PyCF_ALLOW_TOP_LEVEL_AWAIT
        self.events = None
        self.input = None
        module = type(sys)("__main__")
        module.__builtins__ = builtins
        sys.modules["__main__"] = module
        self.namespace = module.__dict__
        sys.path.insert(0, "")
        sys.argv = [""]
        # Whoever waits for a step reads its lines while it runs.
        sys.stdout.reconfigure(line_buffering=True)
        os.environ.setdefault("MPLBACKEND", "Agg")
        builtins.display = lambda *objects: self.part("python_show").display(*objects)

    def part(self, name):
        if name not in self.parts:
            self.parts[name] = KERNEL.load(name)
            self.parts[name].SESSION = self
        return self.parts[name]

    def step(self, request):
        identity = request.word()
        cwd = request.word()
        before = self.set_environment(request.words())
        lengths = int(request.word()), int(request.word())
        code, data = (request.bytes(length) for length in lengths)
        if cwd:
            os.chdir(cwd)
        self.give_input(data)
        KERNEL.find_installed()
        self.forget_listings()
        self.number += 1
        status = self.outcome(self.interrupts.run(lambda: self.run(code, f"<step {self.number}>")))
        self.flush()
        if KERNEL.link < 0:
            # A child that the step has forked came to its end as a script would.
            raise SystemExit(status)
        self.restore_environment(before)
        self.send_whole(b'{"type":"done","step":"%s","exitCode":%d}' % (identity, status))

    def run(self, code, name):
        text = code.decode("utf-8", "replace")
        self.sources.add(name, text)
        tree = self.parse(code, text, name)
        last = None
        if tree.body and isinstance(tree.body[-1], Expr):
            last = Expression(tree.body.pop().value)
        value = self.evaluate(tree, name, "exec")
        if last is not None:
            value = self.evaluate(last, name, "eval")
            if value is not None and not text.rstrip().endswith(";"):
                builtins._ = value
                self.show_result(value)
        if "matplotlib.pyplot" in sys.modules:
            self.part("python_show").figures()

    def parse(self, code, text, name):
        flags = self.flags | PyCF_ONLY_AST
        try:
            return compile(code, name, "exec", flags, dont_inherit=True)
        except SyntaxError:
            if "!" not in text:
                raise
            return self.part("python_shell").parse(text, name, flags)

    def evaluate(self, tree, name, mode):
        compiled = compile(tree, name, mode, self.flags, dont_inherit=True)
        self.flags |= compiled.co_flags & LASTING_FLAGS
        value = eval(compiled, self.namespace)
        return self.wait_for(value) if compiled.co_flags & COROUTINE else value

    def wait_for(self, coroutine):
        try:
            import asyncio

            if self.events is None or self.events.is_closed():
                self.events = asyncio.new_event_loop()
            asyncio.set_event_loop(self.events)
            task = self.events.create_task(coroutine)
        except BaseException:
            coroutine.close()
            raise
        try:
            return self.events.run_until_complete(task)
        except KeyboardInterrupt:
            if not task.done():
                task.cancel()
                self.events.run_until_complete(asyncio.wait([task]))
            raise

    def show_result(self, value):
        if type(value) in TEXT_ONLY:
            sys.stdout.flush()
            self.send(b'{"type":"result","data":{"text/plain":%s}}' % quote(repr(value)).encode("utf-8", "replace"))
        else:
            self.part("python_show").result(value)

    def outcome(self, error):
        """The exit code of a step; the end of the kernel where it is asked for."""
        if error is None:
            return 0
        if isinstance(error, SystemExit):
            raise error
        self.part("python_show").error(error)
        return 130 if isinstance(error, KeyboardInterrupt) else 1

    def send(self, line):
        if len(line) > MAX_MESSAGE:
            line = TOO_LARGE
        self.interrupts.delay(self.send_whole, line)

    def send_whole(self, line):
        with self.lock:
            rest = memoryview(line + b"\n")
            while rest:
                rest = rest[os.write(KERNEL.link, rest) :]

    def set_environment(self, variables):
        before = {}
        for variable in variables:
            name, _, value = variable.partition(b"=")
            before.setdefault(name, os.environb.get(name))
            os.environb[name] = value
        KERNEL.find_memory()
        return before

    def restore_environment(self, before):
        for name, value in before.items():
            if value is not None:
                os.environb[name] = value
            else:
                os.environb.pop(name, None)

    def give_input(self, data):
        if not data and self.input is sys.stdin:
            return
        source = os.memfd_create("stdin") if data else os.open("/dev/null", os.O_RDONLY)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(source, rest) :]
        if data:
            os.lseek(source, 0, os.SEEK_SET)
        if source != 0:
            os.dup2(source, 0)
            os.close(source)
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)
        self.input = None if data else sys.stdin

    def forget_listings(self):
        # Modules may have come into a folder since it was looked at, in the same tick of the clock.
        for finder in sys.path_importer_cache.values():
            if hasattr(finder, "invalidate_caches"):
                finder.invalidate_caches()

    def flush(self):
        for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            try:
                stream.flush()
            except Exception:
                # Closed, or of the program's own making.
                pass
        if "ctypes" in sys.modules:
            sys.modules["ctypes"].CDLL(None).fflush(None)


def serve(request):
    session = Session()
    while True:
        session.step(request)
        _, request = KERNEL.receive()
