// A board behind adb: Debian's adb program, which talks to its own server.
#include "boards/link.h"

namespace lockstep::boards {
namespace {

const std::vector<Complaint> kComplaints = {
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
    ProcessResult result = RunProcess(ProgramFor(call, Words({"shell", "-T", WithStatus(call.line)})));
    if (result.timed_out || result.too_much || TakeStatus(result)) return result;
    constexpr int kNotStarted = 127;
    if (result.status == kNotStarted) throw BoardError("there is no adb program on this PC; install Debian's adb");
    Complain(kComplaints, serial_.empty() ? "the device" : "the device " + serial_, result);
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
