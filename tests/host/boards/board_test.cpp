#include "boards/board.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include "boards/board_actions.h"
#include "boards/board_pool.h"
#include "boards/process.h"
#include "graph/error.h"
#include "process_state.h"
#include "support/temporary_test_folder.h"

namespace lockstep::boards {
namespace {

class BoardTest : public testing::FolderTest {
 protected:
  // A run_joint_debug that is a shell script.
  std::filesystem::path Script(const std::string& text) {
    WriteText(Path("run_joint_debug"), "#!/bin/sh\n" + text);
    std::filesystem::permissions(Path("run_joint_debug"), std::filesystem::perms::owner_all);
    return Path("run_joint_debug");
  }
  std::string ErrorOf(const std::string& script, int seconds = 30) {
    BoardOptions options;
    options.binary = Script(script);
    options.time_limit = std::chrono::seconds(seconds);
    BoardJob job;
    job.model = "model.joint";
    job.inputs = {"in.bin"};
    try {
      MakeBoard("local", options)->Run(job);
    } catch (const BoardError& error) {
      return std::string("board: ") + error.what();
    } catch (const UnsupportedModel& error) {
      return std::string("unsupported:") + error.what();
    } catch (const BadInput& error) {
      return std::string("input: ") + error.what();
    }
    return "";
  }
};

TEST_F(BoardTest, AnUnknownBoardGetsTheNearestName) {
  try {
    MakeBoard("qemu:mipsle", {});
    FAIL() << "an unknown board was made";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean qemu:mipsel?"), std::string::npos) << error.what();
  }
}

TEST_F(BoardTest, AMissingProgramSaysHowToBuildIt) {
  BoardOptions options;
  options.folder = Path("nothing");
  for (const std::string& name : BoardNames()) {
    try {
      MakeBoard(name, options)->Run({});
      FAIL() << name << " ran without a program";
    } catch (const BoardError& error) {
      EXPECT_NE(std::string(error.what()).find("cmake --build --preset"), std::string::npos) << error.what();
    }
  }
}

TEST_F(BoardTest, GetsItsArguments) {
  EXPECT_EQ(ErrorOf("[ \"$1 $2\" = '--data in.bin' ] && [ \"$3\" = model.joint ]\n"), "");
}

TEST_F(BoardTest, ItsLastWordsAreKept) {
  EXPECT_NE(ErrorOf("echo 'no arena left' >&2; exit 5\n").find("ended with status 5: no arena left"),
            std::string::npos);
  EXPECT_EQ(ErrorOf("echo 'damaged' >&2; exit 4\n").substr(0, 6), "input:");
  // The model is not to blame for the board's disk.
  EXPECT_EQ(ErrorOf("echo 'No space left on device' >&2; exit 4\n").substr(0, 6), "board:");
  EXPECT_EQ(ErrorOf("echo 'too new' >&2; exit 3\n").substr(0, 12), "unsupported:");
  EXPECT_NE(ErrorOf("kill -SEGV $$\n").find("status 139"), std::string::npos);
}

TEST_F(BoardTest, OfWhatARunWritesTheOutputsAloneAreKept) {
  ActionOptions options;
  options.action = "run";
  options.name = "local";
  options.build = "debug";
  options.file = Path("model.joint");
  options.output_folder = Path("kept");
  WriteText(options.file, "model");
  WriteText(Path("in.bin"), "input");
  WriteText(Path("kept/mine.bin"), "mine");
  options.board.binary = Script(
      "while [ \"$1\" != --output-folder ]; do shift; done\n"
      "for name in in_a.bin in_b.bin seed_1_a.bin mine.bin in.bin in_c.txt; do echo $name >\"$2/$name\"; done\n"
      "ln -s /etc/passwd \"$2/in_link.bin\"; echo wrote $2/in_a.bin and $2/in_b.bin\n");
  EXPECT_EQ(RunBoardAction(options).text,
            "wrote " + Path("kept/in_a.bin").string() + " and " + Path("kept/in_b.bin").string() + "\n");
  EXPECT_EQ(Files("kept"), (std::vector<std::string>{"mine.bin", "seed_1_a.bin"}));
  options.data = {Path("in.bin")};
  RunBoardAction(options);
  EXPECT_EQ(Files("kept"), (std::vector<std::string>{"in_a.bin", "in_b.bin", "mine.bin", "seed_1_a.bin"}));
  EXPECT_EQ(ReadText(Path("kept/mine.bin")), "mine");
  EXPECT_EQ(ReadText(Path("kept/in_a.bin")), "in_a.bin\n");
}

TEST_F(BoardTest, AProgramThatIsNoRunJointIsSaidToBeNone) {
  EXPECT_NE(ErrorOf("exit 1\n").find("run_joint_debug ended with status 1 and said nothing; give the run_joint_debug"),
            std::string::npos);
  BoardOptions options;
  options.binary = Path("run_joint_debug");
  std::filesystem::permissions(options.binary, std::filesystem::perms::owner_read);
  try {
    MakeBoard("local", options)->Run({});
    FAIL() << "a file that is no program ran";
  } catch (const BoardError& error) {
    EXPECT_NE(std::string(error.what()).find("Permission denied; give the run_joint_debug"), std::string::npos)
        << error.what();
  }
}

TEST_F(BoardTest, ATwiceNamedBoardOrAProgramForSeveralIsRefused) {
  EXPECT_EQ(MakeBoards({"local", "qemu:mipsel"}, {}).size(), 2U);
  EXPECT_THROW(MakeBoards({"local", "qemu:mipsel", "local"}, {}), UsageError);
  BoardOptions options;
  options.binary = "run_joint_debug";
  EXPECT_EQ(MakeBoards({"local"}, options).size(), 1U);
  EXPECT_THROW(MakeBoards({"local", "qemu:mipsel"}, options), UsageError);
  options.folder = "build";
  EXPECT_THROW(MakeBoards({"local"}, options), UsageError);
}

TEST(Boards, CommasMakeAPool) {
  const std::vector<BoardPool> pools = MakePools({"local,qemu:mipsel", "qemu:armv7"}, {});
  ASSERT_EQ(pools.size(), 2U);
  EXPECT_EQ(pools[0].name, "local,qemu:mipsel");
  ASSERT_EQ(pools[0].boards.size(), 2U);
  EXPECT_EQ(pools[0].boards[1]->name(), "qemu:mipsel");
  EXPECT_EQ(pools[1].boards.size(), 1U);
  EXPECT_THROW(MakePools({"local,local"}, {}), UsageError);
  EXPECT_THROW(MakePools({"local,qemu:mipsel", "local"}, {}), UsageError);
  EXPECT_THROW(MakePools({"local,,qemu:mipsel"}, {}), UsageError);
  EXPECT_THROW(MakePools({"local,qemu:mipsl"}, {}), UsageError);
}

TEST_F(BoardTest, TheTimeIsLimited) {
  EXPECT_NE(ErrorOf("exec sleep 60\n", 1).find("did not end within 1 s"), std::string::npos);
}

TEST(Process, KeepsBothStreamsAndTheStatus) {
  const ProcessResult result =
      RunProcess({"sh", "-c", "echo out; echo $WORD >&2; exit 3"}, {{"WORD", "err"}}, std::chrono::seconds(30));
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
}

TEST(Process, ReadsMoreThanAPipeHolds) {
  const ProcessResult result = RunProcess({"head", "-c", "1000000", "/dev/zero"}, {}, std::chrono::seconds(30));
  EXPECT_EQ(result.out.size(), 1000000U);
}

TEST(Process, AMissingProgramIsStatus127) {
  EXPECT_EQ(RunProcess({"no-such-program-anywhere"}, {}, std::chrono::seconds(30)).status, 127);
}

class ProcessTreeTest : public testing::FolderTest {
 protected:
  // The text of a file that a program writes as its first act.
  std::string Written(const std::string& name) {
    WithinTenSeconds([&] { return !ReadText(Path(name)).empty(); });
    std::string text = ReadText(Path(name));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
};

TEST_F(ProcessTreeTest, AProgramDiesWithTheProcessThatRunsIt) {
  const pid_t runner = fork();
  if (runner == 0) {
    RunProcess({"sh", "-c", "echo $$ > '" + Path("pid").string() + "'; exec sleep 60"}, {}, std::chrono::seconds(60));
    _exit(0);
  }
  const std::string program = Written("pid");
  ASSERT_TRUE(IsAlive(program)) << program;
  kill(runner, SIGKILL);
  waitpid(runner, nullptr, 0);
  EXPECT_TRUE(WithinTenSeconds([&] { return !IsAlive(program); })) << program << " outlives its parent";
}

TEST_F(ProcessTreeTest, TheTimeLimitEndsWhatAProgramStarted) {
  const ProcessResult result = RunProcess({"sh", "-c", "sleep 60 & echo $! > '" + Path("pid").string() + "'; wait"}, {},
                                          std::chrono::seconds(1));
  EXPECT_TRUE(result.timed_out);
  const std::string started = Written("pid");
  EXPECT_TRUE(WithinTenSeconds([&] { return !IsAlive(started); })) << started << " goes on";
}

}  // namespace
}  // namespace lockstep::boards
