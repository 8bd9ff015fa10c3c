/*
 * Preloaded into a process, writes down everything that it asks of files under RECORD_ROOT, in order, into RECORD_LOG:
 *   u32 magic, u8 op, u32 path length, u64 offset, u32 data length, path, data
 *   C create   W write   T truncate (offset: new size)   S sync of a file or folder   R rename (data: new path)   U unlink
 *   L link (data: new path)   M make a folder
 * A record follows the call that it tells of and only if that succeeded. Written with raw system calls, so that the
 * recorder never records itself.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MAGIC = 0x43525751 };

static int record_file = -2;
static const char *root;
static size_t root_length;

static int is_recording(void) {
  if (record_file != -2) return record_file >= 0;
  const char *path = getenv("RECORD_LOG");
  root = getenv("RECORD_ROOT");
  root_length = root ? strlen(root) : 0;
  record_file = path && root ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  return record_file >= 0;
}

static int is_ours(const char *path) { return strncmp(path, root, root_length) == 0; }

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_ours(path);
}

static void record(char op, const char *path, uint64_t offset, const void *data, size_t length) {
  struct __attribute__((packed)) { uint32_t magic; uint8_t op; uint32_t path_length; uint64_t offset; uint32_t length; } head = {
      MAGIC, (uint8_t)op, (uint32_t)strlen(path), offset, (uint32_t)length};
  struct iovec parts[3] = {{&head, sizeof head}, {(void *)path, head.path_length}, {(void *)data, length}};
  syscall(SYS_writev, record_file, parts, length ? 3 : 2);
}

#define REAL(result, name, ...)                  \
  static result (*real)(__VA_ARGS__);            \
  if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

/* Every caller of ours names files by absolute paths. */
static int opened(int fd, const char *path, int flags, int existed) {
  int saved = errno;
  if (fd >= 0 && is_recording() && is_ours(path)) {
    if ((flags & O_CREAT) && !existed) record('C', path, 0, 0, 0);
    else if (flags & O_TRUNC) record('T', path, 0, 0, 0);
  }
  errno = saved;
  return fd;
}

static int exists(const char *path) {
  struct stat found;
  return syscall(SYS_newfstatat, AT_FDCWD, path, &found, 0) == 0;
}

#define OPEN(name)                                          \
  int name(const char *path, int flags, ...) {              \
    REAL(int, #name, const char *, int, ...);               \
    va_list list;                                           \
    va_start(list, flags);                                  \
    mode_t mode = va_arg(list, mode_t);                     \
    va_end(list);                                           \
    int existed = exists(path);                             \
    return opened(real(path, flags, mode), path, flags, existed); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                        \
  int name(int folder, const char *path, int flags, ...) {  \
    REAL(int, #name, int, const char *, int, ...);          \
    va_list list;                                           \
    va_start(list, flags);                                  \
    mode_t mode = va_arg(list, mode_t);                     \
    va_end(list);                                           \
    int existed = exists(path);                             \
    return opened(real(folder, path, flags, mode), path, flags, existed); \
  }
OPENAT(openat)
OPENAT(openat64)

static ssize_t wrote(int fd, const void *data, ssize_t count, off_t offset) {
  char path[PATH_MAX];
  int saved = errno;
  if (count > 0 && is_recording() && fd != record_file && path_of(fd, path)) record('W', path, (uint64_t)offset, data, (size_t)count);
  errno = saved;
  return count;
}

static ssize_t wrote_parts(int fd, const struct iovec *parts, int number, ssize_t count, off_t offset) {
  ssize_t left = count;
  for (int i = 0; i < number && left > 0; i += 1) {
    ssize_t length = (ssize_t)parts[i].iov_len < left ? (ssize_t)parts[i].iov_len : left;
    wrote(fd, parts[i].iov_base, length, offset);
    offset += length;
    left -= length;
  }
  return count;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
  REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
  return wrote(fd, data, real(fd, data, size, offset), offset);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
  return wrote(fd, data, real(fd, data, size, offset), offset);
}
ssize_t write(int fd, const void *data, size_t size) {
  REAL(ssize_t, "write", int, const void *, size_t);
  ssize_t count = real(fd, data, size);
  off_t end = lseek(fd, 0, SEEK_CUR);
  return end >= count ? wrote(fd, data, count, end - count) : count;
}
ssize_t writev(int fd, const struct iovec *parts, int number) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  ssize_t count = real(fd, parts, number);
  off_t end = lseek(fd, 0, SEEK_CUR);
  return end >= count ? wrote_parts(fd, parts, number, count, end - count) : count;
}
ssize_t pwritev(int fd, const struct iovec *parts, int number, off_t offset) {
  REAL(ssize_t, "pwritev", int, const struct iovec *, int, off_t);
  return wrote_parts(fd, parts, number, real(fd, parts, number, offset), offset);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int number, off_t offset) {
  REAL(ssize_t, "pwritev64", int, const struct iovec *, int, off_t);
  return wrote_parts(fd, parts, number, real(fd, parts, number, offset), offset);
}

static int marked(int result, int fd, char op, uint64_t offset) {
  char path[PATH_MAX];
  int saved = errno;
  if (result == 0 && is_recording() && path_of(fd, path)) record(op, path, offset, 0, 0);
  errno = saved;
  return result;
}
int fsync(int fd) {
  REAL(int, "fsync", int);
  return marked(real(fd), fd, 'S', 0);
}
int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  return marked(real(fd), fd, 'S', 0);
}
int ftruncate(int fd, off_t size) {
  REAL(int, "ftruncate", int, off_t);
  return marked(real(fd, size), fd, 'T', (uint64_t)size);
}
int ftruncate64(int fd, off_t size) {
  REAL(int, "ftruncate64", int, off_t);
  return marked(real(fd, size), fd, 'T', (uint64_t)size);
}

static int unlinked(int result, const char *path) {
  int saved = errno;
  if (result == 0 && is_recording() && is_ours(path)) record('U', path, 0, 0, 0);
  errno = saved;
  return result;
}
int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  return unlinked(real(path), path);
}
int unlinkat(int folder, const char *path, int flags) {
  REAL(int, "unlinkat", int, const char *, int);
  return unlinked(real(folder, path, flags), path);
}
int remove(const char *path) {
  REAL(int, "remove", const char *);
  return unlinked(real(path), path);
}
int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  int result = real(from, to);
  int saved = errno;
  if (result == 0 && is_recording() && is_ours(from)) record('R', from, 0, to, strlen(to));
  errno = saved;
  return result;
}
int link(const char *from, const char *to) {
  REAL(int, "link", const char *, const char *);
  int result = real(from, to);
  int saved = errno;
  if (result == 0 && is_recording() && is_ours(from)) record('L', from, 0, to, strlen(to));
  errno = saved;
  return result;
}
int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  int result = real(path, mode);
  int saved = errno;
  if (result == 0 && is_recording() && is_ours(path)) record('M', path, 0, 0, 0);
  errno = saved;
  return result;
}
