# How a session shows values, figures and errors: MIME bundles, as notebooks know them.
import json
import os
import sys
import traceback

METHODS = (
    ("text/html", "_repr_html_"),
    ("text/markdown", "_repr_markdown_"),
    ("text/latex", "_repr_latex_"),
    ("image/svg+xml", "_repr_svg_"),
    ("image/png", "_repr_png_"),
    ("image/jpeg", "_repr_jpeg_"),
    ("application/json", "_repr_json_"),
)
MAX_ERROR = 64 * 1024
MAX_CHAIN = 100


def display(*objects):
    """Shows each object in all the forms that it has."""
    for item in objects:
        send({"type": "display", "data": bundle(item)})


def result(value):
    send({"type": "result", "data": bundle(value)})


def send(message):
    sys.stdout.flush()
    SESSION.send(json.dumps(message, ensure_ascii=False).encode("utf-8", "replace"))


def bundle(value):
    data = {"text/plain": repr(value)}
    for mime, name in METHODS:
        add(data, mime, call(value, name))
    bundled = call(value, "_repr_mimebundle_")
    if isinstance(bundled, dict):
        for mime, content in bundled.items():
            add(data, str(mime), content)
    figure = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
    if figure is not None and isinstance(value, figure):
        add(data, "image/png", png(value))
        sys.modules["matplotlib.pyplot"].close(value)
    return data


def call(value, name):
    # Of the type, because some objects claim to have any attribute.
    method = getattr(type(value), name, None)
    if method is None:
        return None
    try:
        content = method(value)
    except Exception:
        # One of several forms: the others are shown.
        return None
    # Content, or content with metadata.
    return content[0] if isinstance(content, tuple) and content else content


def add(data, mime, content):
    if content is None:
        return
    if isinstance(content, (bytes, bytearray, memoryview)):
        from base64 import b64encode

        content = b64encode(content).decode("ascii")
    elif not isinstance(content, str):
        try:
            json.dumps(content, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            return
    data[mime] = content


def png(figure):
    from io import BytesIO

    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def figures():
    """Shows and closes the figures that the step has left open."""
    pyplot = sys.modules["matplotlib.pyplot"]
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        data = {"text/plain": repr(figure)}
        add(data, "image/png", png(figure))
        send({"type": "display", "data": data})
    pyplot.close("all")


def error(failure):
    """Shows an exception on standard error, as the interpreter would, and as a message."""
    failure.__traceback__ = of_steps(failure.__traceback__)
    for each in chain(failure):
        each.__traceback__ = without_kernel(each.__traceback__)
    lines = "".join(traceback.format_exception(failure))
    try:
        if sys.excepthook is sys.__excepthook__:
            sys.stderr.write(lines)
        else:
            sys.excepthook(type(failure), failure, failure.__traceback__)
    except Exception:
        os.write(2, lines.encode("utf-8", "replace"))
    message = {"type": "error", "name": type(failure).__name__, "value": text(failure), "traceback": lines[-MAX_ERROR:].splitlines()}
    SESSION.send(json.dumps(message, ensure_ascii=False).encode("utf-8", "replace"))


def of_steps(trace):
    """A traceback without the frames of the kernel, and of what runs coroutines for it."""
    own = trace
    while own is not None and not own.tb_frame.f_code.co_filename.startswith("<step "):
        own = own.tb_next
    if own is not None:
        return own
    while trace is not None and is_kernel(trace):
        trace = trace.tb_next
    return trace


def without_kernel(trace):
    """A traceback without the frames of the kernel: those of an interrupt are its last, those of an import stand in the middle."""
    first = last = None
    while trace is not None:
        if not is_kernel(trace):
            if last is None:
                first = trace
            else:
                last.tb_next = trace
            last = trace
        trace = trace.tb_next
    if last is not None:
        last.tb_next = None
    return first


def is_kernel(trace):
    return os.path.dirname(trace.tb_frame.f_code.co_filename) == os.path.dirname(__file__)


def chain(failure):
    """An exception and those that it came of: no more than anybody reads."""
    found, rest = [], [failure]
    while rest and len(found) < MAX_CHAIN:
        each = rest.pop()
        if each is not None and all(each is not other for other in found):
            found.append(each)
            rest += [each.__context__, each.__cause__]
    return found


def text(failure):
    try:
        return str(failure)[:MAX_ERROR]
    except Exception:
        return "<exception str() failed>"
