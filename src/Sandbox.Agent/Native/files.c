// Files of the sandbox, opened so that nothing planted by user code is followed, waited for or opened as a device.
#define _GNU_SOURCE
#include "native.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
        : opened(openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    close(place);
    return result;
}

// folder may be AT_FDCWD (-100) with an absolute path.
SBX_API int sbx_open_directory(int folder, const char *name, int follow)
{
    return follow ? opened(openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) : open_real_directory(folder, name);
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

SBX_API int sbx_rename(int folder, const char *from, const char *to)
{
    return renameat(folder, from, folder, to) == 0 ? 0 : -errno;
}

SBX_API int sbx_unlink(int folder, const char *name)
{
    return unlinkat(folder, name, 0) == 0 ? 0 : -errno;
}

static int describe(const struct stat *found, sbx_entry *entry)
{
    entry->kind = kind_of(found->st_mode);
    entry->size = found->st_size;
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

// The next name, without "." and "..", as bytes; 0 at the end.
SBX_API int sbx_list_next(void *list, char *name, int capacity)
{
    struct dirent *entry;
    while ((entry = readdir(list)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        size_t length = strlen(entry->d_name);
        if (length >= (size_t)capacity)
            return -ENAMETOOLONG;
        memcpy(name, entry->d_name, length + 1);
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
