#include "boards/remote_board.h"

#include <algorithm>
#include <map>
#include <optional>
#include <thread>

#include "boards/device.h"
#include "boards/program_fit.h"
#include "boards/run_joint_call.h"
#include "boards/targets.h"

namespace lockstep::boards {
namespace {

namespace fs = std::filesystem;

struct Machine {
  const char* uname;
  const char* target;
};

constexpr Machine kMachines[] = {
    {"mips", "mipsel"}, {"armv7l", "armv7"}, {"armv8l", "armv7"}, {"aarch64", "aarch64"}, {"x86_64", "host"},
};

// Waits before the second, third, ... attempt: a board that starts anew is back after half a minute. One that was never
// reached may have a wrong address, of which the user wants to know sooner.
constexpr int kWaits[] = {1, 4, 10, 20};
constexpr size_t kWaitsForUnknown = 2;

class RemoteBoard : public Board {
 public:
  RemoteBoard(RemoteSettings settings, std::unique_ptr<Link> link, BoardOptions options)
      : settings_(std::move(settings)),
        options_(std::move(options)),
        device_(settings_.name, std::move(link), settings_.work_folder) {}

  std::string name() const override { return settings_.name; }

  bool OnThisPc() const override { return false; }

  uint64_t DumpRoom() override {
    Retry([&] { Open(); });
    const DeviceFacts& facts = device_.facts();
    const uint64_t memory = facts.available_bytes == 0 ? UINT64_MAX : facts.available_bytes;
    return std::min(facts.free_bytes, memory) / 4;  // the model, its arena and the program want room too
  }

  std::string Run(const BoardJob& job) override {
    std::string printed;
    Retry([&] {
      Open();
      printed = RunOnce(job);
    });
    return printed;
  }

  std::vector<BoardFact> Check() override {
    std::vector<BoardFact> facts;
    Retry([&] {
      Open();
      facts = device_.Describe();
    });
    const Target& target = TargetOf();
    facts.push_back({"target", target.name});
    const fs::path program = FindProgram(target, options_, "debug", name());
    Retry([&] {
      Open();
      const std::string binary = KeepProgram(program);
      const ProcessResult result = device_.Run(ShellQuoted(binary) + " --version", "files", options_.time_limit, false);
      CheckAnswer(result, options_, name() + ": run_joint_debug of " + target.name + " ", "");
      facts.push_back({"run_joint", FirstLine(result.out)});
    });
    return facts;
  }

  std::string Push(const fs::path& file) override {
    std::string place;
    Retry([&] {
      Open();
      place = device_.Keep(file, file.filename().string());
    });
    return place;
  }

  std::vector<std::string> Shell() override { return device_.link().Interactive(); }

 private:
  // Does it again where the link was lost; a board that was started anew in between is an error of its own.
  template <typename Action>
  void Retry(Action action) {
    for (size_t attempt = 0;; ++attempt) {
      try {
        action();
        return;
      } catch (const LinkLost& lost) {
        opened_ = false;
        if (attempt == (device_.facts().boot.empty() ? kWaitsForUnknown : std::size(kWaits))) {
          device_.Fail(std::string(lost.what()) + " (tried " + std::to_string(attempt + 1) + " times)");
        }
        std::this_thread::sleep_for(std::chrono::seconds(kWaits[attempt]));
      }
    }
  }

  void Open() {
    if (opened_) return;
    device_.Open();
    opened_ = true;
  }

  const Target& TargetOf() {
    const Target* target = FindTarget(settings_.target);
    if (target != nullptr) return *target;
    const std::string& machine = device_.facts().machine;
    for (const Machine& known : kMachines) {
      if (machine == known.uname) return *FindTarget(known.target);
    }
    device_.Fail("is of the kind " + machine +
                 ", for which there is no run_joint; name its `target` in the board's entry "
                 "or give --board-binary");
  }

  std::string KeepProgram(const fs::path& program) {
    const std::string& machine = device_.facts().machine;
    const std::string other = OtherArchitecture(program, machine);
    if (!other.empty()) {
      device_.Fail("is of the kind " + machine + ", " + program.string() + " is for " + other +
                   "; correct the `target` of the board's entry, or --board-binary");
    }
    return device_.Keep(program, program.filename().string());
  }

