#include "bundle/bundle_manifest.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "graph/error.h"

namespace lockstep::bundle {
namespace {

BundleManifest Example() {
  BundleManifest manifest;
  manifest.version = "0.1.0";
  manifest.compiler_version = "0.1.0";
  manifest.contract = "rq1";
  manifest.model = "net.joint";
  manifest.stripped = true;
  manifest.inputs = {{"street", {"images"}, {"inputs/0_images.bin"}, "expected/0", {{"local", "exact", "all", {}}}}};
  manifest.files = {{"net.joint", 10, "m", "model"},
                    {"inputs/0_images.bin", 3, "i", "input"},
                    {"expected/0/manifest.json", 4, "e", "expected"}};
  return manifest;
}

BundleManifest Parse(const std::string& text) { return ParseBundleManifest({text.begin(), text.end()}, "b.tar.gz"); }

TEST(BundleManifestTest, WhatIsWrittenIsRead) {
  const BundleManifest read = Parse(ToJson(Example()));
  EXPECT_EQ(ToJson(read), ToJson(Example()));
  EXPECT_TRUE(read.stripped);
  EXPECT_EQ(read.inputs.at(0).boards.at(0).board, "local");
  EXPECT_EQ(read.files.at(1).bytes, 3U);
}

TEST(BundleManifestTest, DamageIsNamed) {
  const auto expect = [](const std::function<void(nlohmann::json&)>& change, const std::string& word) {
    nlohmann::json json = nlohmann::json::parse(ToJson(Example()));
    change(json);
    try {
      Parse(json.dump());
      ADD_FAILURE() << word;
    } catch (const BadInput& error) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << word << "\n" << error.what();
    }
  };
  expect([](auto& json) { json["format"] = 2; }, "format 2");
  expect([](auto& json) { json.erase("model"); }, "lacks model");
  expect([](auto& json) { json["model"] = 3; }, "model is no text");
  expect([](auto& json) { json["model"] = "other.joint"; }, "does not list it");
  expect([](auto& json) { json["files"][0]["bytes"] = -1; }, "bytes is no whole number");
  expect([](auto& json) { json["files"][0]["bytes"] = uint64_t{1} << 40; }, "bytes in all");
  expect([](auto& json) { json["files"][1]["name"] = "net.joint"; }, "listed twice");
  expect([](auto& json) { json["inputs"][0]["names"] = nlohmann::json::array(); }, "one file for each name");
  expect([](auto& json) { json["inputs"][0]["expected"] = "../x"; }, "does not list it");
  expect([](auto& json) { json["inputs"] = 1; }, "inputs is no list");
  EXPECT_THROW(Parse("{"), BadInput);
  EXPECT_THROW(Parse("[]"), BadInput);
}

}  // namespace
}  // namespace lockstep::bundle
