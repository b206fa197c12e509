// Spans of more runs than fit in memory come back as they were.
#include "probe/span_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "support/largest_file.h"
#include "support/temporary_folder.h"

namespace lockstep {
namespace {

void KeepRuns(SpanStore& store, uint64_t runs) {
  for (uint64_t run = 0; run < runs; ++run) {
    for (size_t i = 0; i < store.spans(); ++i) store.present()[i] = {run * 1000 + i, run + i};
    store.Keep();
  }
}

TEST(SpanStore, GivesEveryRunBack) {
  const test::TemporaryFolder folder;
  // Runs that the memory has room for: 4096, 65, 1 and 1.
  for (const size_t spans : {size_t{1}, size_t{1000}, size_t{65536}, size_t{70000}}) {
    for (const uint64_t runs : {1U, 3U, 64U, 65U, 66U, 130U}) {
      SpanStore store;
      ASSERT_TRUE(store.Prepare(folder.path().c_str(), spans).ok());
      KeepRuns(store, runs);
      EXPECT_EQ(test::FilesIn(folder.path()), std::vector<std::string>()) << "its file has no name";
      uint64_t run = 0;
      const Status status = store.Read([&](const Span* read) {
        for (size_t i = 0; i < spans; ++i) {
          ASSERT_EQ(read[i].begin, run * 1000 + i) << "run " << run << ", span " << i << " of " << spans;
          ASSERT_EQ(read[i].end, run + i) << "run " << run << ", span " << i << " of " << spans;
        }
        ++run;
      });
      EXPECT_TRUE(status.ok()) << status.message();
      EXPECT_EQ(run, runs) << spans;
    }
  }
}

TEST(SpanStore, AFolderThatIsGoneIsAnErrorThatNamesIt) {
  const test::TemporaryFolder folder;
  const std::string gone = folder / "gone";
  SpanStore store;
  ASSERT_TRUE(store.Prepare(gone.c_str(), 70000).ok());
  KeepRuns(store, 2);
  const Status status = store.Read([](const Span*) { FAIL() << "there is nothing to read"; });
  EXPECT_EQ(status.code(), StatusCode::kUnreadable);
  EXPECT_NE(std::string(status.message()).find(gone), std::string::npos) << status.message();
}

TEST(SpanStore, AFullDiskIsAnError) {
  const test::TemporaryFolder folder;
  SpanStore store;
  ASSERT_TRUE(store.Prepare(folder.path().c_str(), 70000).ok());
  {
    const test::LargestFile limit(100000);  // in the middle of the first run
    KeepRuns(store, 2);
  }
  const Status status = store.Read([](const Span*) { FAIL() << "not all was written"; });
  EXPECT_EQ(status.code(), StatusCode::kUnreadable);
  EXPECT_NE(std::string(status.message()).find("File too large"), std::string::npos) << status.message();
  EXPECT_NE(std::string(status.message()).find(folder.path()), std::string::npos) << status.message();
}

TEST(SpanStore, ALinkUnderTheNameOfItsFileIsNotFollowed) {
  const test::TemporaryFolder folder;
  test::WriteFile(folder / "precious", {'o', 'l', 'd'});
  ASSERT_EQ(symlink((folder / "precious").c_str(), (folder / "trace.part").c_str()), 0);
  SpanStore store;
  ASSERT_TRUE(store.Prepare(folder.path().c_str(), 70000).ok());
  KeepRuns(store, 3);
  uint64_t run = 0;
  const Status status = store.Read([&](const Span* read) { EXPECT_EQ(read[1].begin, run++ * 1000 + 1); });
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(run, 3U);
  EXPECT_EQ(test::ReadText(folder / "precious"), "old");
  EXPECT_EQ(test::FilesIn(folder.path()), std::vector<std::string>{"precious"});
}

}  // namespace
}  // namespace lockstep
