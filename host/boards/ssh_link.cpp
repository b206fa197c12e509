// A board behind ssh: the OpenSSH client of this PC, so that its configuration, agents and known hosts count. One
// connection is kept open as long as the link lives and shared by all calls; where that is not to be had each makes its
// own.
#include <array>
#include <cstring>
#include <thread>

#include "boards/link.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"

namespace lockstep::boards {
namespace {

constexpr int kConnectSeconds = 10;
// A link that is silent for 40 s is lost; one that was away for less goes on.
constexpr int kAliveSeconds = 5;
constexpr int kAliveCount = 8;

const std::vector<Complaint> kComplaints = {
    {"REMOTE HOST IDENTIFICATION HAS CHANGED",
     "shows another host key than before: another device has this address, or the board was set up anew; if you know "
     "why, remove the old key with `ssh-keygen -R`",
     true},
    {"Host key verification failed",
     "has a host key that this PC does not know or must not trust; connect once with ssh by hand, or name a "
     "known_hosts file in the board's entry",
     true},
    {"UNPROTECTED PRIVATE KEY", "is not tried: the key file can be read by others; run `chmod 600` on it", true},
    {"Permission denied", "refuses the login; check user and key in the board's entry, and the board's authorized_keys",
     true},
    {"Could not resolve hostname", "has a host name that is not known; check `host` in the board's entry", true},
    {"no mutual signature", "agrees with this PC on no kind of key; give the board's user an ed25519 or rsa key", true},
    {"no matching host key type",
     "has a host key of a kind that this PC's ssh refuses; set HostKeyAlgorithms for it "
     "in ~/.ssh/config",
     true},
    {"Connection refused", "refuses the connection: no ssh server listens at that port", false},
    {"No route to host", "cannot be reached: there is no route to it; check cable and address", false},
    {"Network is unreachable", "cannot be reached: this PC has no network to it", false},
    {"timed out", "does not answer; check cable, power and address", false},
    {"not responding", "was lost: it has not answered for 40 s", false},
    {"Connection reset", "closed the connection", false},
    {"Connection closed", "closed the connection", false},
    {"closed by remote host", "closed the connection", false},
    {"Broken pipe", "closed the connection", false},
};

class SshLink : public Link {
 public:
  explicit SshLink(SshAddress address) : address_(std::move(address)) {}

  ProcessResult Shell(const ShellCall& call) override {
    Connect();
    ProcessResult result = RunProcess(ProgramFor(call, Words({"-T", "-S", Socket(), Host(), WithStatus(call.line)})));
    if (result.timed_out || result.too_much || TakeStatus(result)) return result;
    Fail(result);
  }

  std::vector<std::string> Interactive() const override { return Words({"-t", Host()}); }

 private:
  std::string Host() const { return address_.user + "@" + address_.host; }
  std::string Socket() const { return (folder_.path() / "s").string(); }

  std::vector<std::string> Words(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"ssh", "-p", std::to_string(address_.port)};
    const auto option = [&](const std::string& text) { words.insert(words.end(), {"-o", text}); };
    option("BatchMode=yes");
    option("ConnectTimeout=" + std::to_string(kConnectSeconds));
    option("ServerAliveInterval=" + std::to_string(kAliveSeconds));
    option("ServerAliveCountMax=" + std::to_string(kAliveCount));
    option("StrictHostKeyChecking=accept-new");
    option("LogLevel=ERROR");
    if (!address_.known_hosts.empty()) option("UserKnownHostsFile=" + address_.known_hosts.string());
    if (!address_.key.empty()) {
      option("IdentitiesOnly=yes");
      words.insert(words.end(), {"-i", address_.key.string()});
    }
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  // The shared connection, made anew when it was lost.
  void Connect() {
    if (master_ && master_->Runs()) return;
    std::error_code ignored;
    std::filesystem::remove(Socket(), ignored);
    const std::filesystem::path messages = folder_.path() / "messages";
    master_ = std::make_unique<BackgroundProcess>(Words({"-M", "-N", "-T", "-S", Socket(), Host()}), messages);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(2 * kConnectSeconds);
    while (!std::filesystem::exists(Socket())) {
      if (!master_->Runs()) {
        ProcessResult said;
        const std::vector<uint8_t> text = files::ReadFile(messages);
        said.err.assign(text.begin(), text.end());
        master_.reset();
        Fail(said);
      }
      if (std::chrono::steady_clock::now() > limit) {
        master_.reset();
        throw LinkLost("the board at " + Where() + " does not answer; check cable, power and address");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  std::string Where() const { return address_.host + ":" + std::to_string(address_.port); }

  [[noreturn]] void Fail(const ProcessResult& said) const {
    if (said.err.find("ssh: ") == 0 && said.status == 127) {
      throw BoardError("there is no ssh program on this PC; install Debian's openssh-client");
    }
    Complain(kComplaints, "the board at " + Where(), said);
  }

  SshAddress address_;
  files::TemporaryFolder folder_;
  std::unique_ptr<BackgroundProcess> master_;
};

}  // namespace

std::unique_ptr<Link> MakeSshLink(const SshAddress& address) { return std::make_unique<SshLink>(address); }

}  // namespace lockstep::boards
