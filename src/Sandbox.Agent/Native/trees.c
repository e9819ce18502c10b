// What keeping and making whole trees of files needs beyond single files. No link is followed.
#define _GNU_SOURCE
#include "native.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

SBX_API int sbx_write_at(int fd, const void *buffer, int length, int64_t offset)
{
    ssize_t written;
    do
        written = pwrite(fd, buffer, (size_t)length, offset);
    while (written < 0 && errno == EINTR);
    return written >= 0 ? (int)written : -errno;
}

SBX_API int sbx_truncate(int fd, int64_t size)
{
    return ftruncate(fd, size) == 0 ? 0 : -errno;
}

// Where the next data begins; -ENXIO where none follows, other errors where the file system cannot tell.
SBX_API int64_t sbx_next_data(int fd, int64_t offset)
{
    off_t found = lseek(fd, offset, SEEK_DATA);
    return found >= 0 ? found : -errno;
}

// Where the next hole begins; the end of the file is one.
SBX_API int64_t sbx_next_hole(int fd, int64_t offset)
{
    off_t found = lseek(fd, offset, SEEK_HOLE);
    return found >= 0 ? found : -errno;
}

SBX_API int sbx_symlink(const char *target, int folder, const char *name)
{
    return symlinkat(target, folder, name) == 0 ? 0 : -errno;
}

SBX_API int sbx_link(int from_folder, const char *from, int folder, const char *name)
{
    return linkat(from_folder, from, folder, name, 0) == 0 ? 0 : -errno;
}

// Also the sticky bit and those that mean another identity, which have no effect on mounts that are nosuid.
SBX_API int sbx_set_all_mode_bits(int fd, int mode)
{
    return fchmod(fd, (mode_t)mode & 07777) == 0 ? 0 : -errno;
}

// Of the name itself, also where it is a link.
SBX_API int sbx_set_modified(int folder, const char *name, int64_t nanoseconds)
{
    int64_t rest = nanoseconds % 1000000000;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = nanoseconds / 1000000000, .tv_nsec = rest}};
    if (rest < 0) {
        times[1].tv_sec -= 1;
        times[1].tv_nsec += 1000000000;
    }
    return utimensat(folder, name, times, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : -errno;
}
