// Linked once with each of the four builds: the same outputs to the bit, on every target; and options of another build
// are refused with its name.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "lockstep/md5.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "runtime/probe/network_digests.h"
#include "support/joint_models.h"

namespace lockstep {
namespace {

class DigestOfLayers final : public RunHook {
 public:
  Status AfterLayer(Session& session, int32_t layer) override {
    for (int32_t i = 0; i < session.model().layer_output_count(layer); ++i) {
      const Md5Digest digest = Md5Of(session.layer_output_rows(layer, i));
      all_.Update(digest.data(), digest.size());
    }
    return Status::Ok();
  }
  std::string Text() { return ToText(all_.Finish()).data(); }

 private:
  Md5 all_;
};

std::string RunDigest(const joint::ModelT& object, const SessionOptions& options) {
  const std::vector<uint8_t> file = test::Write(object);
  Result<Model> model = Model::Copy(file.data(), file.size());
  if (!model.ok()) return model.status().message();
  Result<Session> session = Session::Create(model.value(), options);
  if (!session.ok()) return session.status().message();
  SeededBytes seeded(1);
  for (int32_t i = 0; i < model.value().input_count(); ++i) {
    seeded.Fill(session.value().input(i), session.value().input_info(i).bytes);
  }
  DigestOfLayers digest;
  const Status status = session.value().Run(&digest);
  return status.ok() ? digest.Text() : status.message();
}

// As the reference engine gives them: `network_digests` writes them when the tests are built.
const std::vector<test::NetworkDigest> kDigests = {
#include "network_digests.inc"
};

TEST(FourBuilds, GiveTheSameBytesOnEveryTarget) {
  if (kDigests.empty()) GTEST_SKIP() << "there was no network_digests to ask; build the host first";
  ASSERT_EQ(kDigests.size(), test::kRandomNetworks + 2);
  for (const auto& [seed, digest] : kDigests) {
    EXPECT_EQ(RunDigest(test::NetworkOf(seed), {}), digest)
        << "seed " << seed << "; are the digests from a host build of the same sources?";
  }
}

TEST(FourBuilds, RefuseEachOthersOptionsByName) {
  const std::string build = BuildName();
  SessionOptions options;
  if (build != "debug") {
    options.probe.dump_folder = "somewhere";
    EXPECT_NE(RunDigest(test::SmallNetwork(), options).find("run_joint_debug"), std::string::npos);
    options.probe.dump_folder = nullptr;
  }
  if (build != "profile") {
    options.probe.profile_folder = "somewhere";
    EXPECT_NE(RunDigest(test::SmallNetwork(), options).find("run_joint_profile"), std::string::npos);
    options.probe.profile_folder = nullptr;
  }
  if (build != "nmem") {
    options.probe.memory_path = "somewhere";
    EXPECT_NE(RunDigest(test::SmallNetwork(), options).find("run_joint_nmem"), std::string::npos);
    options.probe.memory_path = nullptr;
  }
  if (build != "release") {
    options.group_rows = true;
    EXPECT_NE(RunDigest(test::SmallNetwork(), options).find("run_joint_release"), std::string::npos);
  }
}

TEST(FourBuilds, SayWhoTheyAre) { EXPECT_STREQ(BuildName(), LOCKSTEP_EXPECTED_BUILD); }

}  // namespace
}  // namespace lockstep
