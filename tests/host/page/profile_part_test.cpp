// Times and instructions of layers on a page.
#include "files/output_file.h"
#include "page/page_json.h"
#include "page_fixture.h"

namespace lockstep::page {
namespace {

class ProfilePartTest : public PageTest {};

TEST_F(ProfilePartTest, AProfileIsReadFromCsv) {
  files::WriteFile(Path("profile.csv"), testing::ProfileCsvOf(model_, 3));
  const PageData page = Make({ReadResult(ResultKind::kProfile, Path("profile.csv"))});
  EXPECT_EQ(Named(page, "profile.time").values[3], 100.0);
  EXPECT_EQ(Named(page, "profile.time").values[2], 3.0);
  EXPECT_EQ(Named(page, "profile.bytes").values[2], 6144.0);
  double shares = 0.0;
  for (const double share : Named(page, "profile.share").values) shares += share;
  EXPECT_NEAR(shares, 100.0, 1e-9);
  EXPECT_NEAR(Named(page, "profile.gops").values[0], 2e-6 * info_.at("layers").at(0).at("macs").get<double>(), 1e-9);
}

// One run in which something else had the processor makes a layer's average anything.
TEST_F(ProfilePartTest, TimesAreThoseOfTheFastestRuns) {
  files::WriteFile(Path("quiet.csv"), testing::ProfileCsvOf(model_, 3));
  files::WriteFile(Path("disturbed.csv"), testing::ProfileCsvOf(model_, 3, 1));
  const auto verdicts = [](const PageData& page) {
    std::string text;
    for (const Verdict& verdict : page.verdicts) text += verdict.from == "profile" ? verdict.text : "";
    return text;
  };
  const PageData quiet = Make({ReadResult(ResultKind::kProfile, Path("quiet.csv"))});
  const PageData disturbed = Make({ReadResult(ResultKind::kProfile, Path("disturbed.csv"))});
  EXPECT_EQ(Named(disturbed, "profile.time").values, Named(quiet, "profile.time").values);
  EXPECT_EQ(Named(disturbed, "profile.share").values, Named(quiet, "profile.share").values);
  EXPECT_EQ(Named(disturbed, "profile.gops").values[1], Named(quiet, "profile.gops").values[1]);
  EXPECT_EQ(Named(disturbed, "profile.average").values[1], 600.0);
  EXPECT_EQ(Named(disturbed, "profile.slowest").values[1], 900.0);
  EXPECT_EQ(verdicts(quiet), "");
  const std::string warning = verdicts(disturbed);
  EXPECT_NE(warning.find("layer 1 " + disturbed.layers[1].name + " from 2 to 900 ms"), std::string::npos) << warning;
  EXPECT_NE(warning.find("repeat it on a quiet machine"), std::string::npos) << warning;
}

TEST_F(ProfilePartTest, TimesAreAveragesWhereNothingElseIsKnown) {
  files::WriteFile(Path("p.csv"),
                   "index,layer,avg_ms\n0," + info_.at("layers").at(0).at("name").get<std::string>() + ",7\n");
  const PageData page = Make({ReadResult(ResultKind::kProfile, Path("p.csv"))});
  EXPECT_EQ(Named(page, "profile.time").values[0], 7.0);
  EXPECT_EQ(Named(page, "profile.time").explain, "of one run, on average");
}

TEST_F(ProfilePartTest, SeveralProfilesAreThoseOfSeveralBoards) {
  files::WriteFile(Path("profile.csv"), testing::ProfileCsvOf(model_, 3));
  Result first = ReadResult(ResultKind::kProfile, Path("profile.csv"));
  Result second = first;
  first.json["board"] = "quick";
  second.json["board"] = "slow";
  for (Json& layer : second.json["layers"]) layer["min_ms"] = 2.0 * layer.at("min_ms").get<double>();
  const PageData page = Make({first, second});
  EXPECT_EQ(Named(page, "profile.time").from, "quick");
  EXPECT_EQ(Named(page, "profile2.time").from, "slow");
  EXPECT_EQ(Named(page, "profile.time").values[3], 100.0);
  EXPECT_EQ(Named(page, "profile2.time").values[3], 200.0);
}

TEST_F(ProfilePartTest, InstructionsCountWhereAnEmulatorCountedThem) {
  files::WriteFile(Path("profile.csv"), testing::ProfileCsvOf(model_, 3));
  Result profile = ReadResult(ResultKind::kProfile, Path("profile.csv"));
  for (Json& layer : profile.json["layers"]) layer["instructions"] = layer.at("index") == 1 ? 3000000 : 1000000;
  profile.json["emulator"] = "qemu-mipsel";
  const PageData page = Make({profile});
  EXPECT_EQ(Named(page, "profile.instructions").values[1], 3.0);
  EXPECT_NEAR(Named(page, "profile.share").values[1], 300.0 / (2.0 + page.layers.size()), 1e-9);
  EXPECT_FALSE(Named(page, "profile.time").shown);
}

TEST_F(ProfilePartTest, TimesThatAreNoneAreNotKnown) {
  files::WriteFile(Path("p.csv"), std::string("index,layer,avg_ms\n0,a,inf\n1,b,1e999\n2,c,\n"));
  const Result result = ReadResult(ResultKind::kProfile, Path("p.csv"));
  for (const Json& layer : result.json.at("layers")) {
    EXPECT_TRUE(layer.at("avg_ms").is_null()) << layer;
  }
}

}  // namespace
}  // namespace lockstep::page
