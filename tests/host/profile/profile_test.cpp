#include "profile/profile.h"

#include <gtest/gtest.h>

#include <sstream>

#include "files/output_file.h"
#include "graph/error.h"
#include "profile/compare_profiles.h"
#include "profile/run_profile.h"

namespace lockstep::profile {
namespace {

LayerProfile Layer(int index, const std::string& name, const std::string& op, double avg_ms) {
  LayerProfile layer;
  layer.index = index;
  layer.name = name;
  layer.op = op;
  layer.kernel = op + "_portable";
  layer.onnx_nodes = {"/" + name, "/" + name + "/Relu"};
  layer.min_ms = avg_ms / 2;
  layer.avg_ms = avg_ms;
  layer.max_ms = avg_ms * 2;
  layer.macs = 1000000;
  layer.bytes = 2048;
  return layer;
}

Profile Three() {
  Profile profile;
  profile.board = "door";
  profile.model = "net";
  profile.model_digest = "00";
  profile.target = "mipsel";
  profile.version = "0.1.0";
  profile.runs = 4;
  profile.layers = {Layer(0, "a", "Conv", 1), Layer(1, "b", "Add", 0.5), Layer(2, "c", "Conv", 2.5)};
  return profile;
}

Profile Counted(Profile profile, uint64_t factor) {
  profile.emulator = "qemu-mipsel";
  for (LayerProfile& layer : profile.layers) {
    layer.instructions = factor * (static_cast<uint64_t>(layer.index) + 1);
  }
  return profile;
}

TEST(Profile, ReadsBackWhatItWrites) {
  for (const Profile& profile : {Three(), Counted(Three(), 10000000000U)}) {
    const nlohmann::ordered_json json = ToJson(profile);
    EXPECT_EQ(ToJson(ReadProfile(nlohmann::ordered_json::parse(json.dump()), "x")).dump(), json.dump());
  }
}

TEST(Profile, SumsAreThoseOfTheLayers) {
  const nlohmann::ordered_json json = ToJson(Three());
  EXPECT_EQ(json.at("avg_ms"), 4.0);
  EXPECT_EQ(json.at("measure"), "avg_ms");
  ASSERT_EQ(json.at("operators").size(), 2U);
  EXPECT_EQ(json.at("operators")[0],
            (nlohmann::ordered_json{{"op", "Conv"}, {"layers", 2}, {"macs", 2000000}, {"cost", 3.5}}));
  const std::string text = ToText(Three());
  // 1000000 multiply-accumulates in 2.5 ms; of 4 ms in all.
  EXPECT_NE(text.find("2.500   5.000  62.5%  1.000  0.800"), std::string::npos) << text;
  EXPECT_LT(text.find("the 3 slowest"), text.rfind("    2  c")) << text;
  EXPECT_LT(text.rfind("    2  c"), text.rfind("    0  a")) << text;
}

TEST(Profile, RunsThatAreFarApartAreNoMeasurement) {
  Profile profile = Three();
  EXPECT_NE(ToText(profile).find("the fastest of each layer sum to 2.000 ms: something else ran"), std::string::npos)
      << ToText(profile);
  for (LayerProfile& layer : profile.layers) layer.min_ms = layer.avg_ms / 1.2;
  EXPECT_EQ(ToText(profile).find("far apart"), std::string::npos) << ToText(profile);
  EXPECT_EQ(ToText(Counted(Three(), 1)).find("far apart"), std::string::npos);
}

TEST(Profile, InstructionsAreNeverShownAsTimes) {
  const std::string text = ToText(Counted(Three(), 3000000));
  EXPECT_EQ(text.find(" ms"), std::string::npos) << text;
  EXPECT_NE(text.find("they are no times"), std::string::npos) << text;
  EXPECT_NE(text.find("9000000  50.0%  1.000     9.00"), std::string::npos) << text;
  Profile without = Three();
  without.emulator = "qemu-mipsel";
  without.note = "the plugin is missing";
  EXPECT_NE(ToText(without).find("say nothing of a board"), std::string::npos);
  EXPECT_NE(ToText(without).find("the plugin is missing"), std::string::npos);
}

TEST(Profile, CsvHasALineForEachLayer) {
  std::istringstream lines(ToCsv(Counted(Three(), 7)));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "index,layer,operator,kernel,min_ms,avg_ms,max_ms,macs,bytes,instructions,onnx_nodes");
  std::getline(lines, line);
  EXPECT_EQ(line, "0,a,Conv,Conv_portable,0.5,1,2,1000000,2048,7,/a /a/Relu");
}

// Whoever wrote it: what is wrong is named.
TEST(Profile, WrongJsonIsRefusedByItsKey) {
  const auto error = [](const std::function<void(nlohmann::ordered_json&)>& damage) -> std::string {
    nlohmann::ordered_json json = ToJson(Counted(Three(), 5));
    damage(json);
    try {
      ReadProfile(nlohmann::ordered_json::parse(json.dump()), "a.json");
    } catch (const BadInput& bad) {
      return bad.what();
    }
    return "nothing was wrong";
  };
  for (const char* key : {"format", "model", "model_digest", "target", "version", "emulator", "threads", "runs",
                          "profiling_percent", "layers"}) {
    EXPECT_EQ(error([&](auto& json) { json.erase(key); }).find("a.json is no profile: '" + std::string(key)), 0U)
        << key;
  }
  for (const char* key : {"index", "name", "op", "kernel", "min_ms", "avg_ms", "max_ms", "macs", "bytes"}) {
    EXPECT_EQ(
        error([&](auto& json) { json["layers"][1].erase(key); }).find("a.json is no profile: '" + std::string(key)),
        0U);
    EXPECT_EQ(
        error([&](auto& json) { json["layers"][1][key] = nullptr; }).find("a.json is no profile: '" + std::string(key)),
        0U);
  }
  const std::vector<std::pair<std::function<void(nlohmann::ordered_json&)>, std::string>> damages = {
      {[](auto& json) { json = 3; }, "'format' is missing"},
      {[](auto& json) { json["format"] = 2; }, "'format' must be 1"},
      {[](auto& json) { json["threads"] = 0; }, "'threads' must be"},
      {[](auto& json) { json["layers"] = nlohmann::ordered_json::array(); }, "'layers' must be"},
      {[](auto& json) { json["layers"][1]["index"] = 2; }, "'index' must count"},
      {[](auto& json) { json["layers"][1]["macs"] = -1; }, "'macs' must be"},
      {[](auto& json) { json["layers"][1]["avg_ms"] = -0.5; }, "'avg_ms' must be"},
      {[](auto& json) { json["layers"][1]["name"] = "\x1b[2J"; }, "'name' has control"},
      {[](auto& json) { json["layers"][1]["onnx_nodes"] = {1}; }, "'onnx_nodes' must be"},
      {[](auto& json) { json["layers"][1]["instructions"] = nullptr; }, "'instructions' has gaps"},
  };
  for (const auto& [damage, words] : damages) EXPECT_NE(error(damage).find(words), std::string::npos) << error(damage);
}

TEST(ReadCounts, TakesEveryLayerOnce) {
  EXPECT_EQ(ReadCounts("0 1 10\n1 1 20\n", 2, "q"), (std::vector<uint64_t>{10, 20}));
  for (const char* text : {"", "0 1 10\n", "0 1 10\n1 2 20\n", "1 1 10\n0 1 20\n", "0 1 10\n1 1 20\n2 1 30\n",
                           "0 1 10\n1 1 x\n", "0 1 10\n1 1 20\nx"}) {
    EXPECT_THROW(ReadCounts(text, 2, "q"), BoardError) << text;
  }
}

TEST(CompareProfiles, MatchesByNameAndPutsWhatGotSlowerFirst) {
  Profile b = Three();
  b.layers = {Layer(0, "c", "Conv", 2), Layer(1, "b", "Add", 0.75), Layer(2, "new", "Mul", 0.125),
              Layer(3, "a", "Conv", 1.125)};
  const ProfileComparison comparison = CompareProfiles(Three(), "before", b, "after");
  std::string order;
  for (const ComparedCost& cost : comparison.layers) order += cost.name + " ";
  EXPECT_EQ(order, "b a new c ");  // +0.25, +0.125, +0.125, -0.5
  EXPECT_EQ(comparison.layers[0].Ratio(), 1.5);
  EXPECT_FALSE(comparison.layers[2].a.has_value());
  EXPECT_FALSE(comparison.layers[2].Ratio().has_value());
  EXPECT_EQ(comparison.whole.Ratio(), 1.0);
  order.clear();
  for (const ComparedCost& cost : comparison.operators) order += cost.name + " ";
  EXPECT_EQ(order, "Add Mul Conv ");
  EXPECT_EQ(*comparison.operators[2].a, 3.5);
  EXPECT_EQ(*comparison.operators[2].b, 3.125);
  const std::string text = ToText(comparison, false);
  EXPECT_NE(text.find("A is before\nB is after"), std::string::npos) << text;
  EXPECT_NE(text.find("only B"), std::string::npos) << text;
  const nlohmann::ordered_json json = ToJson(comparison);
  EXPECT_EQ(json.at("layers")[3].at("difference"), -0.5) << json;
  EXPECT_EQ(json.at("layers")[2].at("a"), nullptr) << json;
}

TEST(CompareProfiles, ProfilesOfTwoNetworksAreRefused) {
  Profile other = Three();
  other.layers = {Layer(0, "x", "Conv", 1), Layer(1, "b", "Add", 1), Layer(2, "y", "Conv", 1)};
  try {
    CompareProfiles(Three(), "a.json", other, "b.json");
    FAIL() << "profiles of two networks were compared";
  } catch (const UsageError& error) {
    for (const char* words : {"a.json and b.json are not those of one network", "the first is \"a\"",
                              "the first is \"x\"", "give two profiles of one network"}) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
  }
}

TEST(CompareProfiles, WhatIsNotOfBothIsSaid) {
  EXPECT_TRUE(CompareProfiles(Three(), "a", Three(), "b").notes.empty());
  Profile other = Three();
  other.layers[1].name = "new";
  other.layers[2].macs = 7;
  const ProfileComparison comparison = CompareProfiles(Three(), "a", other, "b");
  const std::string text = ToText(comparison, false);
  EXPECT_NE(text.find("note: 1 of 3 layers of A is none of B's, the first is \"b\"; 1 of 3 layers of B"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("note: 1 layer of one name in both has another number of multiply-accumulates, the first is "
                      "\"c\" with 1000000 in A and 7 in B"),
            std::string::npos)
      << text;
  EXPECT_EQ(ToJson(comparison).at("notes").size(), 2U);
}

TEST(CompareProfiles, LayersOfOneNameAreMatchedInTheirOrder) {
  Profile a = Three();
  a.layers = {Layer(0, "x", "Conv", 1), Layer(1, "x", "Conv", 2)};
  Profile b = Three();
  b.layers = {Layer(0, "x", "Conv", 1), Layer(1, "x", "Conv", 5), Layer(2, "x", "Conv", 7)};
  const ProfileComparison comparison = CompareProfiles(a, "a", b, "b");
  ASSERT_EQ(comparison.layers.size(), 3U);
  EXPECT_FALSE(comparison.layers[0].a.has_value());
  EXPECT_EQ(comparison.layers[1].Difference(), 3);
  EXPECT_EQ(comparison.layers[2].Difference(), 0);
}

TEST(CompareProfiles, TimesOfAnEmulatorAreRefused) {
  const ProfileComparison counted = CompareProfiles(Counted(Three(), 2), "a", Counted(Three(), 3), "b");
  EXPECT_EQ(counted.measure, Measure::kInstructions);
  EXPECT_EQ(counted.whole.Ratio(), 1.5);
  EXPECT_EQ(ToText(counted, false).find(" ms"), std::string::npos);
  try {
    CompareProfiles(Three(), "a.json", Counted(Three(), 3), "b.json");
    FAIL() << "times of a board and of an emulator were compared";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("b.json"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep::profile
