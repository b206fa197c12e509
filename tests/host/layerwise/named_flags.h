// Flags that a text tells the reader to give.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "graph/error.h"
#include "settings/command_line.h"

namespace lockstep::layerwise {

// The words of a text; what stands in quotation marks is one, without them.
inline std::vector<std::string> WordsOf(const std::string& text) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '\n') {
      words.insert(words.end(), {"\n", ""});  // no value stands behind it
    } else if (!quoted && std::string(" `()").find(c) != std::string::npos) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  words.erase(std::remove(words.begin(), words.end(), ""), words.end());
  return words;
}

// That `lockstep build` takes every flag that the text names, with the value behind it if there is one; but those of
// `analyze` itself.
inline void ExpectFlagsOfBuild(const std::string& text) {
  static const std::set<std::string> kOfAnalyze{"--sort", "--per-layer"};
  static const std::set<std::string> kNoValue{"\n", "and", "or", "if", "of", "that", "them", "for"};
  const std::vector<std::string> words = WordsOf(text);
  for (size_t i = 0; i < words.size(); ++i) {
    std::string flag = words[i];
    if (flag.rfind("--", 0) != 0) continue;
    const size_t end = flag.find_first_of(",;:.");
    const bool ends = end != std::string::npos;
    flag.resize(std::min(flag.size(), end));
    if (kOfAnalyze.count(flag) != 0) continue;
    const settings::Setting* setting = nullptr;
    for (const settings::Setting& one : settings::Table()) {
      if (one.Flag() == flag && (one.acts_in & settings::kBuild) != 0) setting = &one;
    }
    ASSERT_NE(setting, nullptr) << flag << " is no flag of build: " << text;
    std::string value = ends || i + 1 == words.size() ? "" : words[i + 1];
    while (!value.empty() && std::string(",;:").find(value.back()) != std::string::npos) value.pop_back();
    if (value.empty() || value[0] == '-' || kNoValue.count(value) != 0) continue;
    settings::Json given{{"input", "net.onnx"}, {"output_dir", "out"}, {"calibration", "pictures"}};
    CLI::App app;
    settings::DeclareOptions(app, settings::kBuild, given);
    std::vector<std::string> reversed{value, flag};
    try {
      app.parse(reversed);
      settings::Resolve(settings::kBuild, given, "test");
    } catch (const CLI::Error& error) {
      ADD_FAILURE() << flag << " " << value << ": " << error.what() << "\n" << text;
    } catch (const Error& error) {
      ADD_FAILURE() << flag << " " << value << ": " << error.what() << "\n" << text;
    }
  }
}

}  // namespace lockstep::layerwise
