// The files for other tools say what the page says.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "page/model_explorer.h"
#include "page/notes.h"
#include "report/json_text.h"
#include "results.h"

namespace lockstep::page {
namespace {

Json Parsed(const std::string& text) { return report::ParseJson({text.begin(), text.end()}, "test"); }

TEST(ModelExplorer, TheGraphHasEveryLayerAndEdge) {
  const PageData page = testing::LargePage(120, true);
  const auto files = ModelExplorerFiles(page);
  const Json graph = Parsed(files.at("large.json")).at("graphs").at(0);
  std::set<std::string> ids, labels;
  for (const Json& node : graph.at("nodes")) {
    EXPECT_TRUE(ids.insert(node.at("id").get<std::string>()).second) << node.at("id");
    const std::string place = node.at("namespace").get<std::string>() + "/" + node.at("label").get<std::string>();
    EXPECT_TRUE(labels.insert(place).second) << place;
  }
  EXPECT_EQ(ids.size(), 121U) << "the layers and the input";
  std::set<std::pair<std::string, std::string>> edges, expected;
  for (const Json& node : graph.at("nodes")) {
    if (!node.contains("incomingEdges")) continue;
    for (const Json& edge : node.at("incomingEdges")) {
      const std::string source = edge.at("sourceNodeId").get<std::string>();
      EXPECT_EQ(ids.count(source), 1U) << source;
      edges.emplace(source, node.at("id").get<std::string>());
    }
  }
  for (const Edge& edge : page.edges) {
    expected.emplace(edge.source < 0 ? "input" : std::to_string(edge.source), std::to_string(edge.target));
  }
  EXPECT_EQ(edges, expected);
  const Json& node = graph.at("nodes").at(56);
  EXPECT_EQ(node.at("namespace"), "stage.0/block.5");
  EXPECT_EQ(node.at("label"), "Conv_55 55");
}

TEST(ModelExplorer, FiguresAreThoseOfTheLayers) {
  const PageData page = testing::LargePage(120, false);
  const auto files = ModelExplorerFiles(page);
  EXPECT_EQ(files.size(), 1 + page.measures.size());
  const Json figures = Parsed(files.at("large.analysis.per_layer.sqnr.json")).at("large");
  EXPECT_EQ(figures.at("results").size(), 120U);
  EXPECT_EQ(figures.at("results").at("40").at("value"), 4);
  EXPECT_EQ(figures.at("gradient").at(0).at("bgColor"), "#c8500a") << "low is bad";
  EXPECT_EQ(Parsed(files.at("large.profile.time.json")).at("large").at("gradient").size(), 2U);
}

TEST(Notes, NodesHaveTheirLayersFigures) {
  PageData page = testing::LargePage(12, false);
  page.boards.push_back({"mipsel", 1.0, std::string(11, 'e') + "d", {}});
  const auto notes = NotesByNode(page);
  ASSERT_EQ(notes.size(), 12U);
  const std::vector<Note>& last = notes.at("/node_11");
  const auto has = [&](const Note& note) { return std::find(last.begin(), last.end(), note) != last.end(); };
  EXPECT_TRUE(has({"lockstep.layer", "11 Conv_11"}));
  EXPECT_TRUE(has({"lockstep.board.mipsel", "differs"}));
  EXPECT_TRUE(has({"lockstep.profile.time", "5 ms"}));
  page.measures[0].values[11] = std::nan("");
  for (const Note& note : NotesOf(page, 11)) EXPECT_NE(note.first, "lockstep." + page.measures[0].id);
}

}  // namespace
}  // namespace lockstep::page
