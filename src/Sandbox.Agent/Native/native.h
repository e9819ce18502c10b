// The C part of the agent. Every function returns a value of at least zero, or a negated errno.
#pragma once

#include <stdint.h>
#include <sys/types.h>

typedef struct {
    char *const *argv;
    char *const *envp;
    const char *path;
    const char *cwd;
    const int *descriptors;
    int descriptor_count;
    uint32_t uid;
    uint32_t gid;
    // Processes and threads that the user may have; 0 for as many as the agent may.
    uint32_t processes;
    // Descriptor 0 is a terminal, which becomes the one that controls the process.
    int32_t terminal;
} sbx_spawn_request;

typedef struct {
    int32_t kind;
    int32_t mode;
    int64_t size;
    // Nanoseconds since 1970.
    int64_t modified;
    int64_t changed;
    uint64_t inode;
    uint64_t device;
    // Names that the file has.
    uint64_t names;
    // Bytes that it takes up; fewer than its size where it has holes.
    int64_t stored;
} sbx_entry;

enum { SBX_OTHER = 0, SBX_FILE = 1, SBX_DIRECTORY = 2, SBX_LINK = 3, SBX_UNKNOWN = 4 };

#define SBX_API __attribute__((visibility("default")))

SBX_API int sbx_act_as(uint32_t uid, uint32_t gid);
SBX_API int sbx_spawn(const sbx_spawn_request *request, int *stage);
