# Python kernel: one interpreter, started ahead of need, that runs one program as if it were a script of its own.
#
# Descriptor 3 is a stream to the agent.
#   to the agent:    {"type":"ready"}                  a line, once code is waited for
#                    {"type":"result","value":JSON}    a line, where the last expression has a value
#   from the agent:  cwd NUL argc NUL (argument NUL)* envc NUL (NAME=VALUE NUL)* length NUL code, then end of file
import ast
import json
import linecache
import os
import site
import sys
import traceback
import types

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


def prepare(cwd, argv, env, code):
    for variable in env:
        name, _, value = variable.partition(b"=")
        os.environb[name] = value
    os.chdir(cwd)
    sys.path.insert(0, os.fsdecode(cwd))
    sys.argv = [FILE, *argv]
    module = types.ModuleType("__main__")
    module.__file__ = FILE
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    text = code.decode("utf-8", "replace")
    linecache.cache[FILE] = (len(text), None, text.splitlines(True), FILE)
    return module.__dict__


def run(code, namespace):
    tree = compile(code, FILE, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, FILE, "exec", dont_inherit=True), namespace)
    if last is not None:
        return eval(compile(last, FILE, "eval", dont_inherit=True), namespace)
    return None


def encode(value):
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
