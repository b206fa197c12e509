// onnx_conformance: ONNX's own conformance data through the float engine.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "conformance/render.h"
#include "conformance/test_set.h"
#include "graph/error.h"

namespace {

using namespace lockstep::conformance;  // NOLINT(google-build-using-namespace): a program of this one room

constexpr int kWrongUsage = 2;  // as `lockstep` has it

int Run(const std::filesystem::path& data, const std::string& filter, bool reasons) {
  size_t run = 0;
  const bool colour = isatty(STDOUT_FILENO) != 0;
  for (const char* set : kSets) {
    const std::vector<Result> results = RunSet(data / set, filter);
    if (results.empty() && !filter.empty()) continue;
    run += results.size();
    std::printf("%s\n%s\n", set, OperatorTable(results, colour).c_str());
    if (reasons) std::printf("%s\n", ReasonList(results).c_str());
    std::printf("%s\n\n", Totals(results).c_str());
  }
  if (run == 0 && !filter.empty()) {
    throw lockstep::UsageError("--filter '" + filter + "' matches no model in '" + data.string() +
                               "'; a name matches whole, as test_relu or '*resize*'");
  }
  return 0;
}

int Report(const char* what, int status) {
  std::fprintf(stderr, "onnx_conformance: %s\n", what);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "ONNX's conformance data (libonnx-testdata) through the float engine; the last line is of the node data");
  std::string data = kInstalledData;
  std::string filter;
  bool reasons = false;
  app.add_option("--data", data, "the folder with the sets node, simple, pytorch-operator and pytorch-converted")
      ->capture_default_str();
  app.add_option("--filter", filter, "only models whose names match, with * and ?");
  app.add_flag("--reasons", reasons, "every model that does not pass, and why");
  app.footer("example:\n  onnx_conformance --filter 'test_resize*' --reasons");
  try {
    app.parse(argc, argv);
    return Run(data, filter, reasons);
  } catch (const CLI::Success& page) {  // --help
    return app.exit(page);
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> unknown = app.remaining();
    const std::string reason = unknown.empty() ? error.what() : "it has no option '" + unknown[0] + "'";
    return Report((reason + "; `onnx_conformance --help` shows what there is").c_str(), kWrongUsage);
  } catch (const lockstep::UsageError& error) {
    return Report(error.what(), kWrongUsage);
  } catch (const lockstep::Error& error) {
    return Report(error.what(), 4);
  }
}
