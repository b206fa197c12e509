// The targets whose run_joint this project builds, and where their programs lie.
#pragma once

#include <filesystem>
#include <string>

#include "boards/board.h"

namespace lockstep::boards {

struct Target {
  const char* board;     // the board that needs no description: "local", "qemu:mipsel"
  const char* name;      // of the preset and its build folder
  const char* emulator;  // nullptr: none needed
  const char* cpu;       // nullptr: the emulator's default
  bool needs_nan2008;    // the emulated CPU refuses executables with legacy NaN encoding
  const char* package;   // Debian's cross compiler
};

// kTargetCount rows, "local" first.
constexpr size_t kTargetCount = 5;
extern const Target kTargets[kTargetCount];

// By the name of its preset; nullptr for an unknown one.
const Target* FindTarget(const std::string& name);

// The run_joint of one of the four builds. Throws BoardError that says how to build it; `board` is named in it.
std::filesystem::path FindProgram(const Target& target, const BoardOptions& options, const std::string& build,
                                  const std::string& board);

// The plugin of user-mode QEMU that counts every layer's instructions: count_layers.so, beside this program or in
// ../lib/lockstep. Throws BoardError that says how to build it.
std::filesystem::path FindCounter();

}  // namespace lockstep::boards
