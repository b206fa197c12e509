// A board behind adb: Debian's adb program, which talks to its own server.
#include "boards/link.h"
#include "boards/run_joint_call.h"

namespace lockstep::boards {
namespace {

struct Complaint {
  const char* words;  // of adb
  const char* means;
  bool final;  // trying again does not help
};

constexpr Complaint kComplaints[] = {
    {"unauthorized", "does not trust this PC; accept its key on the device", true},
    {"more than one device", "is one of several; name its serial, which `adb devices` lists", true},
    {"no permissions", "cannot be opened by this user; add a udev rule for it, or use another user", true},
    {"offline", "is offline; plug it in again", false},
    {"no devices", "is not there: adb finds no device; check cable and power", false},
    {"not found", "is not there; `adb devices` lists what is", false},
    {"closed", "closed the connection", false},
    {"cannot connect to daemon", "cannot be asked: adb's server does not start", false},
};

class AdbLink : public Link {
 public:
  AdbLink(std::string serial, int server_port) : serial_(std::move(serial)), server_port_(server_port) {}

  ProcessResult Shell(const ShellCall& call) override {
    ProcessCall program;
    program.arguments = Words({"shell", "-T", WithStatus(call.line)});
    program.environment = {{"LC_ALL", "C"}};
    program.time_limit = call.time_limit;
    program.input = call.input;
    program.input_offset = call.input_offset;
    program.hold_input = call.hold_input;
    program.output = call.output;
    program.most_output = call.most_output;
    ProcessResult result = RunProcess(program);
    if (result.timed_out || result.too_much || TakeStatus(result)) return result;
    constexpr int kNotStarted = 127;
    if (result.status == kNotStarted) throw BoardError("there is no adb program on this PC; install Debian's adb");
    const std::string who = serial_.empty() ? "the device" : "the device " + serial_;
    for (const Complaint& complaint : kComplaints) {
      if (result.err.find(complaint.words) == std::string::npos) continue;
      if (complaint.final) throw BoardError(who + " " + complaint.means);
      throw LinkLost(who + " " + complaint.means);
    }
    throw LinkLost("the connection to " + who + " was lost" +
                   (result.err.empty() ? std::string() : ": " + LastWords(result)));
  }

  std::vector<std::string> Interactive() const override { return Words({"shell"}); }

 private:
  std::vector<std::string> Words(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"adb"};
    if (server_port_ != 0) words.insert(words.end(), {"-P", std::to_string(server_port_)});
    if (!serial_.empty()) words.insert(words.end(), {"-s", serial_});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  std::string serial_;
  int server_port_;
};

}  // namespace

std::unique_ptr<Link> MakeAdbLink(const std::string& serial, int server_port) {
  return std::make_unique<AdbLink>(serial, server_port);
}

}  // namespace lockstep::boards
