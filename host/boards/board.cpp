#include "boards/board.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "boards/process.h"
#include "files/output_file.h"
#include "files/temporary_folder.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"

namespace lockstep::boards {
namespace {

namespace fs = std::filesystem;

struct Target {
  const char* board;
  const char* name;      // of the preset and its build folder
  const char* emulator;  // nullptr: none needed
  const char* cpu;       // nullptr: the emulator's default
  bool needs_nan2008;    // the emulated CPU refuses executables with legacy NaN encoding
  const char* package;   // Debian's cross compiler
};

// P5600 is the only CPU model with MSA; Debian's toolchain has legacy-NaN libraries alone.
constexpr std::array<Target, 5> kTargets = {{
    {"local", "host", nullptr, nullptr, false, "g++"},
    {"qemu:mipsel", "mipsel", "qemu-mipsel", nullptr, false, "g++-mipsel-linux-gnu"},
    {"qemu:mipsel-msa", "mipsel-msa", "qemu-mipsel", "P5600", true, "g++-mipsel-linux-gnu"},
    {"qemu:armv7", "armv7", "qemu-arm", "cortex-a7", false, "g++-arm-linux-gnueabihf"},
    {"qemu:aarch64", "aarch64", "qemu-aarch64", "cortex-a53", false, "g++-aarch64-linux-gnu"},
}};

fs::path OwnFolder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::current_path() : self.parent_path();
}

fs::path BoardFolder(const BoardOptions& options) {
  if (!options.folder.empty()) return options.folder;
  if (const char* folder = std::getenv("LOCKSTEP_BOARD_DIR"); folder != nullptr && *folder != '\0') return folder;
  return OwnFolder().parent_path().parent_path();  // build/host/bin -> build
}

// The last lines of what a program said, on one line.
std::string LastWords(const ProcessResult& result) {
  std::string text = result.err.empty() ? result.out : result.err;
  constexpr size_t kMost = 400;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (text.size() > kMost) text = ".." + text.substr(text.size() - kMost);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// The way out where a program could not write, which it did in a temporary folder.
std::string TemporarySpace(const ProcessResult& result) {
  if ((result.err + result.out).find(std::strerror(ENOSPC)) == std::string::npos) return "";
  return "; boards write to the temporary folder " + files::TemporaryParent().string() +
         ": free some space there, or set TMPDIR to a folder with space";
}

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
  ProgramBoard(const Target& target, BoardOptions options) : target_(target), options_(std::move(options)) {}

  std::string name() const override { return target_.board; }

  void Run(const BoardJob& job) override {
    const files::TemporaryFolder folder;
    const fs::path program = FindProgram(job.build);
    std::vector<std::string> command;
    if (target_.emulator != nullptr) {
      command.emplace_back(target_.emulator);
      if (target_.cpu != nullptr) command.insert(command.end(), {"-cpu", target_.cpu});
    }
    command.push_back((target_.needs_nan2008 ? Nan2008Copy(program, folder.path()) : program).string());
    AddArguments(command, job);
    // Boards that run at once must not share the default path of this build's report.
    if (job.build == "nmem")
      command.insert(command.end() - 1, {"--memory-path", (folder.path() / "nmem.txt").string()});
    const ProcessResult result = RunProcess(command, {{"LC_ALL", "C"}}, options_.time_limit);
    Check(result, program);
  }

 private:
  fs::path FindProgram(const std::string& build) const {
    const std::string file = "run_joint_" + build;
    if (!options_.binary.empty()) {
      fs::path binary = build == "debug" ? options_.binary : options_.binary.parent_path() / file;
      if (fs::exists(binary)) return binary;
      throw BoardError(name() + ": " + binary.string() +
                       " does not exist; give --board-binary an existing run_joint_debug");
    }
    fs::path beside = OwnFolder() / file;
    if (target_.emulator == nullptr && options_.folder.empty() && fs::exists(beside)) return beside;
    fs::path binary = BoardFolder(options_) / target_.name / "bin" / file;
    if (fs::exists(binary)) return binary;
    throw BoardError(name() + ": " + binary.string() + " does not exist; build it with `cmake --preset " +
                     target_.name + " && cmake --build --preset " + target_.name + " --target " + file +
                     "` (it needs Debian's " + target_.package +
                     "), or name another folder with --board-dir or LOCKSTEP_BOARD_DIR");
  }

  void AddArguments(std::vector<std::string>& command, const BoardJob& job) const {
    std::string data;
    for (const fs::path& input : job.inputs) data += (data.empty() ? "" : ";") + input.string();
    command.insert(command.end(), {"--data", data});
    if (!job.output_folder.empty()) command.insert(command.end(), {"--output-folder", job.output_folder.string()});
    if (!job.dump_folder.empty()) {
      command.insert(command.end(), {"--dump_intermediate", "2", "--dump_folder", job.dump_folder.string()});
      if (job.digests_only) command.emplace_back("--md5");
      if (!job.layers.empty()) command.insert(command.end(), {"--dump_layers", job.layers});
    }
    if (!options_.check_digest) command.emplace_back("--no-digest");
    command.push_back(job.model.string());
  }

  void Check(const ProcessResult& result, const fs::path& program) const {
    const std::string who = name() + ": " + program.string() + " ";
    if (result.timed_out) {
      throw BoardError(who + "did not end within " + std::to_string(options_.time_limit.count()) +
                       " s; give it longer with --timeout");
    }
    if (result.status == 0) return;
    constexpr int kNotStarted = 127;
    if (result.status == kNotStarted) {
      throw BoardError(name() + ": cannot start " + LastWords(result) +
                       (target_.emulator != nullptr ? "; install Debian's qemu-user"
                                                    : "; give the run_joint_debug of this board, made executable"));
    }
    const std::string ended = who + "ended with status " + std::to_string(result.status);
    if (result.err.empty() && result.out.empty()) {
      throw BoardError(ended + " and said nothing; give the run_joint_debug of this board, or build it again");
    }
    constexpr int kUnsupportedModel = 3;
    constexpr int kBadInput = 4;
    if (result.status == kUnsupportedModel) throw UnsupportedModel(ended + ": " + LastWords(result));
    const std::string words = LastWords(result) + TemporarySpace(result);
    if (result.status == kBadInput) throw BadInput(ended + ": " + words);
    throw BoardError(ended + ": " + words);
  }

  const Target& target_;
  BoardOptions options_;
};

}  // namespace

