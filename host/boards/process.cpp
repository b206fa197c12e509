#include "boards/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "files/interrupt.h"
#include "graph/error.h"

namespace lockstep::boards {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kNotStarted = 127;  // as shells say it

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(std::string("cannot make a pipe: ") + std::strerror(errno));
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    Close(read_end);
    Close(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static void Close(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }
};

std::vector<std::string> Environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> lines;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string line = *entry;
    if (added.count(line.substr(0, line.find('='))) == 0) lines.push_back(line);
  }
  for (const auto& [name, value] : added) lines.push_back(std::string(name).append("=").append(value));
  return lines;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Reads both pipes until the program closes them or the time is over; false at the limit.
bool Drain(Pipe& out, Pipe& err, ProcessResult& result, Clock::time_point limit) {
  std::array<char, 65536> block{};
  while (out.read_end >= 0 || err.read_end >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now()).count();
    if (left <= 0) return false;
    std::array<pollfd, 2> wait = {{{out.read_end, POLLIN, 0}, {err.read_end, POLLIN, 0}}};
    const int ready = poll(wait.data(), wait.size(), static_cast<int>(std::min<int64_t>(left, 60000)));
    if (ready < 0 && errno != EINTR) throw Error(std::string("cannot wait for a program: ") + std::strerror(errno));
    if (ready <= 0) continue;
    for (size_t i = 0; i < wait.size(); ++i) {
      if (wait[i].revents == 0) continue;
      Pipe& from = i == 0 ? out : err;
      std::string& text = i == 0 ? result.out : result.err;
      const ssize_t got = read(from.read_end, block.data(), block.size());
      if (got > 0) {
        text.append(block.data(), static_cast<size_t>(got));
      } else if (got == 0 || errno != EINTR) {
        Pipe::Close(from.read_end);
      }
    }
  }
  return true;
}

// What becomes the program, after a fork in a program with threads: nothing here may allocate or lock.
struct Start {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  int out = -1;
  int err = -1;
  int failure = -1;  // gets errno if the program cannot be started
  pid_t parent = -1;
};

// The program leads a group of its own, so that all that it starts can be ended with it, and dies with this process,
// which may be killed without a chance to end it.
[[noreturn]] void BecomeProgram(const Start& start) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != start.parent) _exit(kNotStarted);  // the parent died before that was set
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);  // the parent leaves some signals to a thread of its own
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  dup2(start.out, STDOUT_FILENO);
  dup2(start.err, STDERR_FILENO);
  execvpe(start.program, start.arguments, start.environment);
  const int reason = errno;
  const ssize_t ignored = write(start.failure, &reason, sizeof(reason));
  _exit(ignored == sizeof(reason) ? kNotStarted : EXIT_FAILURE);
}

// 0 if the program runs, else the reason why it does not.
int WaitForStart(Pipe& failure) {
  Pipe::Close(failure.write_end);
  int reason = 0;
  ssize_t got = 0;
  do {
    got = read(failure.read_end, &reason, sizeof(reason));
  } while (got < 0 && errno == EINTR);
  return got == sizeof(reason) ? reason : 0;
}

int WaitForEnd(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ProcessResult RunProcess(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment, std::chrono::seconds time_limit) {
  Pipe out;
  Pipe err;
  Pipe failure;
  std::vector<std::string> words = arguments;
  std::vector<std::string> lines = Environment(environment);
  const std::vector<char*> word_pointers = Pointers(words);
  const std::vector<char*> line_pointers = Pointers(lines);
  const Start start{words[0].c_str(), word_pointers.data(), line_pointers.data(),
                    out.write_end,    err.write_end,        failure.write_end,
                    getpid()};
  ProcessResult result;
  const pid_t child = fork();
  if (child == 0) BecomeProgram(start);
  const int failed = child < 0 ? errno : WaitForStart(failure);
  if (failed != 0) {
    if (child > 0) WaitForEnd(child);
    result.status = kNotStarted;
    result.err = words[0] + ": " + std::strerror(failed);
    return result;
  }
  const files::EndedWhenInterrupted guard(child);
  Pipe::Close(out.write_end);
  Pipe::Close(err.write_end);
  if (!Drain(out, err, result, Clock::now() + time_limit)) {
    result.timed_out = true;
    kill(-child, SIGKILL);
  }
  result.status = WaitForEnd(child);
  return result;
}

}  // namespace lockstep::boards
