// What a command line says that cannot be understood, in our words.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace lockstep::cli {

// The look of help pages; commands that are added later have it too.
void UseOwnPages(CLI::App& app);

// `lockstep help [COMMAND]`.
void AddHelp(CLI::App& app);

// Throws UsageError, with the nearest name, for a command that is none or a flag that its command does not have.
void RefuseUnknownWords(const CLI::App& app, int argc, char** argv);

// What is wrong with a command line whose words are known.
std::string Explain(const CLI::App& app, const CLI::ParseError& error);

}  // namespace lockstep::cli
