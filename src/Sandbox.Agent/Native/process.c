// Processes, descriptors and waiting for them.
#define _GNU_SOURCE
#include "native.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Descriptors that the runtime which started the agent left open must not reach user code.
static void close_on_exec_all(void)
{
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL)
        return;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        int fd = atoi(entry->d_name);
        if (fd > 2)
            fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    closedir(folder);
}

SBX_API int sbx_init(void)
{
    // One arena: the agent is small, and an arena per thread is not.
    mallopt(M_ARENA_MAX, 1);
    close_on_exec_all();
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    umask(022);
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

// Copies a variable and wipes it where the kernel shows it (/proc/1/environ).
SBX_API int sbx_take_env(const char *name, char *value, int capacity)
{
    char *found = getenv(name);
    if (found == NULL)
        return -ENOENT;
    size_t length = strlen(found);
    if (length >= (size_t)capacity)
        return -ENAMETOOLONG;
    memcpy(value, found, length);
    explicit_bzero(found, length);
    unsetenv(name);
    return (int)length;
}

// Waits for any child to end. Exit code in the low byte, or 256 + the signal.
SBX_API int sbx_wait(int *outcome)
{
    int status;
    pid_t pid;
    do
        pid = waitpid(-1, &status, 0);
    while (pid < 0 && errno == EINTR);
    if (pid < 0)
        return -errno;
    *outcome = WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
    return pid;
}

SBX_API int sbx_kill(int pid, int signal)
{
    return kill(pid, signal) == 0 ? 0 : -errno;
}

SBX_API int sbx_exit(int code)
{
    _exit(code);
}

SBX_API int sbx_eventfd(void)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd >= 0 ? fd : -errno;
}

static int make_nonblocking(int fd)
{
    return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

// A pipe of which only the agent's end does not block; the two ends have descriptions of their own.
SBX_API int sbx_pipe(int *agent, int *program, int agent_reads)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -errno;
    *agent = agent_reads ? ends[0] : ends[1];
    *program = agent_reads ? ends[1] : ends[0];
    make_nonblocking(*agent);
    return 0;
}

SBX_API int sbx_socketpair(int *agent, int *program)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -errno;
    *agent = ends[0];
    *program = ends[1];
    make_nonblocking(*agent);
    return 0;
}

SBX_API int sbx_shutdown_write(int fd)
{
    return shutdown(fd, SHUT_WR) == 0 ? 0 : -errno;
}

SBX_API int sbx_poll(struct pollfd *sources, int count, int milliseconds)
{
    int ready = poll(sources, (nfds_t)count, milliseconds);
    return ready >= 0 ? ready : -errno;
}

SBX_API int sbx_read(int fd, void *buffer, int length)
{
    ssize_t got;
    do
        got = read(fd, buffer, (size_t)length);
    while (got < 0 && errno == EINTR);
    return got >= 0 ? (int)got : -errno;
}

// How many bytes can be read at this moment.
SBX_API int sbx_available(int fd)
{
    int bytes = 0;
    return ioctl(fd, FIONREAD, &bytes) == 0 ? bytes : -errno;
}

SBX_API int sbx_write(int fd, const void *buffer, int length)
{
    ssize_t put;
    do
        put = write(fd, buffer, (size_t)length);
    while (put < 0 && errno == EINTR);
    return put >= 0 ? (int)put : -errno;
}

SBX_API int sbx_close(int fd)
{
    return close(fd) == 0 ? 0 : -errno;
}

// 1 where the file system has no room for even a few blocks, or for one more file.
SBX_API int sbx_disk_full(const char *path)
{
    struct statvfs room;
    if (statvfs(path, &room) != 0)
        return -errno;
    return room.f_blocks > 0 && (room.f_bavail < 4 || (room.f_files > 0 && room.f_favail == 0));
}

// Code is mapped a piece at a time, and what start-up needed stays mapped. Unmapped it is still in the page cache, from
// where whatever runs next is mapped again. The kernel's own page of code is left alone.
static int unmap_code(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    (void)context;
    if (object->dlpi_name[0] != '\0' && object->dlpi_name[0] != '/')
        return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & (PF_X | PF_W)) != PF_X)
            continue;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        uintptr_t end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
        madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

// Gives memory back that nothing needs at the moment.
SBX_API int sbx_trim_memory(void)
{
    malloc_trim(0);
    dl_iterate_phdr(unmap_code, NULL);
    return 0;
}

// Makes the calling thread, and no other, act on files as an ordinary user. The raw calls, because the C library's would
// change every thread. The real and saved ids stay: user code may neither signal nor trace the thread.
SBX_API int sbx_act_as(uint32_t uid, uint32_t gid)
{
    syscall(SYS_setgroups, 0, NULL);
    if (syscall(SYS_setresgid, -1, gid, -1) != 0 || syscall(SYS_setresuid, -1, uid, -1) != 0)
        return -errno;
    return 0;
}
