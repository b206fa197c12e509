// What a page says of the model, and how it stands in its file.
#include "page/page.h"

#include <algorithm>
#include <set>

#include "files/output_file.h"
#include "page/page_json.h"
#include "page/shell.h"
#include "page_fixture.h"
#include "report/json_text.h"
#include "support/joint_models.h"

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

// Marks the bytes of what a layer needs; false where one was marked before.
bool Mark(const ArenaPart& part, int layer, std::vector<bool>& bytes) {
  if (part.first > layer || part.last < layer) return true;
  bool free = true;
  for (int64_t i = part.offset; i < part.offset + part.bytes; ++i) {
    free = free && !bytes.at(static_cast<size_t>(i));
    bytes.at(static_cast<size_t>(i)) = true;
  }
  return free;
}

void ExpectBlocksAreWhatIsInUse(const Memory& memory, size_t layers) {
  ASSERT_EQ(memory.live.size(), layers);
  int64_t most = 0;
  for (int layer = 0; layer < static_cast<int>(layers); ++layer) {
    std::vector<bool> used(static_cast<size_t>(memory.arena_bytes));
    for (const ArenaPart& block : memory.blocks) {
      EXPECT_TRUE(Mark(block, layer, used)) << block.name << " overlaps another in layer " << layer;
    }
    const auto bytes = std::count(used.begin(), used.end(), true);
    EXPECT_EQ(memory.live[static_cast<size_t>(layer)], bytes) << "layer " << layer;
    most = std::max<int64_t>(most, bytes);
    for (const ArenaPart& view : memory.views) Mark(view, layer, used);
    EXPECT_EQ(std::count(used.begin(), used.end(), true), bytes)
        << "a view lies outside of the blocks, layer " << layer;
  }
  EXPECT_EQ(memory.live[static_cast<size_t>(memory.peak_layer)], most);
  EXPECT_GT(most, memory.arena_bytes / 2);
  EXPECT_LE(most, memory.arena_bytes);
}

TEST_F(PageTest, MemoryInUseIsWhatTheBytesOfTheArenaSay) {
  ExpectBlocksAreWhatIsInUse(Make({}).memory, info_.at("layers").size());
}

// What lies within another needs all of its memory, also before the other is written: a part of a Concat that is made
// in place.
TEST_F(PageTest, MemoryThatIsTakenForAViewIsInUse) {
  const joint::ModelT model = test::ViewNetwork();
  const std::vector<uint8_t> file = test::Write(model);
  const std::filesystem::path path = Path("views.joint");
  files::WriteFile(path, file.data(), file.size());
  const Memory memory = MakePage({"report", path, {}, {}, {}}).memory;
  EXPECT_GT(memory.views.size(), 10U);
  ExpectBlocksAreWhatIsInUse(memory, model.layers.size());
  for (const ArenaPart& view : memory.views) {
    const bool held = std::any_of(memory.blocks.begin(), memory.blocks.end(), [&](const ArenaPart& block) {
      return block.first <= view.first && block.last >= view.last && block.offset <= view.offset &&
             block.offset + block.bytes >= view.offset + view.bytes;
    });
    EXPECT_TRUE(held) << view.name;
  }
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
