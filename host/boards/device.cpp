#include "boards/device.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <fstream>
#include <sstream>
#include <utility>

#include "boards/answer.h"
#include "boards/run_joint_call.h"
#include "files/digest.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/quoted.h"

namespace lockstep::boards {
namespace {

namespace fs = std::filesystem;

// This PC, so that what its programs left on a device is told from what those of others are doing there.
std::string ThisHost() {
  std::string id;
  std::ifstream("/etc/machine-id") >> id;
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  id += host;
  return files::Md5Hex(id.data(), id.size()).substr(0, 8);
}

// A link of 10 KB/s is taken as one that works.
std::chrono::seconds TransferLimit(uint64_t bytes) {
  constexpr uint64_t kSlowest = 10000;
  constexpr int kAtLeast = 60;
  return std::chrono::seconds(kAtLeast + bytes / kSlowest);
}

// Writes the files that lie in `stream` one behind the other.
void CutApart(const fs::path& stream, const RemoteFile* files, size_t count, const fs::path& into) {
  std::ifstream in(stream, std::ios::binary);
  for (size_t i = 0; i < count; ++i) {
    uint64_t left = files[i].bytes;
    files::OutputFiles file;
    file.Add(into / files[i].name, [&](void* bytes, size_t most) {
      const uint64_t size = std::min<uint64_t>(left, most);
      in.read(static_cast<char*>(bytes), static_cast<std::streamsize>(size));
      if (static_cast<uint64_t>(in.gcount()) != size) throw BadInput("cannot read " + stream.string());
      left -= size;
      return static_cast<size_t>(size);
    });
    file.Commit();
  }
}

}  // namespace

Device::Device(std::string name, std::unique_ptr<Link> link, std::string work)
    : name_(std::move(name)), link_(std::move(link)), work_(std::move(work)) {}

void Device::Fail(const std::string& what) const { throw BoardError(name_ + ": " + what); }

void Device::FailStartedAnew() const {
  Fail(
      "was started anew in the middle of the work: its power failed, a watchdog ended it, or it ran out of memory; see "
      "its log, then run this again");
}

ProcessResult Device::Call(ShellCall call) {
  // Links find their way back to a device that was started anew without a word.
  constexpr int kStartedAnew = 199;
  if (opened_) {
    call.line = "if read -r b < /proc/sys/kernel/random/boot_id && [ \"$b\" = " + ShellQuoted(facts_.boot) +
                " ]; then (\n" + call.line + "\n) else (exit " + std::to_string(kStartedAnew) + "); fi";
  }
  ProcessResult result = link_->Shell(call);
  if (opened_ && result.status == kStartedAnew) FailStartedAnew();
  return result;
}

ProcessResult Device::Ask(const std::string& line) {
  ShellCall call;
  call.line = line;
  ProcessResult result = Call(call);
  if (result.timed_out) Fail("does not answer within " + std::to_string(call.time_limit.count()) + " s");
  if (result.too_much) Fail("answers without end; another program may print when a shell starts there");
  return result;
}

const DeviceFacts& Device::Open() {
  opened_ = false;
  const std::string boot = facts_.boot;
  const std::string folder = ShellQuoted(work_);
  const ProcessResult made = Ask("umask 077; mkdir -p " + folder + "/files " + folder + "/runs");
  if (made.status != 0) {
    Fail("cannot make the work folder " + work_ + ": " + LastWords(made) +
         "; name a folder that can be written as work_folder in the board's entry");
  }
  // printf x | md5sum is known; a board without md5sum may have it in busybox.
  const ProcessResult told =
      Ask("echo boot=$(cat /proc/sys/kernel/random/boot_id); echo machine=$(uname -m)\n"
          "for c in md5sum 'busybox md5sum' 'openssl md5 -r'; do case \"$(printf x | $c 2>/dev/null)\" in "
          "9dd4e461268c8034f5c8564e155c67a6*) echo \"digest=$c\"; break;; esac; done\n"
          "set -- $(df -kP " +
          folder +
          " | tail -n 1); echo free=$4\n"
          "while read -r k v u; do [ \"$k\" = MemAvailable: ] && echo available=$v; done < /proc/meminfo; true");
  const std::map<std::string, std::string> fields = Fields(told.out);
  const auto text = [&](const char* key) {
    const auto found = fields.find(key);
    return found == fields.end() ? std::string() : found->second;
  };
  facts_ = {text("boot"), text("machine"), text("digest"), NumberOf(fields, "free") * kKiB,
            NumberOf(fields, "available") * kKiB};
  if (facts_.boot.empty() || facts_.machine.empty()) {
    Fail("answers " + graph::Quoted(LastWords(told)) + " where a Linux with a shell was expected");
  }
  if (facts_.digest_program.empty()) Fail("has neither md5sum nor busybox, which transfers are checked with");
  if (!boot.empty() && boot != facts_.boot) FailStartedAnew();
  opened_ = true;
  RemoveLeftovers();
  for (const std::string& run : std::exchange(left_behind_, {})) Remove(run);
  return facts_;
}

void Device::RemoveLeftovers() {
  const std::string own = ThisHost() + ".";
  const ProcessResult listed = Ask("ls " + ShellQuoted(work_) + "/runs");
  std::istringstream names(listed.out);
  for (std::string name; std::getline(names, name);) {
    if (!IsPlainName(name) || name.compare(0, own.size(), own) != 0) continue;
    int pid = 0;
    std::from_chars(name.data() + own.size(), name.data() + name.size(), pid);
    const bool gone = pid > 0 && pid != getpid() && kill(pid, 0) != 0 && errno == ESRCH;
    if (gone) Remove("runs/" + name);
  }
}

bool Device::Has(const std::string& remote, const std::string& md5) {
  const std::string path = ShellQuoted(work_ + "/" + remote);
  const ProcessResult result = Ask("[ -f " + path + " ] && " + facts_.digest_program + " < " + path);
  return result.status == 0 && result.out.compare(0, md5.size(), md5) == 0;
}

std::string Device::Keep(const fs::path& local, const std::string& name) {
  const std::string remote = "files/" + name;
  const std::vector<uint8_t> bytes = files::ReadFile(local);
  if (!Has(remote, files::Md5Hex(bytes.data(), bytes.size()))) Put(local, remote);
  return work_ + "/" + remote;
}

void Device::Put(const fs::path& local, const std::string& remote) {
  const std::vector<uint8_t> bytes = files::ReadFile(local);
  const std::string md5 = files::Md5Hex(bytes.data(), bytes.size());
  const std::string path = ShellQuoted(work_ + "/" + remote);
  const std::string part = ShellQuoted(work_ + "/" + remote + "." + md5.substr(0, 8) + ".part");
  for (int attempt = 0; attempt < 2; ++attempt) {
    const ProcessResult there = Ask("[ -f " + part + " ] && wc -c < " + part + " || echo 0");
    uint64_t begin = 0;
    std::istringstream(there.out) >> begin;
    if (begin > bytes.size() || attempt > 0) begin = 0;
    ShellCall send;
    send.line = "umask 077; cat " + std::string(begin == 0 ? "> " : ">> ") + part;
    send.input = local;
    send.input_offset = begin;
    send.time_limit = TransferLimit(bytes.size());
    const ProcessResult sent = Call(send);
    if (sent.timed_out) Fail("took less than 10 KB/s of " + local.string() + "; the link is too slow");
    if (sent.status != 0) {
      Ask("rm -f " + part);
      Fail(local.string() + " (" + std::to_string(bytes.size()) + " bytes) cannot be stored in " + work_ + ": " +
           LastWords(sent) + "; free space there, or name another work_folder in the board's entry");
    }
    const ProcessResult digest = Ask(facts_.digest_program + " < " + part);
    if (digest.status == 0 && digest.out.compare(0, md5.size(), md5) == 0) {
      Ask("chmod 700 " + part + " && mv -f " + part + " " + path);
      return;
    }
  }
  Ask("rm -f " + part);
  Fail(local.string() + " arrives with other bytes than were sent, twice; the link or the board's storage is faulty");
}

std::string Device::MakeRun() {
  const std::string run = "runs/" + ThisHost() + "." + std::to_string(getpid()) + "." + std::to_string(++runs_);
  const std::string folder = ShellQuoted(work_ + "/" + run);
  const ProcessResult made = Ask("umask 077; rm -rf " + folder + "; mkdir " + folder);
  if (made.status != 0) Fail("cannot make " + work_ + "/" + run + ": " + LastWords(made));
  return run;
}

void Device::MakeFolder(const std::string& folder) {
  const ProcessResult made = Ask("umask 077; mkdir " + ShellQuoted(work_ + "/" + folder));
  if (made.status != 0) Fail("cannot make " + work_ + "/" + folder + ": " + LastWords(made));
}

void Device::Remove(const std::string& run) noexcept {
  try {
    const std::string folder = ShellQuoted(work_ + "/" + run);
    // A process is ended only if it is the run's own: its working directory is the run's folder.
    Ask("cd " + folder +
        " 2>/dev/null || exit 0; p=$(cat pid 2>/dev/null); case $p in ''|*[!0-9]*) ;; *) [ \"$(readlink "
        "/proc/$p/cwd)\" = \"$(pwd -P)\" ] && kill -9 $p ;; esac; cd / && rm -rf " +
        folder);
  } catch (const std::exception&) {
    // The next Open removes it, or the next program that comes here from this PC.
    left_behind_.push_back(run);
  }
}

std::vector<RemoteFile> Device::List(const std::string& folder) {
  const ProcessResult listed = Ask("cd " + ShellQuoted(work_ + "/" + folder) +
                                   " && for f in *; do [ -f \"$f\" ] && echo \"$f=$(wc -c < \"$f\")\"; done; true");
  constexpr uint64_t kMostListed = uint64_t{8} << 30;
  uint64_t bytes_in_all = 0;
  std::vector<RemoteFile> files;
  for (const auto& [name, bytes] : Fields(listed.out)) {
    const std::string count = bytes.substr(std::min(bytes.size(), bytes.find_first_not_of(' ')));
    if (!IsPlainName(name) || !IsNumber(count)) Fail("lists a file " + graph::Quoted(name + "=" + bytes));
    files.push_back({name, std::stoull(count)});
    if (files.back().bytes > kMostListed - std::min(kMostListed, bytes_in_all)) {
      Fail("lists more than " + std::to_string(kMostListed >> 30) + " GiB of files; no board has as much for one run");
    }
    bytes_in_all += files.back().bytes;
  }
  return files;
}

void Device::Fetch(const std::string& folder, const std::vector<RemoteFile>& files, const fs::path& into) {
  fs::create_directories(into);
  const files::TemporaryFolder folder_here;
  const fs::path stream = folder_here.path() / "stream";
  for (size_t i = 0; i < files.size();) {
    // As many files as one line may name, in one stream, cut apart here by the sizes that were listed.
    constexpr size_t kMostLetters = 16384;
    std::string names;
    uint64_t bytes = 0;
    size_t end = i;
    for (; end < files.size() && names.size() < kMostLetters; ++end) {
      names += " " + ShellQuoted(files[end].name);
      bytes += files[end].bytes;
    }
    ShellCall call;
    call.line = "cd " + ShellQuoted(work_ + "/" + folder) + " && cat" + names;
    call.output = stream;
    call.most_output = bytes;
    call.time_limit = TransferLimit(bytes);
    const ProcessResult sent = Call(call);
    if (sent.timed_out) Fail("sends less than 10 KB/s; the link is too slow");
    if (sent.too_much || sent.status != 0 || fs::file_size(stream) != bytes) {
      Fail("sends other bytes than it lists (" + std::to_string(bytes) + ")" +
           (sent.err.empty() ? std::string() : ": " + LastWords(sent)));
    }
    CutApart(stream, &files[i], end - i, into);
    i = end;
    fs::remove(stream);
  }
}

ProcessResult Device::Run(const std::string& line, const std::string& folder, std::chrono::seconds limit,
                          bool ends_with_link) {
  ShellCall call;
  call.time_limit = limit;
  call.hold_input = ends_with_link;
  const std::string enter = "cd " + ShellQuoted(work_ + "/" + folder) + " || exit 1\n";
  // The second process sees the end of its input when the link is lost, and ends the first.
  call.line = ends_with_link
                  ? "( " + enter + "exec 3<&0; { " + line +
                        "; } 3<&- </dev/null & p=$!; echo $p > pid\n{ cat <&3 >/dev/null; kill -9 $p; } "
                        ">/dev/null 2>&1 3<&3 & w=$!\nexec 3<&-; wait $p; s=$?; kill $w 2>/dev/null; exit $s )"
                  : "( " + enter + line + " )";
  return Call(call);
}

}  // namespace lockstep::boards
