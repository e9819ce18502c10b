// Notification of changes in folders.
#define _GNU_SOURCE
#include "native.h"

#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>

SBX_API int sbx_watch_open(void)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    return fd >= 0 ? fd : -errno;
}

// Watches a folder that is open: by its descriptor, because a path may lead somewhere else by now.
SBX_API int sbx_watch_add(int watch, int folder)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
    int added = inotify_add_watch(watch, path,
        IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF | IN_DELETE_SELF
            | IN_ONLYDIR | IN_EXCL_UNLINK);
    return added >= 0 ? added : -errno;
}

SBX_API int sbx_watch_remove(int watch, int added)
{
    return inotify_rm_watch(watch, added) == 0 ? 0 : -errno;
}
