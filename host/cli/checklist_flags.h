// The flags by which crosscheck goes on down the checklist when the board equals the PC.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "checklist/checklist.h"
#include "files/output_file.h"

namespace lockstep::cli {

void AddChecklistFlags(CLI::App& command, checklist::ChecklistOptions& options);

// Prints a cross-check as Print does, and behind it the stages where one was asked for and the board does not differ.
// Returns the exit status.
int PrintWithChecklist(const std::string& text, const std::string& json, const std::string& json_path,
                       files::OutputFiles& outputs, const checklist::ChecklistOptions& options,
                       const checklist::BoardFacts& facts);

}  // namespace lockstep::cli
