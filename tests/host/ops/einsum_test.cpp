// Einsum by hand, and what of its equation is refused.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "support/plain_evaluator.h"
#include "support/small_graph.h"

namespace lockstep::ops {
namespace {

using graph::Shape;
using testing::PlainTensor;
using testing::SmallGraph;

// Of inputs that count from 0.
PlainTensor Einsum(const std::string& equation, const std::vector<Shape>& shapes) {
  SmallGraph small;
  std::vector<graph::TensorId> inputs;
  testing::PlainTensors values;
  for (const Shape& shape : shapes) {
    const std::string name(1, static_cast<char>('a' + inputs.size()));
    inputs.push_back(small.Input(name, shape));
    values[name].shape = shape;
    for (int64_t i = 0; i < graph::ElementCount(shape); ++i) values[name].values.push_back(static_cast<double>(i));
  }
  const graph::TensorId y = small.Add("Einsum", inputs, {{"equation", equation}});
  const graph::Graph graph = small.Finish({y});
  return testing::EvaluatePlain(graph, values).at(graph.tensor(y).name);
}

void Expect(const std::string& equation, const std::vector<Shape>& shapes, const Shape& shape,
            const std::vector<double>& values) {
  const PlainTensor result = Einsum(equation, shapes);
  EXPECT_EQ(result.shape, shape) << equation;
  EXPECT_EQ(result.values, values) << equation;
}

TEST(Einsum, OneLetterTwiceIsADiagonal) {
  Expect("ii->i", {{3, 3}}, {3}, {0, 4, 8});
  Expect("ii", {{3, 3}}, {}, {12});
  Expect("...ii->...i", {{2, 2, 2}}, {2, 2}, {0, 3, 4, 7});
}

TEST(Einsum, WithoutAnArrowTheLettersComeByTheAlphabet) {
  Expect("ba", {{2, 3}}, {3, 2}, {0, 3, 1, 4, 2, 5});
  Expect("kj,ji", {{1, 2}, {2, 2}}, {2, 1}, {2, 3});
  Expect("aB", {{1, 2}}, {2, 1}, {0, 1});  // as in ASCII, upper case first
  Expect("b...", {{2, 2}}, {2, 2}, {0, 2, 1, 3});
}

TEST(Einsum, BlanksMeanNothing) {
  Expect(" i j , j -> i ", {{2, 2}, {2}}, {2}, {1, 3});
  Expect("... i -> i ...", {{2, 2}}, {2, 2}, {0, 2, 1, 3});
}

TEST(Einsum, AxesOfOneAreBroadcastAndAxesOfNothingGiveZeros) {
  Expect("ij,jk->ik", {{1, 2}, {2, 2}}, {1, 2}, {2, 3});
  Expect("...i,...i->...", {{2, 1, 2}, {2, 2}}, {2, 2}, {1, 3, 3, 13});
  Expect("ij,jk->ik", {{2, 0}, {0, 1}}, {2, 1}, {0, 0});
  Expect("ij,jk->ik", {{0, 2}, {2, 3}}, {0, 3}, {});
}

TEST(Einsum, OfScalars) { Expect(",->", {{}, {}}, {}, {0}); }

TEST(Einsum, RefusesWhatIsNoEquation) {
  const std::pair<const char*, std::vector<Shape>> wrong[] = {
      {"ii->ii", {{2, 2}}},    {"...i->i", {{2, 2}}}, {"ij->k", {{2, 2}}},
      {"i1->i", {{2, 2}}},     {"i->i->i", {{2}}},    {"ij", {{2, 2}, {2}}},
      {"i......->...", {{2}}}, {"ij->i,j", {{2, 2}}}, {"ij,jk->ik", {{2, 2}, {3, 2}}},
      {"i..j->i", {{2, 2}}}};
  for (const auto& [equation, shapes] : wrong) {
    try {
      Einsum(equation, shapes);
      FAIL() << equation;
    } catch (const BadInput& error) {
      EXPECT_NE(std::string(error.what()).find(std::string("'equation' is '") + equation), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace lockstep::ops
