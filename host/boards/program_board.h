// A board that is a program of this PC: run_joint itself, or under an emulator of a board's CPU.
#pragma once

#include <memory>
#include <string>

#include "boards/board.h"
#include "boards/targets.h"

namespace lockstep::boards {

// `cpu`: the emulator's CPU model; empty: that of the target.
std::unique_ptr<Board> MakeProgramBoard(std::string name, const Target& target, std::string cpu, BoardOptions options);

}  // namespace lockstep::boards
