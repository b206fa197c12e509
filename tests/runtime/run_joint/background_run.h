// run_joint in a child process, for tests that send it signals or change its files while it runs.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "command.h"

namespace lockstep::test {

class BackgroundRun {
 public:
  explicit BackgroundRun(std::vector<std::string> arguments) {
    int out[2] = {};
    int error[2] = {};
    if (pipe(out) != 0 || pipe(error) != 0) return;
    child_ = fork();
    if (child_ == 0) {
      dup2(out[1], STDOUT_FILENO);
      dup2(error[1], STDERR_FILENO);
      for (const int end : {out[0], out[1], error[0], error[1]}) close(end);
      arguments.insert(arguments.begin(), "run_joint");
      std::vector<char*> argv;
      for (std::string& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      _exit(RunJointMain(static_cast<int>(arguments.size()), argv.data()));
    }
    close(out[1]);
    close(error[1]);
    out_ = out[0];
    error_ = error[0];
  }
  ~BackgroundRun() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    close(out_);
    close(error_);
  }
  BackgroundRun(const BackgroundRun&) = delete;
  BackgroundRun& operator=(const BackgroundRun&) = delete;

  // False if the output ended without these words.
  bool WaitFor(const std::string& words) {
    while (result_.out.find(words) == std::string::npos) {
      if (!Read(out_, &result_.out)) return false;
    }
    return true;
  }

  const std::string& out() const { return result_.out; }
  void Send(int signal) const { kill(child_, signal); }
  void Stop() const {
    Send(SIGSTOP);
    int status = 0;
    waitpid(child_, &status, WUNTRACED);
  }
  void Continue() const { Send(SIGCONT); }

  // Waits for the end. The status of a child that a signal ended is the signal's number below zero.
  CommandResult Finish() {
    while (Read(out_, &result_.out)) {
    }
    while (Read(error_, &result_.error)) {
    }
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    result_.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return result_;
  }

 private:
  static bool Read(int from, std::string* text) {
    char buffer[4096];
    const ssize_t size = read(from, buffer, sizeof(buffer));
    if (size > 0) text->append(buffer, static_cast<size_t>(size));
    return size > 0;
  }

  pid_t child_ = -1;
  int out_ = -1;
  int error_ = -1;
  CommandResult result_;
};

}  // namespace lockstep::test
