// Runs the `lockstep` that was built beside the tests.
#pragma once

#include <string>
#include <vector>

#include "boards/process.h"
#include "support/temporary_test_folder.h"

namespace lockstep::testing {

class CommandLineTest : public FolderTest {
 protected:
  boards::ProcessResult Lockstep(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), LOCKSTEP_PROGRAM);
    return boards::RunProcess(arguments, {}, std::chrono::seconds(240));
  }

  // What every failure must look like: the status, a message that contains each of `words`, nothing written.
  void ExpectError(const std::vector<std::string>& arguments, int status, const std::vector<std::string>& words) const {
    const std::vector<std::string> before = FilesAndFolders();
    const boards::ProcessResult result = Lockstep(arguments);
    std::string command;
    for (const std::string& argument : arguments) command += " " + argument;
    EXPECT_EQ(result.status, status) << command << "\n" << result.err;
    const bool marked = result.err.rfind("lockstep: ", 0) == 0 || result.err.find("\nlockstep: ") != std::string::npos;
    EXPECT_TRUE(marked) << command << "\n" << result.err;
    for (const std::string& word : words)
      EXPECT_NE(result.err.find(word), std::string::npos) << word << "\n" << result.err;
    EXPECT_EQ(FilesAndFolders(), before) << command << " left something behind";
  }
};

}  // namespace lockstep::testing
