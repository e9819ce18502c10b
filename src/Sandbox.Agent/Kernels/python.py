# Python kernel: one interpreter, started ahead of need, that runs one program as if it were a script of its own.
#
# Descriptor 3 is a stream to the agent.
#   to the agent:    {"type":"ready"}                  a line, once code is waited for
#                    {"type":"result","value":JSON}    a line, where the last expression has a value
#   from the agent:  cwd NUL argc NUL (argument NUL)* envc NUL (NAME=VALUE NUL)* length NUL code, then end of file
#
# Starting a kernel is most of what a sandbox costs: modules that not every program needs are imported when one does.
import os
import site
import sys
from _ast import Expr, Expression, PyCF_ONLY_AST

FILE = "/workspace/main.py"
LINK = 3
MAX_RESULT = 256 * 1024


def read_request():
    data = bytearray()
    while chunk := os.read(LINK, 1 << 16):
        data += chunk
    position = 0

    def word():
        nonlocal position
        end = data.index(0, position)
        value = bytes(data[position:end])
        position = end + 1
        return value

    cwd = word()
    argv = [os.fsdecode(word()) for _ in range(int(word()))]
    env = [word() for _ in range(int(word()))]
    length = int(word())
    return cwd, argv, env, bytes(data[position : position + length])


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


def prepare(cwd, argv, env, code):
    for variable in env:
        name, _, value = variable.partition(b"=")
        os.environb[name] = value
    os.chdir(cwd)
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
            line = line[os.write(LINK, line) :]


def finish_link():
    try:
        os.close(LINK)
    except OSError:
        pass


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


def main():
    os.set_inheritable(LINK, False)
    os.register_at_fork(after_in_child=finish_link)
    site.addpackage = add_paths
    site.main()
    os.write(LINK, b'{"type":"ready"}\n')
    cwd, argv, env, code = read_request()
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


if __name__ == "__main__":
    KERNEL = sys.modules["__main__"]
    status = main()
    if status:
        sys.exit(status)
