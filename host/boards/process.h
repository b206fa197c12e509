// Runs programs: waits for them with a time limit, or keeps them beside this process.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "files/interrupt.h"

namespace lockstep::boards {

struct ProcessResult {
  int status = 0;  // exit status; 128 + number for a signal
  bool timed_out = false;
  bool too_much = false;  // it wrote more than it may and was killed
  std::string out;
  std::string err;
};

struct ProcessCall {
  std::vector<std::string> arguments;              // [0] is the program, found by PATH
  std::map<std::string, std::string> environment;  // added to this process's own
  std::chrono::seconds time_limit{60};
  // Standard input: nothing, what a file holds from `input_offset` on, or (`hold_input`) a pipe that stays open and
  // empty until this process ends or the program has.
  std::filesystem::path input;
  uint64_t input_offset = 0;
  bool hold_input = false;
  // Standard output goes to the end of this file instead of to `out`.
  std::filesystem::path output;
  uint64_t most_output = uint64_t{64} << 20;  // bytes of standard output; standard error may have 1 MiB
};

// A program that cannot be started gives status 127 and says why in `err`. At the time limit it is killed with all that
// it started, and it does not outlive this process, however that ends. Throws BadInput if a file cannot be read or
// written.
ProcessResult RunProcess(const ProcessCall& call);

ProcessResult RunProcess(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment, std::chrono::seconds time_limit);

// Runs a program in this one's terminal and waits for it: its exit status.
int RunInTerminal(const std::vector<std::string>& arguments);

// A program that runs beside this one, without input and output, and ends with the object; not with the thread that
// made it.
class BackgroundProcess {
 public:
  // `messages` gets what it says.
  BackgroundProcess(const std::vector<std::string>& arguments, const std::filesystem::path& messages);
  ~BackgroundProcess();
  BackgroundProcess(const BackgroundProcess&) = delete;
  BackgroundProcess& operator=(const BackgroundProcess&) = delete;

  bool Runs();

 private:
  pid_t child_ = -1;
  std::unique_ptr<files::EndedWhenInterrupted> guard_;
};

}  // namespace lockstep::boards
