#include <limits>
#include <utility>

#include "lockstep/name_text.h"
#include "quantize/quantize.h"
#include "settings/choices.h"
#include "settings/policy_rules.h"
#include "settings/setting.h"

namespace lockstep::settings {
namespace {

constexpr double kMostWhole = std::numeric_limits<int32_t>::max();
constexpr double kMostSeed = 18446744073709551615.0;  // 64 bits
constexpr double kMostThreads = 1024;

std::string CheckName(const Json& value) {
  constexpr size_t kMostBytes = 200;  // the files that are named after it have longer names
  const auto& name = value.get_ref<const std::string&>();
  if (name.find('/') != std::string::npos) return "must not contain '/'";
  if (!name.empty() && (!IsNameText(name.data(), name.size()) || name.size() > kMostBytes)) {
    return "must be UTF-8 text of at most " + std::to_string(kMostBytes) + " bytes; choose another one with --name";
  }
  return "";
}

std::string CheckPercentile(const Json& value) {
  const auto percentile = value.get<double>();
  return percentile > 50.0 && percentile <= 100.0 ? "" : "must be above 50 and at most 100";
}

std::string CheckTailBits(const Json& value) {
  const auto bits = value.get<int64_t>();
  return bits == 8 || bits == 16 ? "" : "must be 8 or 16";
}

Setting Row(Kind kind, const char* key, unsigned acts_in, const char* help, Json fallback) {
  Setting row;
  row.key = key;
  row.kind = kind;
  row.acts_in = acts_in;
  row.help = help;
  row.fallback = std::move(fallback);
  return row;
}

Setting Needed(Setting row) {
  row.required = true;
  return row;
}

Setting Unless(Setting row, const char* key) {
  row.unless_key = key;
  return row;
}

Setting Checked(Setting row, std::string (*check)(const Json&)) {
  row.check = check;
  return row;
}

Setting OnlyWith(Setting row, const char* key, Json value) {
  row.with_key = key;
  row.with_value = std::move(value);
  return row;
}

Setting Choice(const char* key, unsigned acts_in, const char* help, std::vector<std::string> names, Json fallback) {
  Setting row = Row(Kind::kChoice, key, acts_in, help, std::move(fallback));
  row.choices = std::move(names);
  return row;
}

Setting Whole(const char* key, unsigned acts_in, const char* help, double least, double most, Json fallback) {
  Setting row = Row(Kind::kWhole, key, acts_in, help, std::move(fallback));
  row.least = least;
  row.most = most;
  return row;
}

Setting Number(const char* key, unsigned acts_in, const char* help, double least, double most, Json fallback) {
  Setting row = Whole(key, acts_in, help, least, most, std::move(fallback));
  row.kind = Kind::kNumber;
  return row;
}

Setting NamedChoices(const char* key, unsigned acts_in, const char* help, std::vector<std::string> names,
                     const char* example) {
  Setting row = Choice(key, acts_in, help, std::move(names), nullptr);
  row.example = example;
  row.kind = Kind::kNamedChoices;
  return row;
}

Setting ScopedBits(const char* key, const char* help, int least) {
  Setting row = Whole(key, kBuild, help, least, quantize::kMostBits, nullptr);
  row.kind = Kind::kScopedWholes;
  return row;
}

// What nodes, operators, subgraphs and tensors work in.
std::vector<Setting> PolicyRows() {
  return {
      Choice("precision", kBuild,
             "of all that nothing else is said of: auto (8 bits, the end as tail_bits says, more where ranges need "
             "it), int8 "
             "(the same, never more), tuned (more only where ranges need it: for what `tune` wrote), int16, float",
             {"auto", "int8", "tuned", "int16", "float"}, "auto"),
      ScopedBits("activation_bits",
                 "2..16, of what nodes read: N, or SCOPE=N; a scope is a node (with * and ?), op:OP, FROM..TO or "
                 "tensor:NAME (default 8)",
                 quantize::kLeastBits),
      ScopedBits("weight_bits", "2..16, of weights: N, or SCOPE=N (default 8)", quantize::kLeastBits),
      ScopedBits(
          "table_input_bits",
          "8..16, of values in front of a fused function such as SiLU: N, or SCOPE=N (default: as its output, at "
          "least 8)",
          quantize::kByteBits),
      Checked(Row(Kind::kRules, "layer_configs", kBuild,
                  "JSON objects that name nodes, ops, subgraphs or tensors and say activation_bits, float, .. of them",
                  nullptr),
              LayerConfigsProblem),
      Choice("quantize_only", kBuild, "all; for a diagnosis weights or features: the others stay floats",
             Names(kQuantizeOnly), NameOf(kQuantizeOnly, quantize::QuantizeOnly::kAll)),
      Row(Kind::kNames, "float_nodes", kBuild, "nodes that are computed in floats, with * and ? as in a shell",
          nullptr),
      Row(Kind::kNames, "float_ops", kBuild, "operators that are computed in floats: Softmax, Concat, ...", nullptr),
      Row(Kind::kNames, "float_subgraphs", kBuild,
          "FROM..TO: every node on a way from a node or tensor to another, in floats; ..TO: up to it", nullptr),
      Row(Kind::kYesNo, "float_all", kBuild, "compute every node in floats that nothing else is said of", false),
      Row(Kind::kNames, "quantized_nodes", kBuild, "nodes that stay quantised, where float_.. settings name more",
          nullptr),
      Row(Kind::kNames, "quantized_ops", kBuild, "operators that stay quantised; what names a node beats them",
          nullptr),
  };
}

Setting ScopedChoices(const char* key, const char* help, std::vector<std::string> names) {
  Setting row = Choice(key, kBuild, help, std::move(names), nullptr);
  row.kind = Kind::kScopedChoices;
  return row;
}

// What lessens the error of rounding before, while and after the integers are chosen.
std::vector<Setting> CorrectionRows() {
  return {
      Row(Kind::kYesNo, "cross_layer_equalization", kBuild,
          "give the weights that make a channel and those that read it one range, where functions between them allow "
          "it (Relu, LeakyRelu, PRelu)",
          false),
      Row(Kind::kYesNo, "smooth_quant", kBuild,
          "SmoothQuant: move what makes one channel of a tensor far larger than the others into the weights behind it",
          false),
      OnlyWith(Number("smooth_alpha", kBuild,
                      "0..1, how far: 1 makes all channels alike, 0 all weights (default: searched, part by part)", 0,
                      1, nullptr),
               "smooth_quant", true),
      Row(Kind::kYesNo, "adaptive_rounding", kBuild,
          "round weights so that their errors cancel in each layer's output on the calibration pictures (kept if "
          "held-back pictures are better)",
          false),
      ScopedChoices(
          "error_compensation",
          "SCOPE=weight, input or both: a second 8-bit layer computes what 8 bits leave out of it (NODE_split_low); "
          "a scope is a node (with * and ?), op:OP or FROM..TO",
          Names(kCompensatedParts)),
      Choice("bias_correction", kBuild,
             "what biases make up for on the average: none, weights (that are rounded), features (measured on the "
             "integer model, kept if held-back pictures are better) or both",
             Names(kBiasCorrections), NameOf(kBiasCorrections, quantize::BiasCorrection::kWeights)),
  };
}

// What the new model must reach on held-back pictures.
std::vector<Setting> JudgementRows() {
  constexpr double kMostDb = 200;
  return {
      OnlyWith(Number("require_cosine", kBuild,
                      "every output's cosine with the float network; status 1 if one is below", -1, 1, nullptr),
               "calibration", nullptr),
      OnlyWith(Number("require_sqnr", kBuild, "every output's SQNR in dB; status 1 if one is below", -kMostDb, kMostDb,
                      nullptr),
               "calibration", nullptr),
  };
}

std::vector<Setting> MakeTable() {
  const quantize::InputPreprocess picture;
  const quantize::QuantizeOptions quantise;
  const unsigned pictures = kBuild | kRun | kEvaluate;
  const unsigned looks = pictures | kAnalyze;  // of analyze: the float network's, where they are not the model's
  std::vector<Setting> table = {
      Needed(Row(Kind::kPath, "input", kBuild, "the ONNX network", nullptr)),
      Needed(Row(Kind::kPath, "output_dir", kBuild, "gets NAME.joint and what belongs to it", nullptr)),
      Checked(Row(Kind::kText, "name", kBuild, "NAME of the joint model (default: that of the ONNX file)", nullptr),
              CheckName),
      Row(Kind::kShapes, "input_shape", kBuild | kRun | kInfo | kEvaluate,
          "NAME:1x3xHxW, for an ONNX input whose shape is open", nullptr),
      Row(Kind::kNamedNumbers, "input_value", kBuild | kRun | kCrosscheck | kInfo | kEvaluate | kAnalyze,
          "NAME=NUMBER: an ONNX input that has this value always, in all its elements, and is none of the model",
          nullptr),
      Row(Kind::kNames, "input_nodes", kBuild, "where to cut the network's head", nullptr),
      Row(Kind::kNames, "output_nodes", kBuild, "where to cut its tail", nullptr),
      Needed(Row(Kind::kNamedPaths, "data", kRun | kCrosscheck,
                 "a picture, a video (its middle frame), a .bin or .npy file, or a folder of one of these kinds; of "
                 "several inputs NAME=PATH for each, a.bin;b.bin, or an .npz",
                 nullptr)),
      NamedChoices("input_type", pictures,
                   "NAME:picture, u8, s8, u16, s16 or f32 (default: picture if it has four axes and 1 or 3 channels)",
                   Names(kInputTypes), "images"),
      NamedChoices("output_format", kBuild, "NAME:float, or raw: the integers of the last layer (default float)",
                   Names(kOutputFormats), "output0"),
      Row(Kind::kPath, "export_qdq", kBuild,
          "writes the quantised network for other tools too: an ONNX file with QuantizeLinear and DequantizeLinear",
          nullptr),
      NamedChoices("output_order", kBuild, "NAME:onnx, or physical: as the last layer leaves the axes (default onnx)",
                   Names(kOutputOrders), "output0"),
      Unless(Needed(Row(Kind::kNamedPaths, "calibration", kBuild,
                        "a folder of pictures and videos; of several inputs NAME=FOLDER for each", nullptr)),
             "from_calibration"),
      Row(Kind::kPath, "from_calibration", kBuild,
          "an earlier build's quant/calibration.json, perhaps changed: what it says is built, without calibrating",
          nullptr),
      OnlyWith(Whole("count", kBuild, "runs taken from it: pictures, or batches of them; 0: all", 0, kMostWhole, 0),
               "calibration", nullptr),
      OnlyWith(Whole("seed", kBuild, "which ones", 0, kMostSeed, 0), "count", nullptr),
      OnlyWith(Row(Kind::kYesNo, "skip_bad_images", kBuild,
                   "leave damaged pictures out and count them, instead of failing", false),
               "calibration", nullptr),
      OnlyWith(Row(Kind::kYesNo, "no_cache", kBuild,
                   "calibrate even where the same network and pictures were calibrated before, and keep nothing of it",
                   false),
               "calibration", nullptr),
      OnlyWith(Row(Kind::kPath, "cache_folder", kBuild,
                   "keeps calibrations for later builds (default: lockstep in $XDG_CACHE_HOME or ~/.cache)", nullptr),
               "no_cache", false),
      Choice("color", looks, "order of the channels: RGB, BGR or GRAY", Names(kColors), NameOf(kColors, picture.color)),
      Choice("resize", looks, "letterbox, stretch or none", Names(kResizes), NameOf(kResizes, picture.resize)),
      Row(Kind::kNumbers, "mean", looks, "a,b,c: subtracted from each channel, 0..255 (default 0)", nullptr),
      Row(Kind::kNumbers, "std", looks,
          "a,b,c: what each channel is divided by then (default 255; 1 where ONNX declares an input as integers)",
          nullptr),
      OnlyWith(Whole("pad_value", looks, "grey of a letterbox's borders", 0, 255, picture.pad_value), "resize",
               NameOf(kResizes, quantize::InputPreprocess::Resize::kLetterbox)),
      Choice("observer", kBuild,
             "how ranges are chosen: minmax, moving_average, percentile, mse, kl, admm or octav; auto: of each "
             "tensor that by which the network's outputs are best",
             Names(Observers()), NameOf(Observers(), quantise.observer.kind)),
      OnlyWith(Checked(Number("percentile", kBuild, "of the values stay in range, with --observer percentile", 50, 100,
                              quantise.observer.percentile),
                       CheckPercentile),
               "observer", NameOf(Observers(), quantize::ObserverKind::kPercentile)),
      Choice("activation_range", kBuild,
             "of activations: asymmetric, or symmetric: zero is the middle level, of values that are never negative "
             "the first",
             Names(kActivationRanges), NameOf(kActivationRanges, quantise.observer.symmetric)),
      Choice("activation_scales", kBuild,
             "of what only depthwise convolutions read: per_channel, where it costs nothing, or per_tensor",
             Names(kScales), NameOf(kScales, quantise.activations_per_tensor)),
      Choice("weight_range", kBuild, "scales of weights: max, mse or admm", Names(WeightRanges()),
             NameOf(WeightRanges(), quantise.weight_range)),
      Choice("weight_scales", kBuild, "of weights: per_channel or per_tensor", Names(kScales),
             NameOf(kScales, quantise.weights_per_tensor)),
      Checked(Whole("tail_bits", kBuild, "width of the box arithmetic at the end: 8 or 16", 8, 16, quantise.tail_bits),
              CheckTailBits),
  };
  for (Setting& row : CorrectionRows()) table.push_back(std::move(row));
  for (Setting& row : JudgementRows()) table.push_back(std::move(row));
  for (Setting& row : PolicyRows()) table.push_back(std::move(row));
  table.push_back(Whole("threads", kBuild | kRun | kCrosscheck | kEvaluate | kAnalyze,
                        "of this PC's engines; 0: all cores", 0, kMostThreads, 0));
  return table;
}

}  // namespace

const std::vector<Setting>& Table() {
  static const std::vector<Setting> kTable = MakeTable();
  return kTable;
}

const std::vector<RetiredSetting>& Retired() {
  static const std::vector<RetiredSetting> kRetired = {
      {"target_device", "one model serves every target: leave it out, and choose the target where run_joint is built"}};
  return kRetired;
}

}  // namespace lockstep::settings
