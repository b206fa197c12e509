// Output files appear whole or not at all, and a full disk is noticed.
#include "base/output_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "base/json_text.h"
#include "support/largest_file.h"
#include "support/temporary_folder.h"

namespace lockstep {
namespace {

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

TEST(OutputFile, AppearsWhenCommitted) {
  const std::string path = testing::TempDir() + "output_file_test.bin";
  unlink(path.c_str());
  OutputFile file;
  ASSERT_TRUE(file.Open(path.c_str()).ok());
  file.Write("abc", 3);
  file.Print("%d", 42);
  EXPECT_FALSE(Exists(path));
  ASSERT_TRUE(file.Commit().ok());
  EXPECT_TRUE(Exists(path));
  EXPECT_FALSE(Exists(path + ".part"));
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_size, 5);
  unlink(path.c_str());
}

TEST(OutputFile, LeavesNothingWhenAbandoned) {
  const std::string path = testing::TempDir() + "output_file_test_abandoned.bin";
  {
    OutputFile file;
    ASSERT_TRUE(file.Open(path.c_str()).ok());
    file.Write("abc", 3);
  }
  EXPECT_FALSE(Exists(path));
  EXPECT_FALSE(Exists(path + ".part"));
}

TEST(OutputFile, OpenedAnewForgetsWhatWasNotCommitted) {
  const std::string abandoned = testing::TempDir() + "output_file_test_first.bin";
  const std::string path = testing::TempDir() + "output_file_test_second.bin";
  OutputFile file;
  ASSERT_TRUE(file.Open(abandoned.c_str()).ok());
  file.Write("abc", 3);
  ASSERT_TRUE(file.Open(path.c_str()).ok());
  EXPECT_FALSE(Exists(abandoned + ".part"));
  ASSERT_TRUE(file.Commit().ok());
  EXPECT_TRUE(Exists(path));
  EXPECT_FALSE(Exists(abandoned));
  unlink(path.c_str());
}

TEST(OutputFile, NoticesAFullDisk) {
  const std::string path = testing::TempDir() + "output_file_test_full.bin";
  const std::string bytes(100000, 'x');
  for (const rlim_t room : {0U, 5000U}) {
    const Status status = [&] {
      const test::LargestFile limit(room);
      return WriteWholeFile(path.c_str(), bytes.data(), bytes.size());
    }();
    EXPECT_EQ(status.code(), StatusCode::kUnreadable);
    EXPECT_NE(std::strstr(status.message(), (path + ": ").c_str()), nullptr) << status.message();
    EXPECT_NE(std::strstr(status.message(), "File too large"), nullptr) << status.message();
    EXPECT_FALSE(Exists(path));
    EXPECT_FALSE(Exists(path + ".part"));
  }
  // This one accepts no byte.
  const Status status = WriteWholeFile("/dev/full", bytes.data(), bytes.size());
  EXPECT_NE(std::strstr(status.message(), "/dev/full: cannot be written: No space left"), nullptr) << status.message();
}

TEST(OutputFile, ALinkInThePlaceOfWhatIsWrittenFirstIsNotFollowed) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "out.bin";
  test::WriteFile(folder / "precious", {'o', 'l', 'd'});
  ASSERT_EQ(symlink((folder / "precious").c_str(), (path + ".part").c_str()), 0);
  const Status status = WriteWholeFile(path.c_str(), "new", 3);
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(test::ReadText(folder / "precious"), "old");
  EXPECT_EQ(test::ReadText(path), "new");
  EXPECT_EQ(test::FilesIn(folder.path()), (std::vector<std::string>{"out.bin", "precious"}));
}

TEST(OutputFile, WritesToAPipeAndLeavesItThere) {
  const std::string path = testing::TempDir() + "output_file_test.pipe";
  unlink(path.c_str());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  ASSERT_TRUE(WriteWholeFile(path.c_str(), "abc", 3).ok());
  char bytes[4] = {};
  EXPECT_EQ(read(reader, bytes, sizeof(bytes)), 3);
  EXPECT_STREQ(bytes, "abc");
  close(reader);
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_TRUE(S_ISFIFO(info.st_mode)) << "the pipe was replaced";
  unlink(path.c_str());
}

TEST(OutputFile, NamesAFolderThatIsMissing) {
  const Status status = WriteWholeFile("/nowhere/at/all.bin", "x", 1);
  EXPECT_EQ(status.code(), StatusCode::kUnreadable);
  EXPECT_NE(std::strstr(status.message(), "/nowhere/at/all.bin"), nullptr) << status.message();
}

TEST(CheckWritable, TellsBeforeAndTouchesNothing) {
  const std::string root = testing::TempDir() + "check_writable_test";
  ASSERT_TRUE(MakeFolder((root + "/folder").c_str()).ok());
  EXPECT_TRUE(CheckWritable((root + "/file").c_str()).ok());
  EXPECT_FALSE(Exists(root + "/file"));
  EXPECT_FALSE(Exists(root + "/file.test"));
  ASSERT_TRUE(WriteWholeFile((root + "/file").c_str(), "x", 1).ok());
  EXPECT_TRUE(CheckWritable((root + "/file").c_str()).ok());
  EXPECT_TRUE(CheckWritable("/dev/null").ok());
  for (const std::string& path : {root + "/folder", root + "/missing/file", root + "/file/file",
                                  root + "/" + std::string(255, 'x'), std::string("/proc/nothing")}) {
    const Status status = CheckWritable(path.c_str());
    EXPECT_EQ(status.code(), StatusCode::kUnreadable) << path;
    EXPECT_NE(std::strstr(status.message(), "cannot be written"), nullptr) << status.message();
  }
  unlink((root + "/file").c_str());
  rmdir((root + "/folder").c_str());
  rmdir(root.c_str());
}

TEST(MakeFolder, MakesTheWholePathAndRefusesFiles) {
  const std::string root = testing::TempDir() + "make_folder_test";
  ASSERT_TRUE(MakeFolder((root + "/a/b").c_str()).ok());
  ASSERT_TRUE(MakeFolder((root + "/a/b").c_str()).ok());
  ASSERT_TRUE(WriteWholeFile((root + "/file").c_str(), "x", 1).ok());
  EXPECT_EQ(MakeFolder((root + "/file").c_str()).code(), StatusCode::kUnreadable);
}

TEST(JsonText, Escapes) { EXPECT_EQ(JsonString("a\"b\\c\n"), R"("a\"b\\c\u000a")"); }

}  // namespace
}  // namespace lockstep
