// How programs are run on a device that is not this PC, and how bytes get there and back.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "boards/process.h"
#include "graph/error.h"

namespace lockstep::boards {

// The device could not be reached, or was lost in the middle: trying again may help.
struct LinkLost : BoardError {
  using BoardError::BoardError;
};

struct ShellCall {
  std::string line;  // for the device's sh
  std::chrono::seconds time_limit{30};
  std::filesystem::path input;  // as in ProcessCall
  uint64_t input_offset = 0;
  bool hold_input = false;       // the device sees the end of its input when the link is lost
  std::filesystem::path output;  // as in ProcessCall
  uint64_t most_output = uint64_t{1} << 20;
};

class Link {
 public:
  virtual ~Link() = default;
  // Runs the line and waits. `status` is the line's own. Throws LinkLost with what is wrong and what to do, without the
  // board's name in front; BoardError where trying again does not help (a key that is refused, a host key that
  // changed).
  virtual ProcessResult Shell(const ShellCall& call) = 0;
  // What an interactive shell on the device is started with.
  virtual std::vector<std::string> Interactive() const = 0;
};

struct SshAddress {
  std::string host;
  int port = 22;
  std::string user = "root";
  std::filesystem::path key;          // empty: what ssh finds itself
  std::filesystem::path known_hosts;  // empty: the user's own file
};

std::unique_ptr<Link> MakeSshLink(const SshAddress& address);

// `serial` as `adb devices` lists it; empty: the only device. `server_port` 0: adb's default.
std::unique_ptr<Link> MakeAdbLink(const std::string& serial, int server_port);

// What a program that makes links says when it fails, and what that means for the device.
struct Complaint {
  const char* words;
  const char* means;  // follows the device's name
  bool final;         // trying again does not help
};

// Throws BoardError or LinkLost by the first complaint whose words were said; LinkLost with the last words if none was.
[[noreturn]] void Complain(const std::vector<Complaint>& complaints, const std::string& device,
                           const ProcessResult& said);

// The program that carries the call out, with `arguments`.
ProcessCall ProgramFor(const ShellCall& call, std::vector<std::string> arguments);

// The line whose last words on standard error tell the status, so that a lost link is told from a failed line.
std::string WithStatus(const std::string& line);
// Takes these words away again and sets `status`; false if they are not there.
bool TakeStatus(ProcessResult& result);

// In single quotes for sh.
std::string ShellQuoted(const std::string& word);

}  // namespace lockstep::boards
