// Files of the sandbox, opened so that nothing planted by user code is followed, waited for or opened as a device.
#define _GNU_SOURCE
#include "native.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MQUEUE_MAGIC 0x19800202

static int kind_of(mode_t mode)
{
    if (S_ISREG(mode))
        return SBX_FILE;
    if (S_ISDIR(mode))
        return SBX_DIRECTORY;
    return S_ISLNK(mode) ? SBX_LINK : SBX_OTHER;
}

static int opened(int fd)
{
    return fd >= 0 ? fd : -errno;
}

// A folder, unless it is of a tree that the kernel makes up: a file there may block, have an effect, or show the agent.
static int opened_folder(int around, int fd)
{
    struct statfs found;
    if (fd < 0)
        return -errno;
    // From nowhere only the agent's own paths are opened: those of others go step by step from the root.
    if (around == AT_FDCWD)
        return fd;
    int result = fstatfs(fd, &found) == 0 ? 0 : -errno;
    switch (result == 0 ? (unsigned long)found.f_type : 0) {
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case DEVPTS_SUPER_MAGIC:
    case CGROUP_SUPER_MAGIC:
    case CGROUP2_SUPER_MAGIC:
    case MQUEUE_MAGIC:
        result = -EOPNOTSUPP;
    }
    if (result == 0)
        return fd;
    close(fd);
    return result;
}

// A folder that is no link, in two steps: first what the name is, then that very thing. gVisor (as of 2022) follows a link
// to a folder in spite of O_NOFOLLOW where O_DIRECTORY is given, too.
static int open_real_directory(int folder, const char *name)
{
    struct stat found;
    int place = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (place < 0)
        return -errno;
    int result = fstat(place, &found) != 0 ? -errno
        : S_ISLNK(found.st_mode) ? -ELOOP
        : !S_ISDIR(found.st_mode) ? -ENOTDIR
        : opened_folder(folder, openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    close(place);
    return result;
}

// folder may be AT_FDCWD (-100) with an absolute path.
SBX_API int sbx_open_directory(int folder, const char *name, int follow)
{
    return follow ? opened_folder(folder, openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) : open_real_directory(folder, name);
}

SBX_API int sbx_open_file(int folder, const char *name)
{
    return opened(openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

SBX_API int sbx_create_file(int folder, const char *name)
{
    return opened(openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
}

SBX_API int sbx_make_directory(int folder, const char *name)
{
    return mkdirat(folder, name, 0755) == 0 ? 0 : -errno;
}

SBX_API int sbx_set_mode(int fd, int mode)
{
    return fchmod(fd, (mode_t)mode & 0777) == 0 ? 0 : -errno;
}

SBX_API int sbx_rename(int from_folder, const char *from, int to_folder, const char *to, int overwrite)
{
    int result = overwrite
        ? renameat(from_folder, from, to_folder, to)
        : renameat2(from_folder, from, to_folder, to, RENAME_NOREPLACE);
    return result == 0 ? 0 : -errno;
}

SBX_API int sbx_unlink(int folder, const char *name)
{
    return unlinkat(folder, name, 0) == 0 ? 0 : -errno;
}

// Only an empty one.
SBX_API int sbx_remove_directory(int folder, const char *name)
{
    return unlinkat(folder, name, AT_REMOVEDIR) == 0 ? 0 : -errno;
}

// What a link says, cut at the capacity, as bytes.
SBX_API int sbx_read_link(int folder, const char *name, char *target, int capacity)
{
    ssize_t length = readlinkat(folder, name, target, (size_t)capacity);
    return length >= 0 ? (int)length : -errno;
}

SBX_API int sbx_read_at(int fd, void *buffer, int length, int64_t offset)
{
    ssize_t got;
    do
        got = pread(fd, buffer, (size_t)length, offset);
    while (got < 0 && errno == EINTR);
    return got >= 0 ? (int)got : -errno;
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int describe(const struct stat *found, sbx_entry *entry)
{
    entry->kind = kind_of(found->st_mode);
    entry->mode = (int32_t)(found->st_mode & 07777);
    entry->size = found->st_size;
    entry->modified = nanoseconds(found->st_mtim);
    entry->changed = nanoseconds(found->st_ctim);
    entry->inode = found->st_ino;
    entry->device = found->st_dev;
    entry->names = found->st_nlink;
    entry->stored = (int64_t)found->st_blocks * 512;
    return 0;
}

SBX_API int sbx_describe(int fd, sbx_entry *entry)
{
    struct stat found;
    return fstat(fd, &found) == 0 ? describe(&found, entry) : -errno;
}

SBX_API int sbx_describe_at(int folder, const char *name, sbx_entry *entry)
{
    struct stat found;
    return fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0 ? describe(&found, entry) : -errno;
}

// Takes the descriptor over. NULL with errno lost is reported by the caller as an unreadable folder.
SBX_API void *sbx_list_open(int fd)
{
    DIR *list = fdopendir(fd);
    if (list == NULL)
        close(fd);
    return list;
}

static int kind_of_listed(const struct dirent *entry)
{
    switch (entry->d_type) {
    case DT_UNKNOWN:
        return SBX_UNKNOWN;
    case DT_REG:
        return SBX_FILE;
    case DT_DIR:
        return SBX_DIRECTORY;
    case DT_LNK:
        return SBX_LINK;
    default:
        return SBX_OTHER;
    }
}

// The next name, without "." and "..", as bytes, and its kind where the file system tells it; 0 at the end.
SBX_API int sbx_list_next(void *list, char *name, int capacity, int *kind)
{
    struct dirent *entry;
    while ((entry = readdir(list)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        size_t length = strlen(entry->d_name);
        if (length >= (size_t)capacity)
            return -ENAMETOOLONG;
        memcpy(name, entry->d_name, length + 1);
        *kind = kind_of_listed(entry);
        return (int)length;
    }
    return 0;
}

SBX_API int sbx_list_descriptor(void *list)
{
    return dirfd(list);
}

SBX_API int sbx_list_close(void *list)
{
    return closedir(list) == 0 ? 0 : -errno;
}
