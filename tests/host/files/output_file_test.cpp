#include "files/output_file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>

#include "graph/error.h"
#include "support/largest_file.h"

namespace lockstep::files {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / "lockstep_output_file_test";
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  size_t FileCount() const {
    size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) count += entry.is_regular_file() ? 1 : 0;
    return count;
  }

  fs::path folder_;
};

TEST_F(OutputFileTest, NothingAppearsBeforeCommit) {
  {
    OutputFiles files;
    files.Add(folder_ / "deep" / "a.txt", "hello");
    EXPECT_FALSE(fs::exists(folder_ / "deep" / "a.txt"));
  }
  EXPECT_EQ(FileCount(), 0U) << "the uncommitted file was not removed";
}

TEST_F(OutputFileTest, CommitMovesAllIntoPlace) {
  OutputFiles files;
  files.Add(folder_ / "a.txt", "hello");
  files.Add(folder_ / "b.txt", "world");
  files.Commit();
  const auto bytes = ReadFile(folder_ / "b.txt");
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "world");
  EXPECT_EQ(FileCount(), 2U);
}

TEST_F(OutputFileTest, ReplacesAnOlderFile) {
  WriteFile(folder_ / "a.txt", "old and long");
  WriteFile(folder_ / "a.txt", "new");
  const auto bytes = ReadFile(folder_ / "a.txt");
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "new");
}

TEST_F(OutputFileTest, AFullDiskIsNamed) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const std::string text(1 << 20, 'x');
  try {
    WriteFile("/dev/full", text);
    FAIL() << "no error on a full device";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("/dev/full: No space left"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(fs::is_character_file("/dev/full")) << "the device was replaced by a file";
}

TEST_F(OutputFileTest, AFullDiskIsNamedByTheFileThatWasAskedFor) {
  WriteFile(folder_ / "source.bin", std::string(100000, 'x'));
  const test::LargestFile limit(5000);
  const std::vector<std::function<void(OutputFiles&)>> writers = {
      [&](OutputFiles& files) { files.Add(folder_ / "a.bin", std::string(100000, 'x')); },
      [&](OutputFiles& files) { files.AddCopy(folder_ / "a.bin", folder_ / "source.bin"); },
      [&](OutputFiles& files) { files.Add(folder_ / "a.bin", [](void* /*bytes*/, size_t most) { return most; }); }};
  for (const auto& write : writers) {
    try {
      OutputFiles files;
      write(files);
      ADD_FAILURE() << "no error on a full disk";
    } catch (const BadInput& error) {
      const std::string expected = "cannot write " + (folder_ / "a.bin").string() + ": File too large; free some space";
      EXPECT_EQ(std::string(error.what()).substr(0, expected.size()), expected);
    }
    EXPECT_EQ(FileCount(), 1U);
  }
}

TEST_F(OutputFileTest, ACopyIsWholeWhateverItsSize) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{1} << 20, (size_t{5} << 20) + 7}) {
    std::string bytes(size, 'x');
    for (size_t i = 0; i < size; i += 997) bytes[i] = static_cast<char>(i / 997);
    WriteFile(folder_ / "source.bin", bytes);
    OutputFiles files;
    files.AddCopy(folder_ / "copy.bin", folder_ / "source.bin");
    files.Commit();
    EXPECT_EQ(ReadFile(folder_ / "copy.bin"), ReadFile(folder_ / "source.bin")) << size;
  }
  OutputFiles files;
  EXPECT_THROW(files.AddCopy(folder_ / "copy.bin", folder_ / "missing"), BadInput);
}

TEST_F(OutputFileTest, ADeviceIsWrittenToByEveryWriterAndStays) {
  OutputFiles files;
  EXPECT_EQ(files.Reserve("/dev/null"), "/dev/null");
  WriteFile(folder_ / "source.bin", "x");
  files.AddCopy("/dev/null", folder_ / "source.bin");
  files.Commit();
  EXPECT_TRUE(fs::is_character_file("/dev/null")) << "the device was replaced by a file";
}

