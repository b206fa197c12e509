// Builds with corrections, on pictures made by code.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "compiler/compiler.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {

using nlohmann::ordered_json;

class CorrectionsTest : public testing::FolderTest {
 protected:
  void SetUp() override { testing::WritePictures(Path("pictures"), 12); }

  BuildConfig ConfigOf(const graph::Graph& graph, const ordered_json& more) {
    importer::ExportOnnx(graph, Path("net.onnx").string());
    ordered_json keys{{"input", Path("net.onnx").string()},
                      {"output_dir", Path("out").string()},
                      {"calibration", Path("pictures").string()},
                      {"count", 6},
                      {"tail_bits", 8},
                      {"precision", "int8"}};
    keys.update(more);
    return ParseConfig(keys, "test");
  }
  BuildResult BuildWith(const graph::Graph& graph, const ordered_json& more) {
    return Build(ConfigOf(graph, more), {});
  }

  // Of the integer model's output beside the float network's, on pictures that the calibration did not use.
  static double Sqnr(const ordered_json& report) {
    const ordered_json& judgement = report.at("judgement");
    EXPECT_TRUE(judgement.at("held_back"));
    for (const ordered_json& tensor : judgement.at("tensors")) {
      if (tensor.at("output")) return tensor.at("sqnr_db");
    }
    ADD_FAILURE() << "no output was judged";
    return 0.0;
  }

  // In dB; 6.02 is half the error.
  double Gain(const graph::Graph& graph, const ordered_json& without, const ordered_json& with) {
    const double before = Sqnr(BuildWith(graph, without).summary);
    ordered_json both = without;
    both.update(with);
    const double after = Sqnr(BuildWith(graph, both).summary);
    RecordProperty("sqnr_before", std::to_string(before));
    RecordProperty("sqnr_after", std::to_string(after));
    std::printf("%s: %.2f dB, %.2f dB\n", with.dump().c_str(), before, after);
    return after - before;
  }
};

}  // namespace lockstep::compiler