  // The inputs lie side by side there.
  void RequireDistinctNames(const std::vector<fs::path>& inputs) const {
    std::map<fs::path, fs::path> names;
    for (const fs::path& input : inputs) {
      const auto [other, distinct] = names.emplace(input.filename(), input);
      if (distinct || other->second == input) continue;
      throw UsageError(name() + ": " + other->second.string() + " and " + input.string() +
                       " would be one file on the board; rename one of them");
    }
  }

  std::string RunOnce(const BoardJob& job) {
    const fs::path program = FindProgram(TargetOf(), options_, job.build, name());
    const std::string binary = KeepProgram(program);
    BoardJob there = job;
    there.model = device_.Keep(job.model, job.model.filename().string());
    RequireDistinctNames(job.inputs);
    const std::string run = device_.MakeRun();
    const Cleaned cleaned(device_, run);
    for (size_t i = 0; i < job.inputs.size(); ++i) {
      there.inputs[i] = job.inputs[i].filename();
      device_.Put(job.inputs[i], run + "/" + job.inputs[i].filename().string());
    }
    if (!job.inject_folder.empty()) {
      there.inject_folder = "inject";
      device_.MakeFolder(run + "/inject");
      for (const char* name : {"manifest.json", "tensors.bin"}) {
        device_.Put(job.inject_folder / name, run + "/inject/" + name);
      }
    }
    if (!job.output_folder.empty()) there.output_folder = "outputs";
    if (!job.dump_folder.empty()) there.dump_folder = "dump";
    // The nmem build's report has a place of its own even if nobody wants it: its default is outside of the run.
    if (job.build == "nmem") there.report_folder = ".";
    if (job.build == "profile" && !job.report_folder.empty()) there.report_folder = "report";
    const ProcessResult result = device_.Run(Line(binary, there), run, options_.time_limit, true);
    if (result.too_much) device_.Fail("run_joint there prints without end");
    CheckAnswer(result, options_, name() + ": run_joint_" + job.build + " ",
                "; free space in " + settings_.work_folder + ", or name another work_folder in the board's entry");
    if (!job.output_folder.empty()) device_.Fetch(run + "/outputs", device_.List(run + "/outputs"), job.output_folder);
    if (!job.dump_folder.empty()) device_.Fetch(run + "/dump", device_.List(run + "/dump"), job.dump_folder);
    if (!job.report_folder.empty()) FetchReports(job, run);
    return result.out;
  }

  void FetchReports(const BoardJob& job, const std::string& run) {
    const std::string folder = job.build == "profile" ? run + "/report" : run;
    std::vector<std::string> wanted = {"nmem_memory.txt", "nmem_memory.txt.json", "profile.csv", "profile.json"};
    if (job.trace) wanted.emplace_back("trace.json");
    std::vector<RemoteFile> files;
    for (const RemoteFile& file : device_.List(folder)) {
      if (std::find(wanted.begin(), wanted.end(), file.name) != wanted.end()) files.push_back(file);
    }
    device_.Fetch(folder, files, job.report_folder);
  }

  std::string Line(const std::string& binary, const BoardJob& job) const {
    std::string line;
    if (settings_.memory_limit_kib > 0) line += "ulimit -v " + std::to_string(settings_.memory_limit_kib) + "; ";
    line += "export LC_ALL=C; ";
    for (const auto& [key, value] : settings_.environment) line += "export " + key + "=" + ShellQuoted(value) + "; ";
    line += "exec " + ShellQuoted(binary);
    for (const std::string& argument : ArgumentsOf(job, options_)) line += " " + ShellQuoted(argument);
    return line;
  }

  // A run's folder on the device.
  class Cleaned {
   public:
    Cleaned(Device& device, std::string run) : device_(device), run_(std::move(run)) {}
    ~Cleaned() { device_.Remove(run_); }
    Cleaned(const Cleaned&) = delete;
    Cleaned& operator=(const Cleaned&) = delete;

   private:
    Device& device_;
    std::string run_;
  };

  RemoteSettings settings_;
  BoardOptions options_;
  Device device_;
  bool opened_ = false;
};

}  // namespace

std::unique_ptr<Board> MakeRemoteBoard(RemoteSettings settings, std::unique_ptr<Link> link, BoardOptions options) {
  return std::make_unique<RemoteBoard>(std::move(settings), std::move(link), std::move(options));
}

}  // namespace lockstep::boards
