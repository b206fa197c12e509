#include "boards/program_board.h"

#include <utility>

#include "boards/process.h"
#include "boards/run_joint_call.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/error.h"

namespace lockstep::boards {
namespace {

namespace fs = std::filesystem;

constexpr int kNotStarted = 127;

// Bit 0x400 of the ELF header's e_flags (byte 37 of the file) marks the IEEE 754-2008 NaN encoding. run_joint makes no
// NaN, so a copy with the bit set computes the same.
fs::path Nan2008Copy(const fs::path& program, const fs::path& folder) {
  constexpr size_t kFlagsByte = 37;
  constexpr uint8_t kNan2008 = 0x04;
  std::vector<uint8_t> bytes = files::ReadFile(program);
  if (bytes.size() <= kFlagsByte) throw BoardError(program.string() + " is no executable; build it again");
  bytes[kFlagsByte] |= kNan2008;
  fs::path copy = folder / program.filename();
  files::WriteFile(copy, bytes.data(), bytes.size());
  fs::permissions(copy, fs::perms::owner_all);
  return copy;
}

class ProgramBoard : public Board {
 public:
  ProgramBoard(std::string name, const Target& target, std::string cpu, BoardOptions options)
      : name_(std::move(name)), target_(target), cpu_(std::move(cpu)), options_(std::move(options)) {
    if (cpu_.empty() && target_.cpu != nullptr) cpu_ = target_.cpu;
  }

  std::string name() const override { return name_; }

  std::string Run(const BoardJob& job) override {
    const files::TemporaryFolder folder;
    BoardJob here = job;
    // Boards that run at once must not share the default path of this build's report.
    if (job.build == "nmem" && job.report_folder.empty()) here.report_folder = folder.path();
    return Start(job.build, ArgumentsOf(here, options_), folder.path(), job.instruction_file);
  }

  std::vector<BoardFact> Check() override {
    const files::TemporaryFolder folder;
    return {{"target", target_.name},
            {"emulator", target_.emulator == nullptr ? "none: this PC" : target_.emulator},
            {"run_joint", FirstLine(Start("debug", {"--version"}, folder.path()))}};
  }

  std::string Push(const fs::path& file) override {
    throw UsageError(name_ + " runs on this PC: " + file.string() + " is there already");
  }

  std::vector<std::string> Shell() override { throw UsageError(name_ + " runs on this PC, whose shell you have"); }

 private:
  std::string Start(const std::string& build, const std::vector<std::string>& arguments, const fs::path& folder,
                    const fs::path& instruction_file = {}) {
    const fs::path program = FindProgram(target_, options_, build, name_);
    std::vector<std::string> command;
    if (target_.emulator != nullptr) {
      command.emplace_back(target_.emulator);
      if (!cpu_.empty()) command.insert(command.end(), {"-cpu", cpu_});
      if (!instruction_file.empty()) {
        command.insert(command.end(), {"-plugin", FindCounter().string() + ",out=" + instruction_file.string()});
      }
    }
    command.push_back((target_.needs_nan2008 ? Nan2008Copy(program, folder) : program).string());
    command.insert(command.end(), arguments.begin(), arguments.end());
    const ProcessResult result = RunProcess(command, {{"LC_ALL", "C"}}, options_.time_limit);
    if (!result.timed_out && result.status == kNotStarted) {
      throw BoardError(name_ + ": cannot start " + LastWords(result) +
                       (target_.emulator != nullptr ? "; install Debian's qemu-user"
                                                    : "; give the run_joint_debug of this board, made executable"));
    }
    CheckAnswer(result, options_, name_ + ": " + program.string() + " ",
                "; boards write to the temporary folder " + files::TemporaryParent().string() +
                    ": free some space there, or set TMPDIR to a folder with space");
    return result.out;
  }

  std::string name_;
  const Target& target_;
  std::string cpu_;
  BoardOptions options_;
};

}  // namespace

std::unique_ptr<Board> MakeProgramBoard(std::string name, const Target& target, std::string cpu, BoardOptions options) {
  return std::make_unique<ProgramBoard>(std::move(name), target, std::move(cpu), std::move(options));
}

}  // namespace lockstep::boards
