// How far two tensors may be apart: for all of them, and for some by name.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dump/compare_elements.h"

namespace lockstep::compare {

struct Limits {
  dump::Tolerance tolerance;
  double min_cosine = 0.0;  // 0: not asked for

  bool asked() const { return tolerance.atol > 0 || tolerance.rtol > 0 || min_cosine > 0; }
};

// What is said of one tensor; the rest holds as for all.
struct LimitChange {
  std::optional<double> atol;
  std::optional<double> rtol;
  std::optional<double> min_cosine;

  Limits AppliedTo(Limits limits) const;
};

// "NAME:atol=0.1,min_cosine=0.99". Throws UsageError that names the key.
std::pair<std::string, LimitChange> ParseLimitChange(const std::string& text);

// {"NAME": {"atol": 0.1, "rtol": 0, "min_cosine": 0.99}, ..}. Throws UsageError that names file and key.
std::map<std::string, LimitChange> ReadLimitFile(const std::filesystem::path& file);

// One of atol, rtol and min_cosine; throws UsageError that begins with `where` for other keys and values.
void SetLimit(LimitChange& change, const std::string& key, double value, const std::string& where);

class LimitTable {
 public:
  LimitTable(Limits all, std::map<std::string, LimitChange> changes) : all_(all), changes_(std::move(changes)) {}

  // Of a tensor that goes by all of these names.
  Limits Of(const std::vector<std::string>& names);

  // Throws UsageError for a name that no tensor had.
  void RequireAllUsed() const;

 private:
  Limits all_;
  std::map<std::string, LimitChange> changes_;
  std::map<std::string, bool> used_;
  std::vector<std::string> known_;  // the first name of every tensor
};

}  // namespace lockstep::compare
