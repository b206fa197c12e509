#include "boards/board_file.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::boards {
namespace {

class BoardFileTest : public testing::FolderTest {
 protected:
  std::map<std::string, BoardEntry> Read(const std::string& boards) {
    WriteText(Path("boards.json"), R"({"boards": {)" + boards + "}}");
    return ReadBoardFile(Path("boards.json"));
  }
  std::string ErrorOf(const std::string& boards) {
    try {
      Read(boards);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(BoardFileTest, ReadsEveryKind) {
  const auto boards = Read(R"(
    "door": {"kind": "ssh", "host": "192.0.2.7", "port": 2222, "user": "cam", "work_folder": "/mnt/lockstep",
             "environment": {"LD_LIBRARY_PATH": "/mnt/lib"}, "memory_limit_kib": 30000, "target": "mipsel"},
    "phone": {"kind": "adb", "serial": "0123", "server_port": 5038},
    "old": {"kind": "qemu", "target": "mipsel", "cpu": "24Kf"},
    "pc": {"kind": "local"})");
  ASSERT_EQ(boards.size(), 4U);
  const BoardEntry& door = boards.at("door");
  EXPECT_EQ(door.kind, BoardKind::kSsh);
  EXPECT_EQ(door.ssh.host + " " + door.ssh.user + " " + std::to_string(door.ssh.port), "192.0.2.7 cam 2222");
  EXPECT_EQ(door.remote.name + " " + door.remote.work_folder + " " + door.remote.target, "door /mnt/lockstep mipsel");
  EXPECT_EQ(door.remote.environment.at("LD_LIBRARY_PATH"), "/mnt/lib");
  EXPECT_EQ(door.remote.memory_limit_kib, 30000);
  EXPECT_EQ(boards.at("phone").serial, "0123");
  EXPECT_EQ(boards.at("phone").remote.work_folder, "/data/local/tmp/lockstep");
  EXPECT_EQ(boards.at("old").cpu, "24Kf");
}

TEST_F(BoardFileTest, OfAnEmptyFileItIsSaidWhatGoesIntoIt) {
  for (const char* text : {"", "\n", "  \n\t"}) {
    WriteText(Path("boards.json"), text);
    try {
      ReadBoardFile(Path("boards.json"));
      ADD_FAILURE() << "an empty list was read";
    } catch (const UsageError& error) {
      const std::string said = error.what();
      EXPECT_EQ(said.rfind(Path("boards.json").string() + " is empty; put {", 0), 0U) << said;
      // What it says is what it takes.
      const size_t begin = said.find('{');
      WriteText(Path("boards.json"), said.substr(begin, said.rfind('}') + 1 - begin));
      EXPECT_EQ(ReadBoardFile(Path("boards.json")).count("door"), 1U) << said;
    }
  }
}

TEST_F(BoardFileTest, SaysWhatIsWrong) {
  const struct {
    const char* entry;
    const char* says;
  } kWrong[] = {
      {R"("a": 1)", "boards.json: a: must be an object"},
      {R"("a": {})", "a: kind is missing"},
      {R"("a": {"kind": "shh"})", "kind is \"shh\"; there are local, qemu, ssh and adb"},
      {R"("a": {"kind": "ssh"})", "host is missing"},
      {R"("a": {"kind": "ssh", "host": "h", "prt": 1})", "has a key \"prt\""},
      {R"("a": {"kind": "ssh", "host": "h", "prt": 1})", "did you mean port?"},
      {R"("a": {"kind": "ssh", "host": "h", "port": 70000})", "port must be a whole number from 0 to 65535"},
      {R"("a": {"kind": "ssh", "host": "-oProxyCommand=x"})", "host is \"-oProxyCommand=x\""},
      {R"("a": {"kind": "ssh", "host": "h;reboot"})", "host is \"h;reboot\""},
      {R"("a": {"kind": "ssh", "host": "h", "work_folder": "/"})", "work_folder must be an absolute path"},
      {R"("a": {"kind": "ssh", "host": "h", "work_folder": "/tmp/../etc"})", "work_folder must be"},
      {R"("a": {"kind": "ssh", "host": "h", "key": "/no/such/key"})", "key names /no/such/key, which does not exist"},
      {R"("a": {"kind": "ssh", "host": "h", "environment": {"A B": "1"}})", "environment must be an object"},
      {R"("a": {"kind": "qemu"})", "target is missing"},
      {R"("a": {"kind": "qemu", "target": "host"})", "needs no emulator"},
      {R"("a": {"kind": "qemu", "target": "riscv"})", "target is \"riscv\""},
      {R"("local": {"kind": "qemu", "target": "mipsel"})", "a board cannot be called \"local\""},
      {R"("a:b": {"kind": "local"})", "a board cannot be called \"a:b\""},
  };
  for (const auto& wrong : kWrong) {
    EXPECT_NE(ErrorOf(wrong.entry).find(wrong.says), std::string::npos) << wrong.entry << "\n" << ErrorOf(wrong.entry);
  }
}

TEST_F(BoardFileTest, AddressesNeedNoFile) {
  const auto entry = ReadAddress("ssh:cam@192.0.2.7:2222");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->ssh.user + "@" + entry->ssh.host + " " + std::to_string(entry->ssh.port), "cam@192.0.2.7 2222");
  EXPECT_EQ(ReadAddress("ssh:door")->ssh.user, "root");
  EXPECT_EQ(ReadAddress("ssh:door")->ssh.port, 22);
  EXPECT_EQ(ReadAddress("ssh:fe80::1")->ssh.host, "fe80::1");
  EXPECT_EQ(ReadAddress("adb:0123")->serial, "0123");
  EXPECT_FALSE(ReadAddress("door"));
  EXPECT_FALSE(ReadAddress("qemu:mipsel"));
  EXPECT_THROW(ReadAddress("ssh:"), UsageError);
  EXPECT_THROW(ReadAddress("ssh:-x"), UsageError);
}

}  // namespace
}  // namespace lockstep::boards
