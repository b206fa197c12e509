// Which bits every tensor gets, expected tensor by tensor.
#include "quantize/activation_bits.h"

#include <gtest/gtest.h>

#include "small_graph.h"

namespace lockstep::quantize {
namespace {

using Kind = Scope::Kind;

Rule Bits(int bits, Kind kind, const std::string& pattern) {
  Rule rule;
  rule.source = "activation_bits";
  rule.scopes = {{kind, pattern}};
  rule.choices.activation_bits = bits;
  return rule;
}

// x -> stem (Conv+SiLU) -> view (Reshape) -> left (Conv), and stem -> right (Conv+SiLU); left and right -> joined
// (Concat) -> last (Conv) -> y (Reshape, the output).
class BitsOfTensors : public testing::Test {
 protected:
  void SetUp() override {
    net_.Input("x", {1, 2, 4, 4});
    net_.Conv("stem", net_.Id("x"), 2, {1, 0, 0, 1});
    net_.Fuse(graph::ActivationKind::kSilu);
    net_.Node("Reshape", "view", {net_.Id("stem"), net_.Integers("shape", {1, 2, 4, 4})}, {1, 2, 4, 4});
    net_.Conv("left", net_.Id("view"), 2, {1, 0, 0, 1});
    net_.Conv("right", net_.Id("stem"), 2, {1, 0, 0, 1});
    net_.Fuse(graph::ActivationKind::kSilu);
    net_.Node("Concat", "joined", {net_.Id("left"), net_.Id("right")}, {1, 4, 4, 4});
    net_.Conv("last", net_.Id("joined"), 1, {1, 1, 1, 1});
    net_.Node("Reshape", "y", {net_.Id("last"), net_.Id("shape")}, {1, 1, 4, 4});
    net_.Output(net_.Id("y"));
  }

  // "x=8 stem.pre=8 ..." of what is not 8.
  std::string Odd(const PolicySettings& settings, int tail_bits = 8) {
    const Widths widths = ChooseActivationWidths(net_.graph, tail_bits, ResolvePolicy(net_.graph, settings));
    std::string text;
    for (const char* name : {"x", "stem.pre", "stem", "view", "left", "right.pre", "right", "joined", "last", "y"}) {
      const int width = widths[static_cast<size_t>(net_.Id(name))];
      if (width != 8) text += std::string(name) + "=" + std::to_string(width) + " ";
    }
    return text;
  }

