#include "cli/spinning.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace lockstep::cli {
namespace {

std::vector<std::string> OwnArguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(file, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

}  // namespace

void LimitSpinning() {
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  double load = 0.0;  // of the last minute
  if (getloadavg(&load, 1) == 1 && load <= std::thread::hardware_concurrency()) return;
  std::vector<std::string> arguments = OwnArguments();
  if (arguments.empty()) return;
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  setenv("GOMP_SPINCOUNT", "1000", 0);       // rounds: some 50 microseconds
  execv("/proc/self/exe", pointers.data());  // where that fails, the program goes on as it is
}

}  // namespace lockstep::cli
