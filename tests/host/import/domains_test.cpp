// ONNX's own domain: its opset, and names of operators that it does not have.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"
#include "optimize/optimize.h"

namespace lockstep::importer {
namespace {

graph::Graph Import(const OnnxWriter& writer) {
  const TemporaryFile file(writer.Bytes());
  return ImportOnnx(file.path(), {});
}

TEST(Domains, AFileHasOneOpset) {
  OnnxWriter writer(13);
  writer.Input("x", {2}).Output("y").Node("Neg", {"x"}, {"y"});
  auto& import = *writer.model.add_opset_import();
  import.set_domain("ai.onnx");
  import.set_version(13);
  EXPECT_NO_THROW(Import(writer));
  import.set_version(11);
  EXPECT_THROW(Import(writer), BadInput);
}

// The compiler's own operators have names that ONNX does not have.
TEST(Domains, AFileHasNoOperatorsOfTheCompiler) {
  for (const std::string domain : {"", "ai.onnx"}) {
    for (const std::string op : {"IsBelow", "IsAtLeast", "IsEqual", "SiLU"}) {
      OnnxWriter writer(17);
      writer.Input("x", {2}).Output("y").Node(op, {"x"}, {"y"}).set_domain(domain);
      const graph::Graph graph = Import(writer);
      EXPECT_EQ(graph.nodes[0].op, "ai.onnx." + op);
      const auto blockers = optimize::FindBlockers(graph);
      ASSERT_EQ(blockers.size(), 1U);
      EXPECT_EQ(blockers[0].reason, "the operator is not supported");
    }
  }
}

}  // namespace
}  // namespace lockstep::importer
