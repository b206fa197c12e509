// What a page says of the model, and how it stands in its file.
#include "page/page.h"

#include <set>

#include "page/page_json.h"
#include "page/shell.h"
#include "page_fixture.h"
#include "report/json_text.h"

namespace lockstep::page {
namespace {

TEST_F(PageTest, LayersAndEdgesAreTheModels) {
  const PageData page = Make({});
  ASSERT_EQ(page.layers.size(), info_.at("layers").size());
  std::set<std::pair<int, int>> expected, found;
  const Json& layers = info_.at("layers");
  for (size_t to = 0; to < layers.size(); ++to) {
    EXPECT_EQ(page.layers[to].name, layers[to].at("name"));
    for (const Json& input : layers[to].at("inputs")) {
      if (info_.at("tensors").at(input.get<size_t>()).at("constant")) continue;
      int from = -1;
      for (size_t other = 0; other < to; ++other) {
        for (const Json& output : layers[other].at("outputs")) from = output == input ? static_cast<int>(other) : from;
      }
      expected.emplace(from, static_cast<int>(to));
    }
  }
  for (const Edge& edge : page.edges) found.emplace(edge.source, edge.target);
  EXPECT_EQ(found, expected);
}

TEST_F(PageTest, MemoryInUseIsWhatTheBytesOfTheArenaSay) {
  const Memory memory = Make({}).memory;
  const size_t layers = info_.at("layers").size();
  ASSERT_EQ(memory.live.size(), layers);
  int64_t most = 0;
  for (size_t layer = 0; layer < layers; ++layer) {
    std::vector<bool> used(static_cast<size_t>(memory.arena_bytes));
    for (const ArenaTensor& tensor : memory.tensors) {
      if (static_cast<size_t>(tensor.first) > layer || static_cast<size_t>(tensor.last) < layer) continue;
      for (int64_t i = tensor.offset; i < tensor.offset + tensor.bytes; ++i) used.at(static_cast<size_t>(i)) = true;
    }
    const auto bytes = std::count(used.begin(), used.end(), true);
    EXPECT_EQ(memory.live[layer], bytes) << "layer " << layer;
    most = std::max<int64_t>(most, bytes);
  }
  EXPECT_EQ(memory.live[static_cast<size_t>(memory.peak_layer)], most);
  EXPECT_GT(most, memory.arena_bytes / 2);
  EXPECT_LE(most, memory.arena_bytes);
}

TEST_F(PageTest, WeightHistogramsCountEveryWeight) {
  const PageData page = Make({});
  std::set<int> layers;
  for (const Histogram& histogram : page.histograms) {
    uint64_t counted = 0;
    for (const uint64_t count : histogram.counts) counted += count;
    const Json& layer = info_.at("layers").at(static_cast<size_t>(histogram.layer));
    const Json& weights = info_.at("tensors").at(layer.at("inputs").at(1).get<size_t>());
    uint64_t elements = 1;
    for (const Json& extent : weights.at("shape")) elements *= extent.get<uint64_t>();
    EXPECT_EQ(counted, elements) << layer.at("name");
    layers.insert(histogram.layer);
  }
  for (const Json& layer : info_.at("layers")) {
    const bool conv = layer.at("op") == "Conv" || layer.at("op") == "DepthwiseConv";
    EXPECT_EQ(layers.count(layer.at("index").get<int>()), conv ? 1U : 0U) << layer.at("name");
  }
}

TEST_F(PageTest, TwoBuildsStandSideBySide) {
  const PageData page =
      MakePage({"report", model_, {testing::CrosscheckOf(model_, 5)}, model_, {testing::CrosscheckOf(model_, 9)}});
  ASSERT_EQ(page.comparisons.size(), 1U);
  const Measure& second = Named(page, "second.crosscheck.sqnr");
  EXPECT_EQ(second.values[8], 30.0);
  EXPECT_EQ(second.values[9], 6.0);
  EXPECT_EQ(Named(page, "crosscheck.sqnr").values[8], 6.0);
}

TEST_F(PageTest, TheDataStandInTheFileAsTheyAre) {
  PageData page = Make({});
  page.layers[0].name = "</script><!--<script>\xE2\x80\xA8";
  page.title = "{{title}} {{data}}";
  const std::string html = ToHtml(page);
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const size_t from = html.find(begin);
  ASSERT_NE(from, std::string::npos);
  const std::string json = html.substr(from + begin.size(), html.find("</script>", from) - from - begin.size());
  EXPECT_EQ(json.find('<'), std::string::npos);
  EXPECT_EQ(report::ParseJson({json.begin(), json.end()}, "page"), ToJson(page));
}

TEST_F(PageTest, NothingIsFetchedFromElsewhere) {
  const std::string shell = Shell();
  for (const char* word :
       {"<script src", "<link", "@import", "url(http", "{{style}}", "{{libraries}}", "{{scripts}}"}) {
    EXPECT_EQ(shell.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace lockstep::page
