#include "boards/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
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
#include "files/output_file.h"
#include "graph/error.h"
#include "threads/lasting_thread.h"

namespace lockstep::boards {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kNotStarted = 127;  // as shells say it
constexpr uint64_t kMostWords = uint64_t{1} << 20;

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

// Closes itself.
class File {
 public:
  File() = default;
  File(const std::filesystem::path& path, int flags) : number_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (number_ < 0) throw BadInput(path.string() + " cannot be opened: " + std::strerror(errno));
  }
  ~File() { Pipe::Close(number_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number() const { return number_; }

 private:
  int number_ = -1;
};

// What one of the program's outputs said goes to a text or a file, up to a limit.
struct Sink {
  Pipe* from = nullptr;
  std::string* text = nullptr;
  int file = -1;                                // in place of the text
  const std::filesystem::path* path = nullptr;  // the file's
  uint64_t left = 0;

  // False if that is more than may be, or cannot be written.
  bool Take(const char* bytes, size_t count) {
    if (count > left) return false;
    left -= count;
    if (file < 0) {
      text->append(bytes, count);
      return true;
    }
    while (count > 0) {
      const ssize_t written = write(file, bytes, count);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) files::FailToWrite(*path, errno);
      bytes += written;
      count -= static_cast<size_t>(written);
    }
    return true;
  }
};

enum class Drained { kAll, kTimeIsOver, kTooMuch };

// Reads both pipes until the program closes them, the time is over, or it says too much.
Drained Drain(std::array<Sink, 2>& sinks, Clock::time_point limit) {
  std::array<char, 65536> block{};
  while (sinks[0].from->read_end >= 0 || sinks[1].from->read_end >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now()).count();
    if (left <= 0) return Drained::kTimeIsOver;
    std::array<pollfd, 2> wait = {{{sinks[0].from->read_end, POLLIN, 0}, {sinks[1].from->read_end, POLLIN, 0}}};
    const int ready = poll(wait.data(), wait.size(), static_cast<int>(std::min<int64_t>(left, 60000)));
    if (ready < 0 && errno != EINTR) throw Error(std::string("cannot wait for a program: ") + std::strerror(errno));
    if (ready <= 0) continue;
    for (size_t i = 0; i < wait.size(); ++i) {
      if (wait[i].revents == 0) continue;
      const ssize_t got = read(sinks[i].from->read_end, block.data(), block.size());
      if (got > 0) {
        if (!sinks[i].Take(block.data(), static_cast<size_t>(got))) return Drained::kTooMuch;
      } else if (got == 0 || errno != EINTR) {
        Pipe::Close(sinks[i].from->read_end);
      }
    }
  }
  return Drained::kAll;
}

// What becomes the program, after a fork in a program with threads: nothing here may allocate or lock.
struct Start {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  int in = -1;  // -1: nothing
  int out = -1;
  int err = -1;
  int failure = -1;  // gets errno if the program cannot be started
  pid_t parent = -1;
};

// The program leads a group of its own, so that all that it starts can be ended with it, and dies with this process,
// which may be killed without a chance to end it. The kernel takes the thread that forked for the parent.
[[noreturn]] void BecomeProgram(const Start& start) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != start.parent) _exit(kNotStarted);  // the parent died before that was set
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);  // the parent leaves some signals to a thread of its own
  const int in = start.in >= 0 ? start.in : open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (in >= 0) dup2(in, STDIN_FILENO);
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

// Started, or the reason why not in `failed`.
struct Started {
  pid_t child = -1;
  int failed = 0;
};

Started StartProgram(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                     int in, int out, int err) {
  Pipe failure;
  std::vector<std::string> words = arguments;
  std::vector<std::string> lines = Environment(environment);
  const std::vector<char*> word_pointers = Pointers(words);
  const std::vector<char*> line_pointers = Pointers(lines);
  const Start start{words[0].c_str(), word_pointers.data(), line_pointers.data(), in, out, err, failure.write_end,
                    getpid()};
  Started started;
  started.child = fork();
  if (started.child == 0) BecomeProgram(start);
  started.failed = started.child < 0 ? errno : WaitForStart(failure);
  if (started.failed != 0 && started.child > 0) WaitForEnd(started.child);
  return started;
}

}  // namespace

