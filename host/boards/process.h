// Runs a program and waits for it, with a time limit.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace lockstep::boards {

struct ProcessResult {
  int status = 0;  // exit status; 128 + number for a signal
  bool timed_out = false;
  std::string out;
  std::string err;
};

// arguments[0] is the program, found by PATH. `environment` is added to this process's own. A program that cannot be
// started gives status 127 and says why in `err`. At the time limit it is killed with all that it started, and it does
// not outlive this process, however that ends.
ProcessResult RunProcess(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment, std::chrono::seconds time_limit);

}  // namespace lockstep::boards
