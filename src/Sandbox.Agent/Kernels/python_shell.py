# Lines of a step that begin with "!": commands for a shell.
import _signal
import builtins
import os
import sys
import time

PATIENCE = 1.0


def parse(text, name, flags):
    """
    Parses code with such lines. Only a line that the parser stumbles over is one: the same characters in a string, or in
    the middle of an expression, are left alone.
    """
    builtins.__shell__ = run
    lines = text.split("\n")
    while True:
        try:
            return compile("\n".join(lines), name, "exec", flags, dont_inherit=True)
        except SyntaxError as error:
            number = (error.lineno or 0) - 1
            if not 0 <= number < len(lines) or not lines[number].lstrip().startswith("!"):
                raise
            replace(lines, number)


def replace(lines, number):
    line = lines[number]
    indent = line[: len(line) - len(line.lstrip())]
    command = line.lstrip()[1:]
    following = number + 1
    while command.endswith("\\") and following < len(lines):
        command += "\n" + lines[following]
        # The line stays, so that later ones keep their numbers.
        lines[following] = ""
        following += 1
    lines[number] = f"{indent}__shell__({command!r})"


def run(command):
    """Runs a command in the foreground; its exit status is left in _exit_code."""
    SESSION.flush()
    child = os.posix_spawn("/bin/bash", ["bash", "-c", command], os.environ, setpgroup=0)
    try:
        _, status = os.waitpid(child, 0)
    except BaseException:
        stop(child)
        raise
    SESSION.namespace["_exit_code"] = os.waitstatus_to_exitcode(status)


def stop(child):
    """Interrupts the command with all that belongs to it, and kills it when that does not help."""
    signal_group(child, _signal.SIGINT)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if os.waitpid(child, os.WNOHANG)[0]:
            return
        time.sleep(0.01)
    signal_group(child, _signal.SIGKILL)
    os.waitpid(child, 0)


def signal_group(group, number):
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass
