// Archives as they should be, and as somebody with ill intent makes them: by libarchive, which writes what it is told.
#include "bundle/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "graph/error.h"
#include "support/largest_file.h"
#include "support/temporary_test_folder.h"

namespace lockstep::bundle {
namespace {

class ArchiveTest : public testing::FolderTest {
 protected:
  using Change = std::function<void(struct archive_entry* entry)>;

  // One entry of 5 bytes with something changed, and maybe it once more.
  void Write(const std::string& name, const Change& change = nullptr, int times = 1) {
    struct archive* archive = archive_write_new();
    archive_write_add_filter_gzip(archive);
    archive_write_set_format_pax_restricted(archive);
    archive_write_open_filename(archive, Path("a.tar.gz").c_str());
    for (int i = 0; i < times; ++i) {
      struct archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, name.c_str());
      archive_entry_set_size(entry, 5);
      archive_entry_set_filetype(entry, AE_IFREG);
      archive_entry_set_perm(entry, 0644);
      if (change) change(entry);
      archive_write_header(archive, entry);
      if (archive_entry_size(entry) == 5) archive_write_data(archive, "hello", 5);
      archive_entry_free(entry);
    }
    archive_write_close(archive);
    archive_write_free(archive);
  }

  std::vector<std::string> Read(uint64_t most = 100) {
    std::vector<std::string> read;
    ReadArchive(
        Path("a.tar.gz"), [&](const std::string&) { return most; },
        [&](const std::string& name, const std::vector<uint8_t>& bytes) {
          read.push_back(name + "=" + std::string(bytes.begin(), bytes.end()));
        });
    return read;
  }

  void ExpectRefused(const std::string& word, uint64_t most = 100) {
    try {
      Read(most);
      ADD_FAILURE() << word;
    } catch (const BadInput& error) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("a.tar.gz"), std::string::npos) << error.what();
    }
  }
};

TEST_F(ArchiveTest, AFullDiskIsNamedByTheArchiveThatWasAskedFor) {
  std::vector<uint8_t> noise(200000);
  std::mt19937 random(1);
  for (uint8_t& byte : noise) byte = static_cast<uint8_t>(random());
  const test::LargestFile limit(50000);
  try {
    ArchiveWriter writer(Path(".partial-b.tar.gz"), Path("b.tar.gz"));
    writer.Add("noise.bin", noise);
    writer.Finish();
    ADD_FAILURE() << "no error on a full disk";
  } catch (const BadInput& error) {
    const std::string expected = "cannot write " + Path("b.tar.gz").string() + ": File too large";
    EXPECT_EQ(std::string(error.what()).substr(0, expected.size()), expected);
  }
}

TEST_F(ArchiveTest, WhatIsWrittenIsRead) {
  {
    ArchiveWriter writer(Path("a.tar.gz"));
    writer.Add("manifest.json", {'{', '}'});
    writer.Add("inputs/0 a.bin", {});
    writer.Add("x/y/z", std::vector<uint8_t>(50, 'z'));
    writer.Finish();
  }
  EXPECT_EQ(Read(), (std::vector<std::string>{"manifest.json={}", "inputs/0 a.bin=", "x/y/z=" + std::string(50, 'z')}));
  const std::string once = ReadText(Path("a.tar.gz"));
  {
    ArchiveWriter writer(Path("a.tar.gz"));
    writer.Add("manifest.json", {'{', '}'});
    writer.Add("inputs/0 a.bin", {});
    writer.Add("x/y/z", std::vector<uint8_t>(50, 'z'));
    writer.Finish();
  }
  EXPECT_EQ(ReadText(Path("a.tar.gz")), once) << "the same content is the same archive";
}

TEST_F(ArchiveTest, PathsThatLeaveTheFolderAreRefused) {
  for (const char* name : {"../evil", "a/../../evil", "/etc/evil", "a/..", ".", "./a", "a//b", "a/./b", "a\\..\\b"}) {
    Write(name);
    ExpectRefused("no plain path");
  }
  Write(std::string(2000, 'x'));
  ExpectRefused("no plain path");
}

TEST_F(ArchiveTest, WhatIsNoPlainFileIsRefused) {
  Write("a", [](struct archive_entry* entry) {
    archive_entry_set_filetype(entry, AE_IFLNK);
    archive_entry_set_symlink(entry, "/etc/passwd");
    archive_entry_set_size(entry, 0);
  });
  ExpectRefused("is a link");
  Write("a", [](struct archive_entry* entry) {
    archive_entry_set_hardlink(entry, "/etc/passwd");
    archive_entry_set_size(entry, 0);
  });
  ExpectRefused("is a link");
  for (const unsigned type : {AE_IFDIR, AE_IFIFO, AE_IFCHR}) {
    Write("a", [&](struct archive_entry* entry) {
      archive_entry_set_filetype(entry, type);
      archive_entry_set_size(entry, 0);
    });
    EXPECT_THROW(Read(), BadInput) << type;
  }
}

TEST_F(ArchiveTest, TooMuchAndTwiceIsRefused) {
  Write("a");
  EXPECT_EQ(Read(5).size(), 1U);
  ExpectRefused("has more than 4 bytes", 4);
  Write("a", nullptr, 2);
  ExpectRefused("is there twice");
}

TEST_F(ArchiveTest, DamageIsNoticed) {
  Write("a");
  const std::string whole = ReadText(Path("a.tar.gz"));
  WriteText(Path("a.tar.gz"), whole.substr(0, whole.size() / 2));
  ExpectRefused("damaged");
  WriteText(Path("a.tar.gz"), "no archive at all");
  ExpectRefused("damaged");
  std::filesystem::remove(Path("a.tar.gz"));
  EXPECT_THROW(Read(), BadInput);
}

}  // namespace
}  // namespace lockstep::bundle
