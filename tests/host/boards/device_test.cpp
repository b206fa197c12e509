#include "boards/device.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include "local_link.h"
#include "process_state.h"
#include "support/largest_file.h"
#include "support/temporary_test_folder.h"

namespace lockstep::boards {
namespace {

namespace fs = std::filesystem;

class DeviceTest : public testing::FolderTest {
 protected:
  DeviceTest() {
    auto link = std::make_unique<LocalLink>();
    link_ = link.get();
    device_ = std::make_unique<Device>("door", std::move(link), Path("work").string());
  }

  std::string ErrorOf(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  static void Replace(std::string& line, const std::string& what, const std::string& with) {
    const size_t at = line.find(what);
    ASSERT_NE(at, std::string::npos) << line;
    line.replace(at, what.size(), with);
  }
  static bool Sends(const ShellCall& call) { return !call.input.empty(); }

  LocalLink* link_;
  std::unique_ptr<Device> device_;
};

TEST_F(DeviceTest, TellsWhatItIs) {
  const DeviceFacts& facts = device_->Open();
  EXPECT_EQ(facts.boot.size(), 36U) << facts.boot;
  EXPECT_EQ(facts.machine, "x86_64");
  EXPECT_EQ(facts.digest_program, "md5sum");
  EXPECT_GT(facts.free_bytes, 0U);
  EXPECT_GT(facts.available_bytes, 0U);
  EXPECT_EQ(fs::status(Path("work/files")).permissions(), fs::perms::owner_all);
}

TEST_F(DeviceTest, AnAnswerOfSomethingElseIsQuoted) {
  link_->after = [](const ShellCall&, ProcessResult& result) { result.out = "Welcome to \x1b[2Jthe router\n"; };
  EXPECT_EQ(ErrorOf([&] { device_->Open(); }),
            "door: answers \"Welcome to  [2Jthe router\" where a Linux with a shell was expected");
}

TEST_F(DeviceTest, SendsAFileOnceAndAgainWhenItChanged) {
  device_->Open();
  WriteText(Path("net.joint"), "first");
  const auto keep = [&] { return device_->Keep(Path("net.joint"), "net.joint"); };
  EXPECT_EQ(ReadText(keep()), "first");
  link_->lines.clear();
  keep();
  EXPECT_EQ(link_->lines.size(), 1U);  // the look at its digest
  WriteText(Path("net.joint"), "other");
  EXPECT_EQ(ReadText(keep()), "other");
  WriteText(Path("work/files/net.joint"), "stale");
  EXPECT_EQ(ReadText(keep()), "other");
  EXPECT_EQ(Files("work"), std::vector<std::string>{"files/net.joint"});
}

TEST_F(DeviceTest, GoesOnWhereALostLinkEnded) {
  device_->Open();
  const std::string text(100000, 'x');
  WriteText(Path("net.joint"), text);
  link_->before = [&](ShellCall& call) {
    if (!Sends(call)) return;
    Replace(call.line, "cat > ", "head -c 60000 > ");
  };
  link_->after = [&](const ShellCall& call, ProcessResult&) {
    if (Sends(call)) throw LinkLost("cut");
  };
  EXPECT_EQ(ErrorOf([&] { device_->Keep(Path("net.joint"), "net.joint"); }), "cut");
  std::vector<uint64_t> offsets;
  link_->before = [&](ShellCall& call) {
    if (Sends(call)) offsets.push_back(call.input_offset);
  };
  link_->after = nullptr;
  EXPECT_EQ(ReadText(device_->Keep(Path("net.joint"), "net.joint")), text);
  EXPECT_EQ(offsets, std::vector<uint64_t>{60000});
}

TEST_F(DeviceTest, WhatArrivesOtherwiseIsSentAgainAndThenRefused) {
  device_->Open();
  WriteText(Path("net.joint"), "aaaa");
  int sent = 0;
  const auto corrupt = [&](int times) {
    link_->before = [&sent, times](ShellCall& call) {
      if (Sends(call) && ++sent <= times) Replace(call.line, "cat > ", "tr a b > ");
    };
  };
  corrupt(1);
  EXPECT_EQ(ReadText(device_->Keep(Path("net.joint"), "net.joint")), "aaaa");
  EXPECT_EQ(sent, 2);
  sent = 0;
  corrupt(2);
  EXPECT_NE(ErrorOf([&] {
              device_->Keep(Path("net.joint"), "second.joint");
            }).find("arrives with other bytes than were sent, twice"),
            std::string::npos);
  EXPECT_EQ(Files("work"), std::vector<std::string>{"files/net.joint"});
}

TEST_F(DeviceTest, AFullDiskIsSaidToBeOne) {
  device_->Open();
  WriteText(Path("net.joint"), "aaaa");
  link_->before = [&](ShellCall& call) {
    if (Sends(call)) call.line = "cat > /dev/full";
  };
  const std::string error = ErrorOf([&] { device_->Keep(Path("net.joint"), "net.joint"); });
  EXPECT_NE(error.find("(4 bytes) cannot be stored in " + Path("work").string()), std::string::npos) << error;
  EXPECT_NE(error.find("No space left on device; free space there"), std::string::npos) << error;
}

TEST_F(DeviceTest, FetchesFilesInOneStreamAndNoMoreThanListed) {
  device_->Open();
  const std::string run = device_->MakeRun();
  WriteText(Path("work/" + run + "/a.bin"), "12345");
  WriteText(Path("work/" + run + "/b.bin"), "");
  WriteText(Path("work/" + run + "/c.bin"), "678");
  const std::vector<RemoteFile> files = device_->List(run);
  ASSERT_EQ(files.size(), 3U);
  link_->lines.clear();
  device_->Fetch(run, files, Path("got"));
  EXPECT_EQ(link_->lines.size(), 1U);
  EXPECT_EQ(ReadText(Path("got/a.bin")) + "|" + ReadText(Path("got/b.bin")) + "|" + ReadText(Path("got/c.bin")),
            "12345||678");
  EXPECT_EQ(Files("got").size(), 3U);
  WriteText(Path("work/" + run + "/c.bin"), "6789");
  EXPECT_NE(ErrorOf([&] { device_->Fetch(run, files, Path("more")); }).find("sends other bytes than it lists (8)"),
            std::string::npos);
  link_->before = [](ShellCall& call) { call.line = "cat /dev/zero"; };
  EXPECT_NE(ErrorOf([&] { device_->Fetch(run, files, Path("endless")); }).find("sends other bytes than it lists (8)"),
            std::string::npos);
}

TEST_F(DeviceTest, AFileOfAnySizeIsFetchedInLittleMemory) {
  device_->Open();
  const std::string run = device_->MakeRun();
  constexpr uint64_t kLarge = uint64_t{192} << 20;
  WriteText(Path("work/" + run + "/a.bin"), "before");
  WriteText(Path("work/" + run + "/b.bin"), "");
  fs::resize_file(Path("work/" + run + "/b.bin"), kLarge);
  WriteText(Path("work/" + run + "/c.bin"), "behind");
  const auto most_kib = [] {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const auto before = most_kib();
  device_->Fetch(run, device_->List(run), Path("got"));
  EXPECT_LT(most_kib() - before, 64 * 1024);
  EXPECT_EQ(fs::file_size(Path("got/b.bin")), kLarge);
  EXPECT_EQ(ReadText(Path("got/a.bin")) + "|" + ReadText(Path("got/c.bin")), "before|behind");
}

TEST_F(DeviceTest, WhatCannotBeKeptHereIsNamedAndLeavesNothing) {
  device_->Open();
  const std::string run = device_->MakeRun();
  WriteText(Path("work/" + run + "/a.bin"), std::string(100000, 'x'));
  const std::vector<RemoteFile> files = device_->List(run);
  std::string error;
  {
    const test::LargestFile limit(5000);
    error = ErrorOf([&] { device_->Fetch(run, files, Path("got")); });
  }
  EXPECT_EQ(error.rfind("cannot write ", 0), 0U) << error;
  EXPECT_NE(error.find("File too large; free some space in "), std::string::npos) << error;
  EXPECT_EQ(Files("got"), std::vector<std::string>());
}

TEST_F(DeviceTest, NamesThatLeaveTheFolderAreRefused) {
  device_->Open();
  for (const char* name : {"../x", "a/b", ".hidden", "-rf", "a b"}) {
    link_->after = [&](const ShellCall&, ProcessResult& result) { result.out = std::string(name) + "=4\n"; };
    EXPECT_NE(ErrorOf([&] { device_->List("runs"); }).find("lists a file"), std::string::npos) << name;
  }
  link_->after = [&](const ShellCall&, ProcessResult& result) { result.out = "a.bin=99999999999999999999\n"; };
  EXPECT_NE(ErrorOf([&] { device_->List("runs"); }).find("lists a file"), std::string::npos);
}

TEST_F(DeviceTest, MoreThanABoardHasIsNotFetched) {
  device_->Open();
  for (const char* listed : {"a.bin=999999999999999999\n", "a.bin=6000000000\nb.bin=6000000000\n"}) {
    link_->after = [&](const ShellCall&, ProcessResult& result) { result.out = listed; };
    EXPECT_NE(ErrorOf([&] { device_->List("runs"); }).find("lists more than 8 GiB"), std::string::npos) << listed;
  }
}

TEST_F(DeviceTest, ARunEndsWithItsLink) {
  device_->Open();
  const std::string run = device_->MakeRun();
  const ProcessResult result = device_->Run("sleep 600", run, std::chrono::seconds(1), true);
  EXPECT_TRUE(result.timed_out);
  std::string pid = ReadText(Path("work/" + run + "/pid"));
  pid.pop_back();  // the line's end
  EXPECT_TRUE(WithinTenSeconds([&] { return !IsAlive(pid); })) << "process " << pid << " still runs";
}

TEST_F(DeviceTest, ARunKeepsItsStatusAndWords) {
  device_->Open();
  const std::string run = device_->MakeRun();
  const ProcessResult result = device_->Run("echo out; echo err >&2; exit 4", run, std::chrono::seconds(30), true);
  EXPECT_EQ(result.status, 4);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
}

TEST_F(DeviceTest, LeftoversOfProgramsThatAreGoneAreRemovedAndOthersStay) {
  device_->Open();
  const std::string run = device_->MakeRun();
  const std::string host = run.substr(5, 8);
  constexpr const char* kNobody = ".4194999.1";  // above the largest process number
  WriteText(Path("work/runs/" + host + kNobody + "/x"), "left");
  WriteText(Path("work/runs/00000000" + std::string(kNobody) + "/x"), "another PC's");
  device_->Open();
  EXPECT_EQ(Files("work"), std::vector<std::string>{"runs/00000000" + std::string(kNobody) + "/x"});
  EXPECT_TRUE(fs::exists(Path("work/" + run)));
  device_->Remove(run);
  EXPECT_FALSE(fs::exists(Path("work/" + run)));
}

TEST_F(DeviceTest, ARunThatALostLinkLeftIsRemovedWhenTheDeviceIsThereAgain) {
  device_->Open();
  const std::string run = device_->MakeRun();
  link_->before = [](ShellCall&) { throw LinkLost("cut"); };
  device_->Remove(run);
  EXPECT_TRUE(fs::exists(Path("work/" + run)));
  link_->before = nullptr;
  device_->Open();
  EXPECT_FALSE(fs::exists(Path("work/" + run)));
}

TEST_F(DeviceTest, ADeviceThatWasStartedAnewIsSaidToBe) {
  WriteText(Path("boot"), "first\n");
  link_->before = [&](ShellCall& call) {
    const std::string source = "/proc/sys/kernel/random/boot_id";
    if (call.line.find(source) != std::string::npos) Replace(call.line, source, Path("boot").string());
  };
  device_->Open();
  const std::string run = device_->MakeRun();
  WriteText(Path("in.bin"), "aaaa");
  WriteText(Path("boot"), "second\n");
  const std::string anew = "door: was started anew in the middle of the work";
  const std::vector<std::function<void()>> actions = {
      [&] { device_->Put(Path("in.bin"), run + "/in.bin"); },
      [&] { device_->List(run); },
      [&] {
        device_->Fetch(run, {{"in.bin", 4}}, Path("fetched"));
      },
      [&] { device_->Run("true", run, std::chrono::seconds(30), true); },
      [&] { device_->Open(); },
  };
  for (size_t i = 0; i < actions.size(); ++i) {
    EXPECT_EQ(ErrorOf(actions[i]).substr(0, anew.size()), anew) << "action " << i;
  }
  device_->Open();  // it is known now
  EXPECT_EQ(device_->facts().boot, "second");
}

TEST(Status, IsTheLinesOwnAndNothingElse) {
  ProcessResult result;
  result.err = "words\n\nlockstep-status 7\n";
  EXPECT_TRUE(TakeStatus(result));
  EXPECT_EQ(result.status, 7);
  EXPECT_EQ(result.err, "words\n");
  for (const char* text : {"", "words", "\nlockstep-status \n", "\nlockstep-status 300\n", "\nlockstep-status 1"}) {
    result.err = text;
    EXPECT_FALSE(TakeStatus(result)) << text;
  }
  EXPECT_EQ(ShellQuoted("it's $HOME"), "'it'\\''s $HOME'");
}

}  // namespace
}  // namespace lockstep::boards
