#include "import/annotate.h"

#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include "files/output_file.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "import/onnx_import.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::importer {
namespace {

using google::protobuf::UnknownFieldSet;
using Raw = std::vector<std::string>;

// The fields of that number in a message, without any knowledge of ONNX.
Raw Fields(const std::string& message, int number) {
  UnknownFieldSet set;
  EXPECT_TRUE(set.ParseFromString(message));
  Raw fields;
  for (int i = 0; i < set.field_count(); ++i) {
    if (set.field(i).number() == number) fields.push_back(set.field(i).length_delimited());
  }
  return fields;
}

class AnnotateTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    testing::FolderTest::SetUp();
    testing::SmallGraph net;
    const graph::TensorId x = net.Input("x", {1, 3, 8, 8});
    graph_ = net.Finish({net.Add("Tanh", {net.Add("Relu", {net.Conv(x, 3, 4, 3)})})});
    path_ = Path("net.onnx").string();
    ExportOnnx(graph_, path_);
  }

  graph::Graph graph_;
  std::string path_;
};

TEST_F(AnnotateTest, NotesAreField9OfTheNodes) {
  const std::string node = graph_.nodes[1].name;
  const std::string value = std::string(300, 'v') + " dB";  // longer than one byte of a length says
  const AnnotatedOnnx annotated = AnnotateOnnx(path_, {{node, {{"lockstep.sqnr", value}, {"lockstep.bits", "8"}}}});
  EXPECT_EQ(annotated.nodes, static_cast<int>(graph_.nodes.size()));
  EXPECT_EQ(annotated.annotated, 1);
  size_t found = 0;
  for (const std::string& raw : Fields(Fields(annotated.file, 7).at(0), 1)) {  // ModelProto.graph, GraphProto.node
    const Raw notes = Fields(raw, 9);
    if (Fields(raw, 3) != Raw{node}) {
      EXPECT_TRUE(notes.empty());
      continue;
    }
    ASSERT_EQ(notes.size(), 2U);
    EXPECT_EQ(Fields(notes[0], 1), Raw{"lockstep.sqnr"});
    EXPECT_EQ(Fields(notes[0], 2), Raw{value});
    EXPECT_EQ(Fields(notes[1], 1), Raw{"lockstep.bits"});
    ++found;
  }
  EXPECT_EQ(found, 1U);
}

TEST_F(AnnotateTest, TheNetworkIsTheSame) {
  const AnnotatedOnnx annotated = AnnotateOnnx(path_, {{graph_.nodes[0].name, {{"a", "b"}}}});
  files::WriteFile(Path("annotated.onnx"), annotated.file);
  EXPECT_EQ(SerializeOnnx(ImportOnnx(Path("annotated.onnx").string(), {})), SerializeOnnx(ImportOnnx(path_, {})));
}

TEST_F(AnnotateTest, NotesOfTheSameKeyAreReplacedAndOthersStay) {
  const std::string node = graph_.nodes[0].name;
  files::WriteFile(Path("first.onnx"), AnnotateOnnx(path_, {{node, {{"a", "1"}, {"b", "2"}}}}).file);
  const AnnotatedOnnx second = AnnotateOnnx(Path("first.onnx").string(), {{node, {{"b", "3"}, {"c", "4"}}}});
  const std::map<std::string, Notes> expected{{node, {{"a", "1"}, {"b", "3"}, {"c", "4"}}}};
  EXPECT_EQ(NotesOf(second.file), expected);
}

TEST_F(AnnotateTest, WhatIsNoModelIsRefused) {
  files::WriteFile(Path("no.onnx"), std::string("not a model"));
  EXPECT_THROW(AnnotateOnnx(Path("no.onnx").string(), {}), BadInput);
  EXPECT_THROW(AnnotateOnnx(Path("missing.onnx").string(), {}), BadInput);
}

}  // namespace
}  // namespace lockstep::importer
