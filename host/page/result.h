// What a command found out, as the JSON that it writes, and how it is read.
#pragma once

#include <functional>
#include <string>

#include "page/page_data.h"

namespace lockstep::page {

enum class ResultKind { kBuild, kAnalysis, kCrosscheck, kSensitivity, kTune, kProfile, kMemory };

struct Result {
  ResultKind kind = ResultKind::kBuild;
  std::string source;  // the file that it came from, or the command, for messages
  Json json;
};

// "analyze", "crosscheck": the command whose --json it is.
const char* CommandOf(ResultKind kind);

// The layers of a page by what results call them.
class LayerNames {
 public:
  explicit LayerNames(const PageData& page);

  // By an entry's "index" and "name". Throws BadInput that names `source` where the page's model has no such layer.
  int Of(const Json& entry, const std::string& source) const;
  // The last layer that writes the tensor, or was made from the node; -1: none.
  int OfTensor(const std::string& tensor) const;
  int OfNode(const std::string& node) const;

 private:
  std::vector<std::string> names_;
  std::map<std::string, int> tensors_, nodes_;
};

// The number at the end of a path of keys such as {"end_to_end", "sqnr", "mean"}; NaN where there is none.
double NumberAt(const Json& json, const std::vector<std::string>& path);
// "" where there is none.
std::string TextAt(const Json& json, const char* key);
// The list of that name, or an empty one.
const Json& ListAt(const Json& json, const char* key);

// Puts what a result says into the page, whose layers are there. Each throws BadInput that names the source for JSON
// that is not this command's, or is of another model.
void AddBuild(const Result& result, PageData& page);
void AddAnalysis(const Result& result, PageData& page);
void AddCrosscheck(const Result& result, PageData& page);
void AddSensitivity(const Result& result, PageData& page);
void AddTune(const Result& result, PageData& page);
void AddProfile(const Result& result, PageData& page);
void AddMemory(const Result& result, PageData& page);

// The one of these that fits.
void AddResult(const Result& result, PageData& page);

}  // namespace lockstep::page
