#include "crosscheck/single_pass.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "crosscheck/board_dump.h"
#include "crosscheck/fed_run.h"
#include "judge/joint_bytes.h"
#include "judge/written_tensors.h"

namespace lockstep::crosscheck {

namespace fs = std::filesystem;

void RunReferenceSingle(engine::JointModel& joint, FloatSide& floats, Round& round) {
  const joint::Model& model = joint.model();
  auto single = std::make_shared<SingleRound>();
  single->fed.work = round.work;
  single->fed.input_files = round.input_files;
  single->fed.reference = round.work / "float_values";
  dump::DumpWriter fed(single->fed.reference, dump::DescribeModel(model, "float", "host"), {});
  fed.SetInputs(round.inputs);
  std::map<std::pair<int, int>, int32_t> tensor_at;
  for (const dump::DumpLayer& layer : round.manifest.layers) {
    const auto& outputs = *model.layers()->Get(static_cast<uint32_t>(layer.index))->outputs();
    tensor_at[layer.Place()] = outputs.Get(static_cast<uint32_t>(std::max(layer.output, 0)));
  }
  floats.Visit(model, round, [&](const dump::DumpLayer& layer, const graph::Shape& shape, const float* data) {
    const joint::Tensor& tensor = *model.tensors()->Get(static_cast<uint32_t>(tensor_at.at(layer.Place())));
    const std::vector<uint8_t> bytes = judge::JointBytes(tensor, shape, data);
    if (floats.Computes(tensor) && bytes.size() == layer.bytes) fed.Add(layer, bytes.data(), bytes.size());
  });
  fed.Finish();
  single->fed.manifest = dump::ReadManifest(single->fed.reference);

  std::map<int32_t, const dump::DumpLayer*> fed_tensors;
  for (const dump::DumpLayer& layer : single->fed.manifest.layers) fed_tensors[tensor_at.at(layer.Place())] = &layer;
  single->folder = round.work / "single";
  dump::DumpWriter expected(single->folder, dump::DescribeModel(model, "reference", "host"), {});
  joint.engine().Run(
      round.inputs,
      [&](int index, int output_index, const joint::Layer& layer, const joint::Tensor& output, const uint8_t* data) {
        expected.Add(dump::DescribeLayer(index, output_index, layer, output), data, output.bytes());
      },
      [&](int32_t tensor) {
        const auto found = fed_tensors.find(tensor);
        return found == fed_tensors.end() ? std::vector<uint8_t>()
                                          : dump::ReadDumpLayer(single->fed.reference, *found->second);
      });
  expected.Finish();
  single->expected = dump::ReadManifest(single->folder);
  round.single = std::move(single);
}

void RunSingle(boards::Board& board, const Round& round, const LayerLinks& links, const CrosscheckOptions& options,
               BoardRound& result) {
  if (!round.single) return;
  const SingleRound& single = *round.single;
  FedRun run(board, single.fed, links, options, result.folder.string() + "_single");
  std::set<int> all, differing;
  for (const dump::DumpLayer& layer : round.manifest.layers) all.insert(layer.index);
  for (const LayerGroup& group : run.Groups(round.manifest.layers, all, false)) {
    const dump::Manifest manifest = run.Run(group, true);
    for (size_t i = 0; i < result.layers.size(); ++i) {
      const dump::DumpLayer& expected = single.expected.layers[i];
      if (std::count(group.layers.begin(), group.layers.end(), expected.index) == 0) continue;
      result.layers[i].single_md5_equal = LayerOf(board, manifest, expected).md5 == expected.md5;
      if (!*result.layers[i].single_md5_equal) differing.insert(expected.index);
    }
  }
  // The bytes of those that differ are kept until they are measured.
  int number = 0;
  for (const LayerGroup& group : run.Groups(round.manifest.layers, differing, true)) {
    FedRun fetch(board, single.fed, links, options, result.folder.string() + "_single_" + std::to_string(number++));
    for (dump::DumpLayer& layer : fetch.Run(group, false).layers) {
      if (layer.file.empty()) continue;
      layer.file = (fetch.folder() / layer.file).lexically_relative(result.folder).string();
      result.single_fetched[layer.Place()] = std::move(layer);
    }
  }
}

}  // namespace lockstep::crosscheck
