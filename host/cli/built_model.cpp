#include "cli/built_model.h"

#include "graph/error.h"

namespace lockstep::cli {

std::filesystem::path BuiltModel(const compiler::BuildConfig& config, const std::string& page) {
  if (page.empty()) return {};
  const std::filesystem::path model = std::filesystem::path(config.output_dir) / (config.name + ".joint");
  if (!std::filesystem::exists(model)) {
    throw UsageError("--report shows the result on the model that was built, and there is no " + model.string() +
                     "; build it first, or name its folder with --output-dir");
  }
  return model;
}

}  // namespace lockstep::cli