ProcessResult RunProcess(const ProcessCall& call) {
  Pipe out;
  Pipe err;
  std::unique_ptr<Pipe> held = call.hold_input ? std::make_unique<Pipe>() : nullptr;
  std::unique_ptr<File> input = call.input.empty() ? nullptr : std::make_unique<File>(call.input, O_RDONLY);
  const std::unique_ptr<File> output =
      call.output.empty() ? nullptr : std::make_unique<File>(call.output, O_WRONLY | O_CREAT | O_APPEND);
  if (input && lseek(input->number(), static_cast<off_t>(call.input_offset), SEEK_SET) < 0) {
    throw BadInput(call.input.string() + " cannot be read from byte " + std::to_string(call.input_offset));
  }
  ProcessResult result;
  const int in = held ? held->read_end : input ? input->number() : -1;
  const Started started = StartProgram(call.arguments, call.environment, in, out.write_end, err.write_end);
  if (started.failed != 0) {
    result.status = kNotStarted;
    result.err = call.arguments[0] + ": " + std::strerror(started.failed);
    return result;
  }
  const files::EndedWhenInterrupted guard(started.child);
  Pipe::Close(out.write_end);
  Pipe::Close(err.write_end);
  if (held) Pipe::Close(held->read_end);
  std::array<Sink, 2> sinks = {{{&out, &result.out, output ? output->number() : -1, &call.output, call.most_output},
                                {&err, &result.err, -1, nullptr, kMostWords}}};
  Drained drained = Drained::kAll;
  try {
    drained = Drain(sinks, Clock::now() + call.time_limit);
  } catch (...) {
    kill(-started.child, SIGKILL);
    WaitForEnd(started.child);
    throw;
  }
  result.timed_out = drained == Drained::kTimeIsOver;
  result.too_much = drained == Drained::kTooMuch;
  if (drained != Drained::kAll) kill(-started.child, SIGKILL);
  result.status = WaitForEnd(started.child);
  return result;
}

ProcessResult RunProcess(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment, std::chrono::seconds time_limit) {
  ProcessCall call;
  call.arguments = arguments;
  call.environment = environment;
  call.time_limit = time_limit;
  return RunProcess(call);
}

int RunInTerminal(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = arguments;
  const std::vector<char*> pointers = Pointers(words);
  pid_t child = -1;
  const int failed = posix_spawnp(&child, pointers[0], nullptr, nullptr, pointers.data(), environ);
  if (failed != 0) throw BoardError("cannot start " + arguments[0] + ": " + std::strerror(failed));
  return WaitForEnd(child);
}

BackgroundProcess::BackgroundProcess(const std::vector<std::string>& arguments, const std::filesystem::path& messages) {
  const File file(messages, O_WRONLY | O_CREAT | O_TRUNC);
  Started started;
  threads::LastingThread::TheOne().Do([&] { started = StartProgram(arguments, {}, -1, file.number(), file.number()); });
  if (started.failed != 0) throw BoardError("cannot start " + arguments[0] + ": " + std::strerror(started.failed));
  child_ = started.child;
  guard_ = std::make_unique<files::EndedWhenInterrupted>(child_);
}

BackgroundProcess::~BackgroundProcess() {
  if (child_ < 0) return;
  kill(-child_, SIGKILL);
  WaitForEnd(child_);
}

bool BackgroundProcess::Runs() {
  if (child_ < 0) return false;
  int status = 0;
  if (waitpid(child_, &status, WNOHANG) == 0) return true;
  child_ = -1;
  guard_.reset();
  return false;
}

}  // namespace lockstep::boards
