// Starting processes. Forking from managed code is unsafe, so that everything between fork and exec is here, and only
// async-signal-safe calls are made there.
#define _GNU_SOURCE
#include "native.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_DESCRIPTORS = 4, OPEN_FILES = 4096 };

// Where a child failed; the order is that of the enumeration SpawnStage.
enum { STAGE_DESCRIPTORS = 1, STAGE_IDENTITY = 2, STAGE_DIRECTORY = 3, STAGE_EXEC = 4 };

typedef struct {
    int stage;
    int error;
} failure;

static _Noreturn void fail(int report, int stage)
{
    failure f = { stage, errno };
    ssize_t ignored = write(report, &f, sizeof f);
    (void)ignored;
    _exit(127);
}

// The kernel keeps ignored signals ignored over exec, and the agent's runtime ignores some.
static void reset_signals(void)
{
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; signal++)
        sigaction(signal, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Sources are first moved above every target, so that none is overwritten before it was used.
static int place_descriptors(const int *sources, int count)
{
    int moved[MAX_DESCRIPTORS];
    for (int i = 0; i < count; i++) {
        moved[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, MAX_DESCRIPTORS);
        if (moved[i] < 0)
            return -1;
    }
    for (int i = 0; i < count; i++) {
        if (dup2(moved[i], i) < 0)
            return -1;
    }
    return 0;
}

// User code goes before the agent when memory runs out. Raising needs no right; where it fails, nothing is lost.
static void prefer_for_oom(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t ignored = write(fd, "1000", 4);
        (void)ignored;
        close(fd);
    }
}

static void limit(int resource, rlim_t value)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)resource, &now) != 0)
        return;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
        value = now.rlim_max;
    struct rlimit wanted = { value, value };
    setrlimit((__rlimit_resource_t)resource, &wanted);
}

// The raw calls, because the C library's would try to change threads that this child does not have.
static int become(uid_t uid, gid_t gid)
{
    for (int capability = 0; capability < 64; capability++) {
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
            break;
    }
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // Not allowed in a user namespace that maps a single group; then there are none to drop.
    if (syscall(SYS_setgroups, 0, NULL) != 0 && errno != EPERM)
        return -1;
    if (syscall(SYS_setresgid, gid, gid, gid) != 0 || syscall(SYS_setresuid, uid, uid, uid) != 0)
        return -1;
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct nothing[2];
    memset(nothing, 0, sizeof nothing);
    return (int)syscall(SYS_capset, &header, nothing);
}

static void exec_in_path(char *const *argv, char *const *envp, const char *path)
{
    char candidate[PATH_MAX];
    size_t name = strlen(argv[0]);
    int denied = 0;
    errno = ENOENT;
    while (path != NULL && *path != '\0') {
        const char *end = strchrnul(path, ':');
        size_t folder = (size_t)(end - path);
        if (folder > 0 && folder + 1 + name + 1 <= sizeof candidate) {
            memcpy(candidate, path, folder);
            candidate[folder] = '/';
            memcpy(candidate + folder + 1, argv[0], name + 1);
            execve(candidate, argv, envp);
            if (errno == EACCES)
                denied = 1;
            else if (errno != ENOENT && errno != ENOTDIR)
                return;
        }
        path = *end == '\0' ? end : end + 1;
    }
    errno = denied ? EACCES : ENOENT;
}

static _Noreturn void child(const sbx_spawn_request *request, int report)
{
    // Above the targets, too: one of them could otherwise be the pipe that failures are told through.
    int kept = fcntl(report, F_DUPFD_CLOEXEC, MAX_DESCRIPTORS);
    if (kept < 0)
        _exit(127);
    reset_signals();
    setsid();
    umask(022);
    if (place_descriptors(request->descriptors, request->descriptor_count) != 0)
        fail(kept, STAGE_DESCRIPTORS);
    if (request->terminal && ioctl(0, TIOCSCTTY, 0) != 0)
        fail(kept, STAGE_DESCRIPTORS);
    prefer_for_oom();
    // 1 and not 0: where the host pipes core dumps into a program, only 1 stops them.
    limit(RLIMIT_CORE, 1);
    limit(RLIMIT_NOFILE, OPEN_FILES);
    // Below the limit of the control group, which the agent shares: its own threads always find room.
    if (request->processes > 0)
        limit(RLIMIT_NPROC, request->processes);
    if (become(request->uid, request->gid) != 0)
        fail(kept, STAGE_IDENTITY);
    if (chdir(request->cwd) != 0)
        fail(kept, STAGE_DIRECTORY);
    if (strchr(request->argv[0], '/') != NULL)
        execve(request->argv[0], request->argv, request->envp);
    else
        exec_in_path(request->argv, request->envp, request->path);
    fail(kept, STAGE_EXEC);
}

int sbx_spawn(const sbx_spawn_request *request, int *stage)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return -errno;

    // No handler of the agent's may run in the child before its dispositions are reset.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0)
        child(request, report[1]);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (pid < 0) {
        close(report[0]);
        return -error;
    }

    // The pipe closes by itself when the exec succeeds.
    failure f = { 0, 0 };
    ssize_t got;
    do
        got = read(report[0], &f, sizeof f);
    while (got < 0 && errno == EINTR);
    close(report[0]);
    if (got == (ssize_t)sizeof f) {
        *stage = f.stage;
        return -f.error;
    }
    *stage = 0;
    return pid;
}