std::vector<std::string> BoardNames() {
  std::vector<std::string> names;
  names.reserve(kTargets.size());
  for (const Target& target : kTargets) names.emplace_back(target.board);
  return names;
}

std::unique_ptr<Board> MakeBoard(const std::string& name, const BoardOptions& options) {
  for (const Target& target : kTargets) {
    if (name == target.board) return std::make_unique<ProgramBoard>(target, options);
  }
  throw UsageError("the board " + graph::Quoted(name) + " is unknown" + graph::DidYouMean(name, BoardNames()));
}

std::vector<std::unique_ptr<Board>> MakeBoards(const std::vector<std::string>& names, const BoardOptions& options) {
  std::vector<std::unique_ptr<Board>> boards;
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::find(names.begin(), name, *name) != name) {
      throw UsageError("--board names " + *name + " twice; name each board once");
    }
    boards.push_back(MakeBoard(*name, options));
  }
  if (!options.binary.empty() && boards.size() > 1) {
    throw UsageError("--board-binary is the program of one board, and --board names " + std::to_string(boards.size()) +
                     "; use --board-dir, or cross-check one after the other");
  }
  if (!options.binary.empty() && !options.folder.empty()) {
    throw UsageError("--board-dir has no effect with --board-binary; leave one of them out");
  }
  return boards;
}

}  // namespace lockstep::boards
