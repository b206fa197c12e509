// What is known of one stage on the way from a picture to a result.
#pragma once

#include <string>
#include <vector>

namespace lockstep::checklist {

enum class Standing {
  kGood,
  kBad,
  kUnclear,  // there is data, but it is too weak to say
  kNoData,
};

const char* StandingName(Standing standing);  // "good", "bad", "unclear", "no_data"

struct StageTable {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;
};

struct Stage {
  std::string name;
  Standing standing = Standing::kNoData;
  std::string verdict;                // one line: where it stands, or which file would say it
  std::vector<std::string> findings;  // one line each
  StageTable table;                   // may be empty
};

// The stages one below the other; a single one without its name in front.
std::string ToText(const std::vector<Stage>& stages, bool colour);
std::string ToJson(const std::vector<Stage>& stages);

// Whether one of them is bad.
bool AnyBad(const std::vector<Stage>& stages);

}  // namespace lockstep::checklist
