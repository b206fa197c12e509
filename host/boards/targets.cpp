#include "boards/targets.h"

#include <cstdlib>

#include "graph/error.h"

namespace lockstep::boards {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

// P5600 is the only CPU model with MSA; Debian's toolchain has legacy-NaN libraries alone.
const Target kTargets[kTargetCount] = {
    {"local", "host", nullptr, nullptr, false, "g++"},
    {"qemu:mipsel", "mipsel", "qemu-mipsel", nullptr, false, "g++-mipsel-linux-gnu"},
    {"qemu:mipsel-msa", "mipsel-msa", "qemu-mipsel", "P5600", true, "g++-mipsel-linux-gnu"},
    {"qemu:armv7", "armv7", "qemu-arm", "cortex-a7", false, "g++-arm-linux-gnueabihf"},
    {"qemu:aarch64", "aarch64", "qemu-aarch64", "cortex-a53", false, "g++-aarch64-linux-gnu"},
};

const Target* FindTarget(const std::string& name) {
  for (const Target& target : kTargets) {
    if (name == target.name) return &target;
  }
  return nullptr;
}

fs::path FindProgram(const Target& target, const BoardOptions& options, const std::string& build,
                     const std::string& board) {
  const std::string file = "run_joint_" + build;
  if (!options.binary.empty()) {
    fs::path binary = build == "debug" ? options.binary : options.binary.parent_path() / file;
    if (fs::exists(binary)) return binary;
    throw BoardError(board + ": " + binary.string() +
                     " does not exist; give --board-binary an existing run_joint_debug");
  }
  fs::path beside = OwnFolder() / file;
  if (&target == kTargets && options.folder.empty() && fs::exists(beside)) return beside;
  fs::path binary = BoardFolder(options) / target.name / "bin" / file;
  if (fs::exists(binary)) return binary;
  throw BoardError(board + ": " + binary.string() + " does not exist; build it with `cmake --preset " + target.name +
                   " && cmake --build --preset " + target.name + " --target " + file + "` (it needs Debian's " +
                   target.package + "), or name another folder with --board-dir or LOCKSTEP_BOARD_DIR");
}

fs::path FindCounter() {
  const char* file = "count_layers.so";
  const fs::path beside = OwnFolder() / file;
  const fs::path installed = OwnFolder().parent_path() / "lib" / "lockstep" / file;
  for (const fs::path& path : {beside, installed}) {
    if (fs::exists(path)) return path;
  }
  throw BoardError(beside.string() + " does not exist, nor does " + installed.string() +
                   "; build it with `scripts/qemu/build_plugin.sh " + beside.string() + "`");
}

}  // namespace lockstep::boards
