// A judgement for the report and for people.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "judge/judge.h"

namespace lockstep::judge {

// What the user asked every output to have.
struct Required {
  std::optional<double> cosine;
  std::optional<double> sqnr_db;
};

// A line for each output that has less.
std::vector<std::string> Misses(const Judgement& judgement, const Required& required);

nlohmann::ordered_json ToJson(const Judgement& judgement);

// "" for a good model, else the heading and every finding with what to do; findings beyond the first few are counted.
std::string WarningText(const Judgement& judgement);

}  // namespace lockstep::judge
