// A link over ssh, with a shell script in ssh's place that notes how it is called.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "boards/link.h"
#include "process_state.h"
#include "support/temporary_test_folder.h"

namespace lockstep::boards {
namespace {

class SshLinkTest : public testing::FolderTest {
 protected:
  // The one that keeps the connection (-M) makes the socket and stays; the others run what they are told, here.
  void SetUp() override {
    WriteText(Path("bin/ssh"), R"(#!/bin/bash
for last; do :; done
while [ $# -gt 0 ]; do
  case $1 in
    -M) master=1 ;;
    -S) socket=$2 ;;
  esac
  shift
done
if [ -n "$master" ]; then
  echo connection >>")" + Path("log").string() +
                                   R"("
  echo $$ >")" + Path("pid").string() +
                                   R"("
  : >"$socket"
  exec sleep 600
fi
exec sh -c "$last"
)");
    std::filesystem::permissions(Path("bin/ssh"), std::filesystem::perms::owner_all);
    path_ = std::getenv("PATH");
    setenv("PATH", (Path("bin").string() + ":" + path_).c_str(), 1);
  }
  void TearDown() override { setenv("PATH", path_.c_str(), 1); }

  static std::string Said(Link& link, const std::string& line) {
    ShellCall call;
    call.line = line;
    return link.Shell(call).out;
  }

  std::string path_;
};

// Each input of a command has threads of its own for the boards, and programs end with the thread that started them.
TEST_F(SshLinkTest, TheConnectionOutlivesTheThreadThatNeededItFirst) {
  const std::unique_ptr<Link> link = MakeSshLink({"nowhere", 22, "root", "", ""});
  for (const char* word : {"one", "two", "three"}) {
    std::string said;
    std::thread([&] { said = Said(*link, std::string("echo ") + word); }).join();
    EXPECT_EQ(said, std::string(word) + "\n");
  }
  EXPECT_EQ(Said(*link, "echo four"), "four\n");
  EXPECT_EQ(ReadText(Path("log")), "connection\n") << "it was made anew";
}

TEST_F(SshLinkTest, AConnectionThatWasLostIsMadeAnew) {
  const std::unique_ptr<Link> link = MakeSshLink({"nowhere", 22, "root", "", ""});
  EXPECT_EQ(Said(*link, "echo one"), "one\n");
  const std::string pid = ReadText(Path("pid"));
  kill(std::stoi(pid), SIGKILL);
  ASSERT_TRUE(WithinTenSeconds([&] { return !IsAlive(pid.substr(0, pid.find('\n'))); }));
  EXPECT_EQ(Said(*link, "echo two"), "two\n");
  EXPECT_EQ(ReadText(Path("log")), "connection\nconnection\n");
}

}  // namespace
}  // namespace lockstep::boards
