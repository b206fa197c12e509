// A network that is built, and analysed on the pictures it was calibrated with.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "compiler/compiler.h"
#include "import/onnx_export.h"
#include "layerwise/analysis.h"
#include "layerwise/model_and_network.h"
#include "support/small_detector.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::layerwise {

class BuiltNetwork : public testing::FolderTest {
 protected:
  void Build(const graph::Graph& graph, const nlohmann::ordered_json& more = nlohmann::ordered_json::object()) {
    importer::ExportOnnx(graph, Path("net.onnx").string());
    if (!std::filesystem::exists(Path("pictures"))) testing::WritePictures(Path("pictures"), 4);
    nlohmann::ordered_json keys{{"input", Path("net.onnx").string()},
                                {"output_dir", Path("out").string()},
                                {"calibration", Path("pictures").string()},
                                {"precision", "int8"}};
    keys.update(more);
    compiler::Build(compiler::ParseConfig(keys, "test"), {});
    both_ = OpenModelAndNetwork(Path("out"), "");
  }

  AnalyzeOptions Options(int count = 2) const {
    AnalyzeOptions options;
    options.items = ChooseItems(both_, {{"", Path("pictures").string()}}, count);
    return options;
  }

  Analysis Analysed(const AnalyzeOptions& options) const {
    return layerwise::Analyze(both_.graph, both_.file, options, nullptr);
  }

  ModelAndNetwork both_;
};

}  // namespace lockstep::layerwise
