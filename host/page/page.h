// One HTML file that shows a model and what is known of it, without anything from elsewhere.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "page/page_data.h"
#include "page/result.h"

namespace lockstep::page {

// What a page is made of. Of NAME.joint the build's NAME.report.json is read too if it lies beside it.
struct Sources {
  std::string command;           // that makes the page, "crosscheck"
  std::filesystem::path model;   // a joint model
  std::vector<Result> results;   // of it
  std::filesystem::path second;  // another build of the same network; empty: none
  std::vector<Result> second_results;
};

// A result from the file that a command's --json wrote; of a profile also its CSV. Throws BadInput and UsageError that
// name the file.
Result ReadResult(ResultKind kind, const std::filesystem::path& file);

// Throws BadInput for a file that is no joint model, or a result of another one.
PageData MakePage(const Sources& sources);

std::string ToHtml(const PageData& page);

// The page of one command's result: `json` is what its --json writes.
std::string ReportOf(const std::filesystem::path& model, ResultKind kind, const std::string& json);

// The same as a file, which appears when it is complete.
void WriteReport(const std::filesystem::path& html, const std::filesystem::path& model, ResultKind kind,
                 const std::string& json);

}  // namespace lockstep::page
