#include "page/page.h"

#include <algorithm>

#include "files/output_file.h"
#include "graph/error.h"
#include "info/model_info.h"
#include "page/comparison.h"
#include "page/model_part.h"
#include "page/page_json.h"
#include "page/profile_csv.h"
#include "page/shell.h"
#include "page/weight_histograms.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::page {
namespace {

bool HasKind(const std::vector<Result>& results, ResultKind kind) {
  return std::any_of(results.begin(), results.end(), [&](const Result& result) { return result.kind == kind; });
}

PageData PageOf(const std::filesystem::path& model, std::vector<Result> results) {
  std::filesystem::path build = model;
  build.replace_extension(".report.json");
  if (!HasKind(results, ResultKind::kBuild) && std::filesystem::is_regular_file(build)) {
    results.push_back(ReadResult(ResultKind::kBuild, build));
  }

  const Json info = info::DescribeModelFile(model.string(), {});
  if (info.at("kind") != "joint model") {
    throw UsageError(model.string() + " is no joint model; build it first and name the NAME.joint");
  }
  PageData page = FromModel(info);
  for (const Result& result : results) AddResult(result, page);
  return page;
}

// JSON inside a script element: nothing in it may end the element.
std::string InScript(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  const size_t place = text.find(what);
  if (place == std::string::npos) throw std::logic_error("the page has no " + what);
  return text.replace(place, what.size(), by);
}

}  // namespace

Result ReadResult(ResultKind kind, const std::filesystem::path& file) {
  files::RequireFile(file);
  const std::vector<uint8_t> text = files::ReadFile(file);
  if (kind == ResultKind::kProfile && file.extension() == ".csv") {
    return {kind, file.string(), ProfileFromCsv({text.begin(), text.end()}, file.string())};
  }
  return {kind, file.string(), report::ParseJson(text, file.string())};
}

PageData MakePage(const Sources& sources) {
  PageData page = PageOf(sources.model, sources.results);
  page.command = sources.command;
  AddWeightHistograms(files::ReadFile(sources.model), page);
  if (!sources.second.empty()) Compare(PageOf(sources.second, sources.second_results), sources.second.string(), page);
  return page;
}

std::string ToHtml(const PageData& page) {
  const std::string title = report::EscapeHtml(page.title) + " \xE2\x80\x93 Lockstep";
  // The title's place comes first in the page, so that no name in the data is taken for it, nor the data's for one.
  return Replaced(Replaced(Shell(), "{{data}}", InScript(report::JsonText(ToJson(page)))), "{{title}}", title);
}

std::string ReportOf(const std::filesystem::path& model, ResultKind kind, const std::string& json) {
  const std::string command = CommandOf(kind);
  const std::vector<uint8_t> bytes(json.begin(), json.end());
  return ToHtml(MakePage({command, model, {{kind, command, report::ParseJson(bytes, command)}}, {}, {}}));
}

void WriteReport(const std::filesystem::path& html, const std::filesystem::path& model, ResultKind kind,
                 const std::string& json) {
  files::WriteFile(html, ReportOf(model, kind, json));
}

}  // namespace lockstep::page