TEST_F(OutputFileTest, ALinkInThePlaceOfWhatIsWrittenFirstIsNotFollowed) {
  WriteFile(folder_ / "precious", "old");
  OutputFiles files;
  const fs::path temporary = files.Reserve(folder_ / "a.txt");
  fs::create_symlink("precious", temporary);
  WriteFile(folder_ / "a.txt", "new");
  const auto bytes = ReadFile(folder_ / "precious");
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "old");
  EXPECT_FALSE(fs::is_symlink(folder_ / "a.txt"));
}

TEST_F(OutputFileTest, AFolderInThePlaceOfAFileIsRefused) {
  EXPECT_THROW(WriteFile(folder_, "x"), BadInput);
  EXPECT_THROW(ReadFile(folder_), BadInput);
  EXPECT_THROW(ReadFile(folder_ / "missing"), BadInput);
}

TEST_F(OutputFileTest, FoldersMadeForNothingGoAgain) {
  {
    OutputFiles files;
    files.Add(folder_ / "new" / "deep" / "a.txt", "hello");
    files.Reserve(folder_ / "new" / "deeper" / "still" / "b.txt");
  }
  EXPECT_TRUE(fs::is_empty(folder_));
  fs::create_directories(folder_ / "old");
  { OutputFiles().Add(folder_ / "old" / "a.txt", "hello"); }
  EXPECT_TRUE(fs::exists(folder_ / "old")) << "it was there before";
}

TEST_F(OutputFileTest, AnInterruptRemovesWhatIsUnfinishedAndTheFoldersMadeForIt) {
  fs::create_directories(folder_ / "old");
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    CleanUpWhenInterrupted();
    OutputFiles files;
    files.Add(folder_ / "new" / "deep" / "a.txt", "hello");
    files.Add(folder_ / "old" / "b.txt", "hello");
    files.Add(folder_ / "kept" / "c.txt", "hello");
    WriteFile(folder_ / "kept" / "d.txt", "finished");
    kill(getpid(), SIGTERM);
    for (;;) pause();
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(fs::exists(folder_ / "new"));
  EXPECT_TRUE(fs::exists(folder_ / "old")) << "it was there before";
  EXPECT_TRUE(fs::exists(folder_ / "kept" / "d.txt"));
  EXPECT_EQ(FileCount(), 1U);
}

TEST_F(OutputFileTest, WhatCannotBeWrittenIsFoundOutWithoutATrace) {
  WriteFile(folder_ / "a.txt", "old");
  EXPECT_NO_THROW(RequireWritable(folder_ / "a.txt"));
  EXPECT_NO_THROW(RequireWritable(folder_ / "new" / "b.txt"));
  EXPECT_NO_THROW(RequireWritable("/dev/null"));
  EXPECT_NO_THROW(RequireWritableFolder(folder_ / "new" / "deep"));
  EXPECT_THROW(RequireWritable(folder_), BadInput);
  EXPECT_THROW(RequireWritable("/proc/nothing/a.txt"), BadInput);
  EXPECT_THROW(RequireWritableFolder("/proc/nothing"), BadInput);
  EXPECT_THROW(RequireWritableFolder(folder_ / "a.txt"), BadInput);
  EXPECT_EQ(FileCount(), 1U);
  EXPECT_FALSE(fs::exists(folder_ / "new"));
}

TEST_F(OutputFileTest, AnInputIsNotReplacedUnderAnyOfItsNames) {
  WriteFile(folder_ / "in.txt", "in");
  WriteFile(folder_ / "other.txt", "in");
  fs::create_symlink("in.txt", folder_ / "link.txt");
  fs::create_hard_link(folder_ / "in.txt", folder_ / "hard.txt");
  const fs::path input = folder_ / "in.txt";
  for (const char* output : {"in.txt", "link.txt", "hard.txt"}) {
    EXPECT_THROW(RefuseToReplace({"", folder_ / "missing", input}, {folder_ / output}), UsageError) << output;
  }
  EXPECT_NO_THROW(RefuseToReplace({input}, {"", folder_ / "other.txt", folder_ / "new.txt", folder_, "/dev/null"}));
  EXPECT_NO_THROW(RefuseToReplace({"/dev/null"}, {"/dev/null"}));
}

}  // namespace
}  // namespace lockstep::files
