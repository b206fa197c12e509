// What programs that were killed leave in TMPDIR.
#include "files/temporary_folder.h"

#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace lockstep::files {
namespace {

namespace fs = std::filesystem;

class TemporaryFolderTest : public ::testing::Test {
 protected:
  TemporaryFolderTest() { setenv("TMPDIR", parent_.path().c_str(), 1); }
  ~TemporaryFolderTest() override {
    if (before_.empty()) {
      unsetenv("TMPDIR");
    } else {
      setenv("TMPDIR", before_.c_str(), 1);
    }
  }

  static std::string Before() {
    const char* value = std::getenv("TMPDIR");
    return value == nullptr ? "" : value;
  }

  // The folder of another process, which holds a file and is in use until the process is killed.
  fs::path FolderOfAnother(pid_t& process) const {
    int ends[2] = {};
    EXPECT_EQ(pipe(ends), 0);
    process = fork();
    if (process == 0) {
      const TemporaryFolder folder;
      std::ofstream(folder.path() / "file") << "content";
      const std::string name = folder.path().string();
      if (write(ends[1], name.data(), name.size()) < 0) _exit(1);
      for (;;) pause();
    }
    char name[256] = {};
    EXPECT_GT(read(ends[0], name, sizeof(name) - 1), 0);
    close(ends[0]);
    close(ends[1]);
    return name;
  }

  static void Kill(pid_t process) {
    kill(process, SIGKILL);
    EXPECT_EQ(waitpid(process, nullptr, 0), process);
  }

  const std::string before_ = Before();
  const TemporaryFolder parent_;
};

TEST_F(TemporaryFolderTest, WhatAKilledProgramLeftIsRemovedByTheNext) {
  pid_t killed = 0;
  pid_t running = 0;
  const fs::path left = FolderOfAnother(killed);
  const fs::path used = FolderOfAnother(running);
  Kill(killed);
  EXPECT_TRUE(fs::exists(left / "file"));
  {
    const TemporaryFolder own;
    EXPECT_FALSE(fs::exists(left));
    EXPECT_TRUE(fs::exists(used / "file")) << "its program still runs";
    const TemporaryFolder second;
    EXPECT_TRUE(fs::exists(own.path())) << "in use by this program";
  }
  Kill(running);
  const TemporaryFolder next;
  EXPECT_FALSE(fs::exists(used));
  EXPECT_EQ(std::distance(fs::directory_iterator(parent_.path()), fs::directory_iterator()), 1);
}

TEST_F(TemporaryFolderTest, NothingElseIsRemoved) {
  const fs::path elsewhere = parent_.path() / "elsewhere";
  fs::create_directory(elsewhere);
  std::ofstream(elsewhere / "kept") << "content";
  const fs::path link = parent_.path() / "lockstep.run.abcdef";
  fs::create_directory_symlink(elsewhere, link);
  const fs::path file = parent_.path() / "lockstep.run.ABCDEF";
  std::ofstream(file) << "content";
  const fs::path other = parent_.path() / "lockstep.run.longer_than_ours";
  fs::create_directory(other);
  const TemporaryFolder own;
  for (const fs::path& path : {elsewhere / "kept", link, file, other}) EXPECT_TRUE(fs::exists(path)) << path;
}

}  // namespace
}  // namespace lockstep::files