  SmallGraph net_;
};

TEST_F(BitsOfTensors, WithoutSettingsThereAre8) { EXPECT_EQ(Odd({}), ""); }

TEST_F(BitsOfTensors, OfAll) {
  EXPECT_EQ(Odd({Bits(12, Kind::kAll, "")}),
            "x=12 stem.pre=12 stem=12 view=12 left=12 right.pre=12 right=12 joined=12 last=12 y=12 ");
  EXPECT_EQ(Odd({Bits(4, Kind::kAll, "")}), "x=4 stem=4 view=4 left=4 right=4 joined=4 last=4 y=4 ")
      << "what indexes a table keeps 8 bits";
}

TEST_F(BitsOfTensors, AnOperatorWritesWhatItsReadersRead) {
  EXPECT_EQ(Odd({Bits(16, Kind::kNode, "stem")}), "x=16 stem.pre=16 ");
  EXPECT_EQ(Odd({Bits(16, Kind::kNode, "left")}), "stem.pre=16 stem=16 view=16 ") << "through the view";
  EXPECT_EQ(Odd({Bits(16, Kind::kNode, "right")}), "stem.pre=16 stem=16 view=16 right.pre=16 ")
      << "a view has one width on both sides";
  EXPECT_EQ(Odd({Bits(16, Kind::kNode, "last")}), "left=16 right.pre=16 right=16 joined=16 last=16 y=16 ")
      << "through the Concat; nothing reads the output, so it has what its node reads";
}

TEST_F(BitsOfTensors, TheReaderThatAsksForMostDecides) {
  EXPECT_EQ(Odd({Bits(4, Kind::kNode, "left")}), "") << "right reads 8 bits";
  EXPECT_EQ(Odd({Bits(4, Kind::kNode, "left"), Bits(6, Kind::kNode, "right")}), "stem=6 view=6 ");
}

TEST_F(BitsOfTensors, AConcatThatIsNamedReadsWhatItIsTold) {
  EXPECT_EQ(Odd({Bits(16, Kind::kNode, "joined")}), "left=16 right.pre=16 right=16 ");
}

TEST_F(BitsOfTensors, OfOperatorsAndSubgraphs) {
  EXPECT_EQ(Odd({Bits(10, Kind::kOperator, "Conv"), Bits(4, Kind::kNode, "stem")}),
            "x=4 stem.pre=10 stem=10 view=10 left=10 right.pre=10 right=10 joined=10 last=10 y=10 ");
  EXPECT_EQ(Odd({Bits(16, Kind::kSubgraph, "stem..left")}), "x=16 stem.pre=16 stem=16 view=16 ");
}

TEST_F(BitsOfTensors, OfTensors) {
  EXPECT_EQ(Odd({Bits(16, Kind::kTensor, "right")}), "right.pre=16 right=16 ");
  EXPECT_EQ(Odd({Bits(16, Kind::kTensor, "view")}), "stem.pre=16 stem=16 view=16 ") << "a view has no own bits";
  EXPECT_EQ(Odd({Bits(16, Kind::kTensor, "right.pre")}), "right.pre=16 ");
  EXPECT_EQ(Odd({Bits(4, Kind::kTensor, "stem"), Bits(16, Kind::kNode, "left")}), "stem=4 view=4 ")
      << "what names the tensor beats what names its readers";
}

TEST_F(BitsOfTensors, InFrontOfTables) {
  Rule table;
  table.scopes = {{Kind::kNode, "stem"}};
  table.choices.table_input_bits = 12;
  EXPECT_EQ(Odd({table}), "stem.pre=12 ");
  EXPECT_EQ(Odd({table, Bits(16, Kind::kAll, "")}),
            "x=16 stem.pre=12 stem=16 view=16 left=16 right.pre=16 right=16 joined=16 last=16 y=16 ");
}

TEST_F(BitsOfTensors, TheTailHasItsOwnUnlessNamed) {
  EXPECT_EQ(Odd({}, 16), "last=16 y=16 ");
  EXPECT_EQ(Odd({Bits(4, Kind::kAll, "")}, 16), "x=4 stem=4 view=4 left=4 right=4 joined=4 last=16 y=16 ");
  EXPECT_EQ(Odd({Bits(10, Kind::kNode, "last")}, 16), "left=10 right.pre=10 right=10 joined=10 last=10 y=10 ");
}

TEST_F(BitsOfTensors, NodesInFloatsAskForNothing) {
  Rule floats;
  floats.scopes = {{Kind::kNode, "right"}};
  floats.choices.floats = true;
  EXPECT_EQ(Odd({floats, Bits(4, Kind::kNode, "left")}), "stem=4 view=4 right.pre=0 ");
}

TEST(BitsOfConstants, AreThoseOfTheResultAndAtLeast8) {
  SmallGraph net;
  net.Input("x", {1, 2, 4, 4});
  net.Constant("half", {1, 1, 1, 1}, {0.5F});
  net.Node("Add", "sum", {net.Id("x"), net.Id("half")}, {1, 2, 4, 4});
  net.Conv("y", net.Id("sum"), 1, {1, 1});
  net.Output(net.Id("y"));
  const auto bits_of_half = [&](int bits) {
    graph::Graph graph = net.graph;
    const Widths widths = ChooseWidths(graph, 8, ResolvePolicy(graph, {Bits(bits, Kind::kNode, "y")}));
    EXPECT_EQ(widths[static_cast<size_t>(net.Id("sum"))], bits);
    return widths[static_cast<size_t>(net.Id("half"))];
  };
  EXPECT_EQ(bits_of_half(4), 8);
  EXPECT_EQ(bits_of_half(12), 12);
}

}  // namespace
}  // namespace lockstep::quantize
