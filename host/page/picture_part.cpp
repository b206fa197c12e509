#include "page/picture_part.h"

#include <algorithm>
#include <set>

#include "dump/values.h"
#include "engine/float/float_engine.h"
#include "files/base64.h"
#include "import/class_names.h"
#include "input/model_input.h"
#include "input/pictures/decode.h"
#include "input/pictures/preprocess.h"
#include "judge/cut_values.h"
#include "judge/joint_run.h"
#include "layerwise/model_and_network.h"
#include "layerwise/rows.h"
#include "page/answers.h"
#include "page/layer_values.h"

namespace lockstep::page {
namespace {

using layerwise::ModelAndNetwork;
using layerwise::Row;

constexpr int kLongestSide = 720;  // of a picture within the page

std::set<int32_t> WantedTensors(const ModelAndNetwork& both, const std::vector<Row>& rows) {
  std::set<int32_t> wanted;
  for (const Row& row : rows) wanted.insert(row.joint_tensor);
  for (const joint::OutputSpec* output : *both.model().outputs()) wanted.insert(output->tensor());
  return wanted;
}

engine::FloatEngineOptions EngineOptions(const ModelAndNetwork& both, const std::vector<Row>& rows, int threads) {
  engine::FloatEngineOptions options;
  options.threads = threads;
  for (const Row& row : rows) {
    const bool input = std::count(both.graph.inputs.begin(), both.graph.inputs.end(), row.id) != 0;
    if (!input && !both.graph.tensor(row.id).constant) options.observed.insert(both.graph.tensor(row.id).name);
  }
  return options;
}

class Pictures {
 public:
  Pictures(const ModelAndNetwork& both, const PictureOptions& options, PageData& page)
      : both_(both),
        page_(page),
        rows_(layerwise::ChooseRows(both.graph, both.model())),
        wanted_(WantedTensors(both, rows_)),
        joint_(both.file, options.threads),
        floats_(both.graph, EngineOptions(both, rows_, options.threads)),
        inputs_(input::InputsOf(both.model())) {
    network_.model = both.model_path.string();
    for (const joint::OutputSpec* output : *both.model().outputs()) {
      network_.output_shapes.push_back(dump::OnnxShape(dump::DescribeTensor(*TensorAt(output->tensor()))));
    }
    if (inputs_.size() != 1 || !inputs_[0].is_picture()) return;
    const auto& shape = inputs_[0].layout.shape;  // N,H,W,C
    network_.input = {static_cast<int>(shape.at(1)), static_cast<int>(shape.at(2))};
    kind_ = RecognizeAnswer(network_);
  }

  void Run(const input::DataItem& item, bool show_layers) {
    const auto bytes = input::JointInputs(both_.model(), item);
    const auto values = joint_.Run(bytes, wanted_);
    const auto outputs = floats_.Run(input::FloatInputsOf(both_.model(), bytes, both_.graph),
                                     [&](const std::string& name, const graph::Shape& shape, const float* data) {
                                       if (show_layers) Show(name, {data, data + graph::ElementCount(shape)}, values);
                                     });
    AddAnswers(item, values, outputs);
  }

 private:
  using Values = std::map<int32_t, std::vector<uint8_t>>;

  const joint::Tensor* TensorAt(int32_t index) const {
    return both_.model().tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
  }

  void Show(const std::string& name, const std::vector<float>& expected, const Values& values) {
    for (const Row& row : rows_) {
      const auto found = values.find(row.joint_tensor);
      if (row.before_table || row.layer.HoldsIntegers() || both_.graph.tensor(row.id).name != name ||
          found == values.end()) {
        continue;
      }
      page_.histograms.push_back(ValueHistogram(row, expected));
      const std::vector<float> truth =
          row.saturates ? judge::CutToLevels(*row.levels, both_.graph.tensor(row.id).shape, expected) : expected;
      page_.heat_maps.push_back(DifferenceMap(row.layer, truth, found->second, MostCells(page_.layers.size()),
                                              "difference to the float network"));
    }
  }

  void AddAnswers(const input::DataItem& item, const Values& values,
                  const std::map<std::string, engine::FloatTensor>& floats) {
    if (kind_ == AnswerKind::kNone || item.parts.at(0).pictures.empty()) return;
    const input::PictureRef& ref = item.parts[0].pictures[0];
    if (ref.frame >= 0) return;  // of a video
    const auto picture = input::DecodePicture(ref.path);
    const auto geometry = input::FitPicture(picture->height(), picture->width(), network_.input,
                                            inputs_[0].preprocess.resize, ref.Label());
    std::vector<run::OutputTensor> joint, truth;
    for (const joint::OutputSpec* output : *both_.model().outputs()) {
      const joint::Tensor& tensor = *TensorAt(output->tensor());
      const dump::DumpLayer layout = dump::DescribeTensor(tensor);
      const std::string name = tensor.name()->str();
      joint.push_back(
          {name, dump::OnnxShape(layout), dump::RealValues(layout, values.at(output->tensor())), layout, {}});
      truth.push_back({name, dump::OnnxShape(layout), floats.at(name).data, layout, {}});
    }
    const std::vector<uint8_t> jpeg = picture->Jpeg(kLongestSide);
    page_.pictures.push_back({{"name", item.label},
                              {"width", picture->width()},
                              {"height", picture->height()},
                              {"image", "data:image/jpeg;base64," + files::Base64(jpeg.data(), jpeg.size())},
                              {"sides",
                               {AnswerOf(kind_, network_, "float network", truth, geometry),
                                AnswerOf(kind_, network_, "joint model", joint, geometry)}}});
  }

  const ModelAndNetwork& both_;
  PageData& page_;
  std::vector<Row> rows_;
  std::set<int32_t> wanted_;
  judge::JointRun joint_;
  engine::FloatEngine floats_;
  std::vector<input::InputInfo> inputs_;
  evaluate::NetworkInterface network_;
  AnswerKind kind_ = AnswerKind::kNone;
};

}  // namespace

void AddPictures(const std::filesystem::path& model, const PictureOptions& options, PageData& page,
                 const std::function<void(int done, int total)>& progress) {
  const ModelAndNetwork both = layerwise::OpenModelAndNetwork(model, options.onnx);
  const input::DataList data = input::ListData(options.data, input::InputsOf(both.model()), "data");
  const std::vector<input::DataItem> items = input::SampleItems(data.items, options.count, 0);
  Pictures pictures(both, options, page);
  for (size_t i = 0; i < items.size(); ++i) {
    pictures.Run(items[i], i == 0);
    progress(static_cast<int>(i + 1), static_cast<int>(items.size()));
  }
  page.class_names = importer::ParseClassNames(importer::MetadataOf(both.network_path, importer::kClassNamesKey));
  page.facts.emplace_back("values and differences from", items.front().label);
}

}  // namespace lockstep::page
