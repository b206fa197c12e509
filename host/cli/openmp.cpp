#include "cli/openmp.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "threads/start_thread.h"

namespace lockstep::cli {
namespace {

std::vector<std::string> OwnArguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(file, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

// Whether it is set now, which it was not before.
bool Set(const char* name, const std::string& value) {
  return std::getenv(name) == nullptr && setenv(name, value.c_str(), 0) == 0;
}

bool SetSpinning() {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return false;
  double load = 0.0;  // of the last minute
  if (getloadavg(&load, 1) == 1 && load <= std::thread::hardware_concurrency()) return false;
  return Set("GOMP_SPINCOUNT", "1000");  // rounds: some 50 microseconds
}

bool SetLimit() {
  const size_t wanted = std::thread::hardware_concurrency();
  const size_t there = threads::CountAtOnce(wanted);
  return there < wanted && Set("OMP_THREAD_LIMIT", std::to_string(there));
}

}  // namespace

void PrepareOpenMp() {
  const bool spinning = SetSpinning();
  if (!SetLimit() && !spinning) return;
  std::vector<std::string> arguments = OwnArguments();
  if (arguments.empty()) return;
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execv("/proc/self/exe", pointers.data());  // where that fails, the program goes on as it is
}

}  // namespace lockstep::cli
