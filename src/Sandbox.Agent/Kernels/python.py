# Python kernel: one interpreter, started ahead of need, that runs one program as if it were a script of its own, or becomes
# a session (python_session.py) that runs step after step.
#
# Descriptor 3 is a stream to the agent.
#   to the agent:    {"type":"ready"}                  a line, once code is waited for
#                    {"type":"result","value":JSON}    a line, where a job's last expression has a value
#   from the agent:  kind NUL length NUL, and then that many bytes: of a job
#                    cwd NUL argc NUL (argument NUL)* envc NUL (NAME=VALUE NUL)* length NUL code
#
# Starting a kernel is most of what a sandbox costs: modules that not every program needs are imported when one does.
import os
import site
import sys
from _ast import Expr, Expression, PyCF_ONLY_AST

FILE = "/workspace/main.py"
TEMPLATE_PACKAGES = "/opt/packages/python/site-packages"
MEMORY = "/opt/sandbox/memory"
MAX_RESULT = 256 * 1024

link = 3
received = bytearray()


def receive():
    """The next request: its kind, and its words."""
    while received.count(0) < 2:
        receive_more()
    kind, length, _ = received.split(b"\0", 2)
    start = len(kind) + len(length) + 2
    end = start + int(length)
    while len(received) < end:
        receive_more()
    words = Words(bytes(received[start:end]))
    del received[:end]
    return bytes(kind), words


def receive_more():
    chunk = os.read(link, 1 << 16)
    if not chunk:
        sys.exit("The agent is gone.")
    received.extend(chunk)


class Words:
    """What a request consists of, from its start to its end."""

    def __init__(self, data):
        self.data = data
        self.position = 0

    def word(self):
        end = self.data.index(0, self.position)
        value = self.data[self.position : end]
        self.position = end + 1
        return value

    def words(self):
        return [self.word() for _ in range(int(self.word()))]

    def bytes(self, length):
        self.position += length
        return self.data[self.position - length : self.position]


def add_paths(folder, name, known):
    """Takes the folders that a .pth file names. Code in it is the host's own start-up and is not run in a sandbox."""
    try:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as lines:
            paths = [line.strip() for line in lines if line.strip() and not line.startswith(("#", "import ", "import\t"))]
    except OSError:
        return known
    for path in (os.path.join(folder, line) for line in paths):
        if path not in sys.path and os.path.exists(path):
            sys.path.append(path)
    return known


class Source:
    """Shows the program's lines in tracebacks, its own ones included."""

    def __init__(self, text):
        self.text = text

    def get_source(self, name):
        return self.text


def load(name):
    """A part of the kernel that few programs need. It is beside this file: no module of the program can take its place."""
    path = os.path.join(os.path.dirname(__file__), name + ".py")
    part = type(sys)(name)
    part.__file__ = path
    part.KERNEL = KERNEL
    # The loader knows compiled files, where there are any.
    exec(type(__loader__)(name, path).get_code(name), part.__dict__)
    return part


def find_installed():
    """Where pip installs for the sandbox's user is on the path as soon as it is there, before what the template brings."""
    find(os.path.join(os.environ.get("HOME", ""), ".local/lib/python%d.%d/site-packages" % sys.version_info[:2]))


def find_memory():
    """The module for the shared memory of a workflow is on the path of its steps, after everything else."""
    if "SANDBOX_MEMORY_URL" in os.environ and MEMORY not in sys.path:
        sys.path.append(MEMORY)


def find(folder):
    """Puts a folder on the path, where there is one, before all others that packages are in."""
    if folder not in sys.path and os.path.isdir(folder):
        places = [at for at, path in enumerate(sys.path) if path.endswith("-packages")]
        sys.path.insert(places[0] if places else len(sys.path), folder)


def prepare(cwd, argv, env, code):
    for variable in env:
        name, _, value = variable.partition(b"=")
        os.environb[name] = value
    os.chdir(cwd)
    find_installed()
    find_memory()
    sys.path.insert(0, os.fsdecode(cwd))
    sys.argv = [FILE, *argv]
    module = type(sys)("__main__")
    module.__file__ = FILE
    module.__builtins__ = __builtins__
    module.__loader__ = Source(code.decode("utf-8", "replace"))
    sys.modules["__main__"] = module
    return module.__dict__


def run(code, namespace):
    tree = compile(code, FILE, "exec", PyCF_ONLY_AST, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], Expr):
        last = Expression(tree.body.pop().value)
    exec(compile(tree, FILE, "exec", dont_inherit=True), namespace)
    if last is not None:
        return eval(compile(last, FILE, "eval", dont_inherit=True), namespace)
    return None


def encode(value):
    if type(value) is int or type(value) is bool:
        return str(value).lower().encode("ascii")
    import json

    parts = []
    size = 0
    for part in json.JSONEncoder(ensure_ascii=False, allow_nan=False).iterencode(value):
        size += len(part)
        if size > MAX_RESULT:
            return None
        parts.append(part)
    return "".join(parts).encode("utf-8")


def send_result(value):
    try:
        encoded = encode(value)
    except Exception:
        import json

        encoded = json.dumps(repr(value)).encode("ascii")
    if encoded is not None and len(encoded) <= MAX_RESULT:
        line = b'{"type":"result","value":' + encoded + b"}\n"
        while line:
            line = line[os.write(link, line) :]


def finish_link():
    global link
    try:
        os.close(link)
    except OSError:
        pass
    link = -1


def report(error):
    """Shows an exception as the interpreter would, without the frames of this file."""
    import traceback

    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    error = error.with_traceback(trace)
    if sys.excepthook is sys.__excepthook__:
        traceback.print_exception(type(error), error, trace)
    else:
        sys.excepthook(type(error), error, trace)


def run_job(request):
    cwd = request.word()
    argv = [os.fsdecode(argument) for argument in request.words()]
    env = request.words()
    code = request.bytes(int(request.word()))
    namespace = prepare(cwd, argv, env, code)
    try:
        value = run(code, namespace)
    except SystemExit:
        raise
    except BaseException as error:
        finish_link()
        report(error)
        if isinstance(error, KeyboardInterrupt):
            return 130
        return 1
    if value is not None:
        try:
            send_result(value)
        except Exception:
            pass
    finish_link()
    return 0


def import_ahead(modules):
    """Imports what the template asks for while nobody waits. It stays in sys.modules; the program gets no name of it."""
    import importlib

    os.environ.setdefault("MPLBACKEND", "Agg")
    for name in modules.split(","):
        try:
            importlib.import_module(name)
        except BaseException as error:
            sys.exit(f"Importing {name} failed: {type(error).__name__}: {error}"[:500])


def main():
    modules = os.environ.pop("SANDBOX_PRELOAD", None)
    os.set_inheritable(link, False)
    os.register_at_fork(after_in_child=finish_link)
    site.addpackage = add_paths
    site.main()
    find(TEMPLATE_PACKAGES)
    if modules:
        import_ahead(modules)
    os.write(link, b'{"type":"ready"}\n')
    kind, request = receive()
    if kind == b"step":
        return load("python_session").serve(request)
    return run_job(request)


if __name__ == "__main__":
    KERNEL = sys.modules["__main__"]
    status = main()
    if status:
        sys.exit(status)
