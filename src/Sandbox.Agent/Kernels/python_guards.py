# What stands around the code of a step: interrupts reach it and nothing else, and tracebacks find its lines.
import _signal
import _thread
import sys


class Interrupts:
    """Makes SIGINT a KeyboardInterrupt in the code of a step, and there only: between steps nobody would catch it."""

    def __init__(self):
        self.armed = False
        self.missed = False
        self.thread = _thread.get_ident()
        _signal.signal(_signal.SIGINT, self.handle)

    def handle(self, number, frame):
        if self.armed:
            raise KeyboardInterrupt
        self.missed = True

    def run(self, function):
        """What the function raises, or None."""
        # A step may have taken the signal for itself.
        _signal.signal(_signal.SIGINT, self.handle)
        try:
            try:
                self.armed = True
                function()
            finally:
                self.armed = False
        except BaseException as error:
            self.armed = False
            return error

    def delay(self, function, argument):
        """Runs something whole that an interrupt must not cut."""
        if not self.armed or _thread.get_ident() != self.thread:
            return function(argument)
        self.missed = self.armed = False
        try:
            function(argument)
        finally:
            self.armed = True
        if self.missed:
            raise KeyboardInterrupt


class Sources:
    """Lets tracebacks and inspect see the lines of every step, whenever linecache is imported."""

    def __init__(self):
        self.entries = {}
        sys.meta_path.insert(0, self)

    def add(self, name, text):
        # Tracebacks count on the end of the last line.
        lines = (text if text.endswith("\n") else text + "\n").splitlines(keepends=True)
        entry = (len(text), None, lines, name)
        cache = getattr(sys.modules.get("linecache"), "cache", self.entries)
        cache[name] = entry

    def find_spec(self, name, path=None, target=None):
        if name != "linecache":
            return None
        sys.meta_path.remove(self)
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(name, path)
        execute = spec.loader.exec_module

        def execute_and_fill(module):
            execute(module)
            module.cache.update(self.entries)

        spec.loader.exec_module = execute_and_fill
        return spec
