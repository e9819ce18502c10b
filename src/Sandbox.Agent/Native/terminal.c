// Terminals for user code: a pair of ends, of which the agent keeps the one and the code gets the other.
#define _GNU_SOURCE
#include "native.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

// By the descriptor where the kernel can, and by its number where it cannot (gVisor as of 2022).
static int open_peer(int end)
{
    int peer = ioctl(end, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (peer >= 0)
        return peer;
    unsigned int number;
    if (ioctl(end, TIOCGPTN, &number) != 0)
        return -errno;
    char path[32];
    snprintf(path, sizeof path, "/dev/pts/%u", number);
    peer = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return peer >= 0 ? peer : -errno;
}

// A character that is erased is erased as a whole.
static void expect_utf8(int fd)
{
    struct termios settings;
    if (tcgetattr(fd, &settings) != 0)
        return;
    settings.c_iflag |= IUTF8;
    tcsetattr(fd, TCSANOW, &settings);
}

static int open_pair(int *agent, int *program)
{
    int end = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (end < 0)
        return -errno;
    int unlocked = 0;
    int peer = ioctl(end, TIOCSPTLCK, &unlocked) == 0 ? open_peer(end) : -errno;
    int second = peer >= 0 ? fcntl(end, F_DUPFD_CLOEXEC, 0) : -1;
    if (second < 0) {
        int result = peer >= 0 ? -errno : peer;
        if (peer >= 0)
            close(peer);
        close(end);
        return result;
    }
    expect_utf8(peer);
    agent[0] = second;
    agent[1] = end;
    *program = peer;
    return 0;
}

// Opened as the code's own user, to whom the terminal then belongs: the agent has no right to give files away. Of the
// agent's two descriptors the first is to write to and the second is to read from.
SBX_API int sbx_terminal_open(int *agent, int *program, uint32_t uid, uint32_t gid)
{
    int result = sbx_act_as(uid, gid);
    if (result == 0)
        result = open_pair(agent, program);
    int back = sbx_act_as(0, 0);
    return back == 0 ? result : back;
}

// The kernel tells the programs in the foreground that the size has changed.
SBX_API int sbx_terminal_resize(int fd, int columns, int rows)
{
    struct winsize size = { .ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows };
    return ioctl(fd, TIOCSWINSZ, &size) == 0 ? 0 : -errno;
}
