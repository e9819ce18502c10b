// sandbox-launch LOG NAMESPACE PROGRAM [ARGUMENT...]: becomes a program that reads nothing and writes to a log file, in
// the mount namespace that a file holds, or in its own where NAMESPACE is "-".
//
// A sandbox inherits the descriptors of the engine that starts it. It gets /dev/null and a log file, never a pipe of the
// server: a pipe would stay open as long as the sandbox, and a stranger would hold its other end. .NET can only give
// pipes; a shell with nsenter can do this as well, but starting those two is a twentieth of what a whole job costs.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *what)
{
    dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(errno));
    return 127;
}

static int enter(const char *file)
{
    if (strcmp(file, "-") == 0)
        return 0;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    return fd < 0 || setns(fd, CLONE_NEWNS) != 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        dprintf(STDERR_FILENO, "usage: sandbox-launch LOG NAMESPACE|- PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    // What the server itself has inherited. A kernel older than 5.9 does not know the call; the engines close as well.
    (void)close_range(STDERR_FILENO + 1, ~0U, 0);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int log = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (nothing < 0 || log < 0)
        return fail(argv[1]);
    if (dup2(nothing, STDIN_FILENO) < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
        return fail("dup2");
    if (enter(argv[2]) != 0)
        return fail(argv[2]);
    execvp(argv[3], argv + 3);
    return fail(argv[3]);
}
