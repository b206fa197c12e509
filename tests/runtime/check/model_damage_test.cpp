// What a model says about itself; its names; and that every operator has damages of its own.
#include "runtime/check/model_damage.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace lockstep::test {
namespace {

const Damage kModelDamages[] = {
    {"FormatVersionOne", [](ModelT& m) { m.format_version = 1; },
     "format version 1 is no longer read; build the model again with 'lockstep build'", StatusCode::kUnsupported},
    {"FormatVersionThree", [](ModelT& m) { m.format_version = 3; }, "format_version: the model has 3",
     StatusCode::kUnsupported},
    {"FormatVersionMissing", [](ModelT& m) { m.format_version = 0; }, "format_version: missing"},
    {"Contract", [](ModelT& m) { m.contract = "rq2"; }, "contract", StatusCode::kUnsupported},
    {"LineBreakInContract", [](ModelT& m) { m.contract = "a\nb"; }, "contract", StatusCode::kUnsupported},
    {"ArenaBeyondLimit", [](ModelT& m) { m.arena_size = uint64_t{1} << 40; }, "arena_size"},
    {"ArenaTooSmall",
     [](ModelT& m) {
       m.arena_size = 10;
       m.arena_lower_bound = 1;
     },
     "arena_offset"},
    {"LowerBound", [](ModelT& m) { m.arena_lower_bound = m.arena_size + 1; }, "arena_lower_bound"},
    {"NoLayers", [](ModelT& m) { m.layers.clear(); }, "layers"},
    {"NoInputs", [](ModelT& m) { m.inputs.clear(); }, "inputs"},
    {"NoOutputs", [](ModelT& m) { m.outputs.clear(); }, "outputs"},
    {"InputTensor", [](ModelT& m) { m.inputs[0]->tensor = 9999; }, "inputs[0].tensor"},
    {"InputIsConstant", [](ModelT& m) { m.inputs[0]->tensor = ConvWeightsIndex(m); }, "inputs[0].tensor"},
    {"InputTwice", [](ModelT& m) { m.inputs[1]->tensor = m.inputs[0]->tensor; }, "inputs[1].tensor"},
    {"InputColor", [](ModelT& m) { m.inputs[0]->color = static_cast<joint::Color>(9); }, "inputs[0].color: number 9 is",
     StatusCode::kUnsupported},
    {"InputResize", [](ModelT& m) { m.inputs[0]->resize = static_cast<joint::ResizeMode>(9); },
     "inputs[0].resize: number 9 is", StatusCode::kUnsupported},
    {"InputKind", [](ModelT& m) { m.inputs[0]->kind = static_cast<joint::InputKind>(9); },
     "inputs[0].kind: number 9 is", StatusCode::kUnsupported},
    {"PictureOfFloats", [](ModelT& m) { m.inputs[1]->tensor = FirstLayer<joint::DequantizeT>(m)->outputs[0]; },
     "inputs[1].tensor: must be of dtype"},
    {"InputMean", [](ModelT& m) { m.inputs[0]->mean = {kNan}; }, "mean"},
    {"InputStd", [](ModelT& m) { m.inputs[0]->std = {0.0F}; }, "std"},
    {"InputMeanLength",
     [](ModelT& m) {
       m.inputs[0]->mean = {1, 2};
     },
     "inputs[0].mean: 2 entries"},
    {"InputStdLength", [](ModelT& m) { m.inputs[0]->std.assign(4, 1.0F); }, "inputs[0].std: 4 entries"},
    {"OutputTensor", [](ModelT& m) { m.outputs[1]->tensor = -1; }, "outputs[1].tensor"},
    {"OutputIsInput", [](ModelT& m) { m.outputs[0]->tensor = m.inputs[0]->tensor; }, "outputs[0].tensor"},
    {"OperatorMissing", [](ModelT& m) { m.operators.pop_back(); }, "operators"},
    {"OperatorTooMany", [](ModelT& m) { m.operators.emplace_back("Zip"); }, "operators"},
    {"MacsOfModel", [](ModelT& m) { m.macs += 1; }, "macs"},
    {"MacsOfLayer", [](ModelT& m) { m.layers[0]->macs = UINT64_MAX; }, "macs"},
    {"VectorDigests",
     [](ModelT& m) {
       m.test_vectors.push_back(std::make_unique<joint::TestVectorT>());
       m.test_vectors[0]->layer_digests.resize(3);
     },
     "layer_digests"},
    {"VectorInputs",
     [](ModelT& m) {
       m.test_vectors.push_back(std::make_unique<joint::TestVectorT>());
       m.test_vectors[0]->layer_digests.resize(m.layers.size());
       m.test_vectors[0]->inputs.push_back(std::make_unique<joint::ConstantT>());
     },
     "test_vectors[0].inputs"},
};

const Damage kNameDamages[] = {
    {"NameLong", [](ModelT& m) { m.name.assign(4097, 'n'); }, "name: has more than 4096 bytes"},
    {"NameEscape", [](ModelT& m) { m.name = "\x1b[31mnet"; }, "name: is not UTF-8 text"},
    {"NameZero", [](ModelT& m) { m.name = std::string("a\0b", 3); }, "name: is not UTF-8 text"},
    {"ContractZero", [](ModelT& m) { m.contract = std::string("rq1\0", 4); }, "contract", StatusCode::kUnsupported},
    {"CompilerVersion", [](ModelT& m) { m.compiler_version = "1.0\n"; }, "compiler_version"},
    {"SourceDigest", [](ModelT& m) { m.source_digest = "\x7f"; }, "source_digest"},
    {"CalibrationDigest", [](ModelT& m) { m.calibration_digest = "\t"; }, "calibration_digest"},
    {"OperatorName", [](ModelT& m) { m.operators[1] = "A\xff"; }, "operators[1]"},
    {"TensorNameLong", [](ModelT& m) { m.tensors[2]->name.assign(4097, 't'); }, "tensors[2].name: has more than"},
    {"TensorNameLatin1", [](ModelT& m) { m.tensors[3]->name = "caf\xe9"; }, "tensors[3].name"},
    {"LayerNameLong", [](ModelT& m) { m.layers[1]->name.assign(4097, 'a'); }, "layers[1].name: has more than"},
    {"LayerNameControl", [](ModelT& m) { m.layers[1]->name = "\xc2\x9b"; }, "layers[1].name"},
    {"LayerNameOverlong", [](ModelT& m) { m.layers[1]->name = "\xc1\xa1"; }, "layers[1].name"},
    {"LayerNameSurrogate", [](ModelT& m) { m.layers[1]->name = "\xed\xa0\x80"; }, "layers[1].name"},
    {"LayerNameBeyond", [](ModelT& m) { m.layers[1]->name = "\xf4\x90\x80\x80"; }, "layers[1].name"},
    {"LayerNameLead", [](ModelT& m) { m.layers[1]->name = "\xf8\x88\x80\x80"; }, "layers[1].name"},
    {"LayerNameCut", [](ModelT& m) { m.layers[1]->name = "a\xe2\x82"; }, "layers[1].name"},
    {"LayerNameTail", [](ModelT& m) { m.layers[1]->name = "\x80"; }, "layers[1].name"},
    {"OnnxNode",
     [](ModelT& m) {
       m.layers[2]->onnx_nodes = {"fine", "no\r"};
     },
     "layers[2].onnx_nodes[1]"},
};

INSTANTIATE_TEST_SUITE_P(Whole, ModelDamage, testing::ValuesIn(kModelDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Names, ModelDamage, testing::ValuesIn(kNameDamages), DamageName);

TEST(OperatorDamages, NoOperatorIsWithout) {
  const testing::UnitTest& program = *testing::UnitTest::GetInstance();
  for (const joint::Options operator_type : joint::EnumValuesOptions()) {
    if (operator_type == joint::Options::NONE) continue;
    const std::string start = std::string(joint::EnumNameOptions(operator_type)) + "/";
    int damages = 0;
    for (int i = 0; i < program.total_test_suite_count(); ++i) {
      const testing::TestSuite& suite = *program.GetTestSuite(i);
      if (std::strncmp(suite.name(), start.c_str(), start.size()) == 0) damages += suite.total_test_count();
    }
    EXPECT_GT(damages, 0) << start << ": tests/runtime/ops/damage has no file with its damages";
  }
}

}  // namespace
}  // namespace lockstep::test
