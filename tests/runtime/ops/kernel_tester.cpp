#include "kernel_tester.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include "edged_buffer.h"
#include "joint_elements.h"
#include "ops/operator_table.h"

namespace lockstep::kernels {
namespace {

constexpr size_t kAlignment = 64;

// Which tensors have their rows apart from each other, as in another tensor's memory, where the operator allows it.
enum Strided : unsigned { kNone = 0, kInputs = 1, kOutputs = 2, kBoth = 3 };

// Rows further apart than they are long, by a number that no alignment divides.
constexpr int64_t kGap = 5;

// How the elements of a tensor lie in memory.
struct Rows {
  Rows(const TestTensor& tensor, bool strided)
      : length(tensor.shape.back()),
        count(tensor.Elements() / length),
        pitch(strided && tensor.shape.size() > 1 ? length + kGap : length),
        element(ElementBytes(tensor.dtype)) {}

  size_t bytes() const { return static_cast<size_t>(((count - 1) * pitch + length) * element); }
  void Scatter(const std::vector<uint8_t>& from, uint8_t* to) const {
    for (int64_t row = 0; row < count; ++row) {
      std::copy_n(from.begin() + row * length * element, length * element, to + row * pitch * element);
    }
  }
  std::vector<uint8_t> Gather(const uint8_t* from) const {
    std::vector<uint8_t> bytes;
    for (int64_t row = 0; row < count; ++row) {
      const uint8_t* begin = from + row * pitch * element;
      bytes.insert(bytes.end(), begin, begin + length * element);
    }
    return bytes;
  }
  bool GapsHave(const uint8_t* data, uint8_t value) const {
    for (int64_t row = 0; row + 1 < count; ++row) {
      const uint8_t* gap = data + (row * pitch + length) * element;
      if (!std::all_of(gap, gap + (pitch - length) * element, [=](uint8_t byte) { return byte == value; }))
        return false;
    }
    return true;
  }

  int64_t length, count, pitch, element;
};

constexpr uint8_t kUnwritten = 0x5b;

// What a kernel is given, in memory of its own.
class PreparedLayer {
 public:
  PreparedLayer(const LayerCase& test, Strided strided, Edge edge, const Kernel* kernel = nullptr)
      : strided_(strided), edge_(edge) {
    builder_.Finish(joint::Layer::Pack(builder_, &test.layer));
    views_.reserve(test.inputs.size());
    for (const TestTensor& input : test.inputs) views_.push_back(View(input, CheckOf(test.layer.options.type)));
    args.layer = flatbuffers::GetRoot<joint::Layer>(builder_.GetBufferPointer());
    args.inputs = views_.data();
    args.input_count = static_cast<int32_t>(views_.size());
    const bool strided_outputs = (strided & kOutputs) != 0 && CheckOf(test.layer.options.type).strided_outputs;
    AddOutput(test.output, strided_outputs);
    for (const TestTensor& output : test.more_outputs) AddOutput(output, strided_outputs);
    args.outputs = output_views_.data();
    args.output_count = static_cast<int32_t>(output_views_.size());
    const OperatorRun& op = OperatorOf(test.layer.options.type);
    args.kernel = kernel;
    prepared = op.prepare(args);
    state_ = std::make_unique<EdgedBuffer>(prepared.state_bytes, edge, uint8_t{0x77}, kAlignment);
    if (prepared.state_bytes == 0) return;
    op.setup(args, state_->data());
    args.state = state_->data();
  }

  EdgedBuffer& output(size_t index) { return *outputs_[index]; }
  const Rows& rows(size_t index) const { return rows_[index]; }
  EdgedBuffer& state() { return *state_; }

  LayerArgs args;
  Prepared prepared;

 private:
  static TensorView ViewWithoutData(const TestTensor& tensor, const Rows& rows) {
    TensorView view;
    view.shape = tensor.shape.data();
    view.rank = static_cast<int32_t>(tensor.shape.size());
    view.dtype = tensor.dtype;
    view.scale = tensor.scale;
    view.zero_point = tensor.zero_point;
    view.high = LimitOf(tensor);
    view.elements = tensor.Elements();
    view.bytes = tensor.bytes.size();
    view.pitch = rows.pitch;
    return view;
  }

  TensorView View(const TestTensor& tensor, const OperatorCheck& op) {
    const bool may = static_cast<int32_t>(views_.size()) < op.strided_inputs;
    const Rows rows(tensor, may && (strided_ & kInputs) != 0);
    TensorView view = ViewWithoutData(tensor, rows);
    // A packed constant has more bytes than elements.
    const size_t size = may ? rows.bytes() : tensor.bytes.size();
    auto buffer = std::make_unique<EdgedBuffer>(size, edge_, uint8_t{0xee});
    if (may) {
      rows.Scatter(tensor.bytes, buffer->data());
    } else {
      std::copy(tensor.bytes.begin(), tensor.bytes.end(), buffer->data());
    }
    view.data = buffer->data();
    memory_.push_back(std::move(buffer));
    return view;
  }

  void AddOutput(const TestTensor& tensor, bool strided) {
    rows_.emplace_back(tensor, strided);
    outputs_.push_back(std::make_unique<EdgedBuffer>(rows_.back().bytes(), edge_, kUnwritten));
    output_views_.push_back(ViewWithoutData(tensor, rows_.back()));
    output_views_.back().data = outputs_.back()->data();
  }

  Strided strided_;
  Edge edge_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<std::unique_ptr<EdgedBuffer>> memory_;
  std::vector<TensorView> views_;
  std::vector<TensorView> output_views_;
  std::vector<std::unique_ptr<EdgedBuffer>> outputs_;
  std::vector<Rows> rows_;  // of outputs
  std::unique_ptr<EdgedBuffer> state_;
};

std::string Coordinates(const std::vector<int32_t>& shape, int64_t element) {
  std::vector<int64_t> index(shape.size());
  for (size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = element % shape[axis];
    element /= shape[axis];
  }
  std::ostringstream text;
  for (size_t axis = 0; axis < index.size(); ++axis) text << (axis == 0 ? '[' : ',') << index[axis];
  return text.str() + "]";
}

// The value as it lies in memory, for messages.
uint64_t Bits(const uint8_t* data, int64_t element, int64_t size) {
  uint64_t bits = 0;
  std::memcpy(&bits, data + element * size, static_cast<size_t>(size));
  return bits;
}

void ExpectSame(const TestTensor& expected, const uint8_t* got, const std::string& where, const std::string& about,
                const Explain& explain) {
  const int64_t size = ElementBytes(expected.dtype);
  int64_t different = 0;
  int64_t first = -1;
  for (int64_t i = 0; i < expected.Elements(); ++i) {
    if (std::memcmp(got + i * size, expected.bytes.data() + i * size, static_cast<size_t>(size)) == 0) continue;
    if (different++ == 0) first = i;
  }
  if (different == 0) return;
  ADD_FAILURE() << where << different << " of " << expected.Elements() << " elements differ, first "
                << Coordinates(expected.shape, first) << ": got " << Bits(got, first, size) << ", expected "
                << Bits(expected.bytes.data(), first, size) << "; " << (explain ? explain(first) : "") << "; " << about;
}

// Threads run the parts in any order: what one takes from another, or writes over it, shows in one of the two orders.
enum class Order { kAscending, kDescending };

void RunSplit(const Kernel& kernel, const LayerCase& test, int64_t parts, Order order, Strided strided,
              const Explain& explain) {
  const Edge edge = order == Order::kAscending ? Edge::kEnd : Edge::kBegin;
  PreparedLayer layer(test, strided, edge, &kernel);
  if (!Accepts(kernel, layer.args)) return;  // of tensors that lie otherwise
  const Prepared& prepared = layer.prepared;
  ASSERT_GE(prepared.units, 1);
  EXPECT_TRUE(layer.state().GuardsIntact()) << kernel.name << ": setup wrote outside the state; " << test.about;
  for (int64_t i = 0; i < parts; ++i) {
    const int64_t part = order == Order::kAscending ? i : parts - 1 - i;
    const int64_t begin = prepared.units * part / parts;
    const int64_t end = prepared.units * (part + 1) / parts;
    if (begin == end) continue;
    EdgedBuffer scratch(prepared.scratch_bytes, edge, static_cast<uint8_t>(0xc3 + part), kAlignment);
    kernel.run(layer.args, begin, end, scratch.data());
    EXPECT_TRUE(scratch.GuardsIntact()) << kernel.name << " wrote outside its scratch; " << test.about;
  }
  std::vector<const TestTensor*> outputs = {&test.output};
  for (const TestTensor& output : test.more_outputs) outputs.push_back(&output);
  const char* const kAbout[] = {"", ", strided inputs", ", strided outputs", ", strided inputs and outputs"};
  const std::string how = std::string(kernel.name) + ", units in " + std::to_string(parts) +
                          (order == Order::kAscending ? " parts" : " parts, the last one first") + kAbout[strided];
  for (size_t i = 0; i < outputs.size(); ++i) {
    const std::string where = how + (i == 0 ? ": " : ", output " + std::to_string(i) + ": ");
    EXPECT_TRUE(layer.output(i).GuardsIntact()) << where << "it wrote outside; " << test.about;
    EXPECT_TRUE(layer.rows(i).GapsHave(layer.output(i).data(), kUnwritten))
        << where << "it wrote between the rows; " << test.about;
    ExpectSame(*outputs[i], layer.rows(i).Gather(layer.output(i).data()).data(), where, test.about, explain);
  }
}

}  // namespace

int64_t TestTensor::Elements() const {
  int64_t count = 1;
  for (const int32_t extent : shape) count *= extent;
  return count;
}

int32_t TestTensor::Get(int64_t index) const {
  return static_cast<int32_t>(Bits(bytes.data(), index, ElementBytes(dtype)));
}

TestTensor RandomTensor(joint::DType dtype, std::vector<int32_t> shape, std::mt19937& random, int bits) {
  TestTensor tensor;
  tensor.dtype = dtype;
  tensor.shape = std::move(shape);
  tensor.bits = bits;
  const uint32_t limit = static_cast<uint32_t>(LimitOf(tensor));
  for (int64_t i = 0; i < tensor.Elements(); ++i) {
    const uint32_t draw = random();
    const uint32_t value = draw % 4 == 0 ? 0 : (draw % 4 == 1 ? limit : (draw >> 8) & limit);
    AppendActivation(tensor, value);
  }
  return tensor;
}

void AppendActivation(TestTensor& tensor, int64_t value) {
  ASSERT_TRUE(value >= 0 && value <= LimitOf(tensor.dtype)) << "the test's own model left the type";
  if (tensor.dtype == joint::DType::U16) {
    Append(tensor, static_cast<uint16_t>(value));
  } else {
    Append(tensor, static_cast<uint8_t>(value));
  }
}

int64_t ClampTo(int64_t value, int64_t low, int64_t high) {
  if (value < low) return low;
  return value > high ? high : value;
}

int32_t LimitOf(joint::DType dtype) { return dtype == joint::DType::U16 ? 65535 : 255; }

int32_t LimitOf(const TestTensor& tensor) { return tensor.bits == 0 ? LimitOf(tensor.dtype) : (1 << tensor.bits) - 1; }

int64_t BroadcastPosition(const std::vector<int32_t>& shape, const std::vector<int32_t>& out_shape, int64_t position) {
  int64_t result = 0;
  int64_t step = 1;
  for (size_t back = 1; back <= out_shape.size(); ++back) {
    const int64_t index = position % out_shape[out_shape.size() - back];
    position /= out_shape[out_shape.size() - back];
    if (back > shape.size()) continue;
    const int64_t extent = shape[shape.size() - back];
    if (extent > 1) result += index * step;
    step *= extent;
  }
  return result;
}

void ExpectEveryKernelGives(const LayerCase& test, const Explain& explain) {
  ASSERT_EQ(static_cast<int64_t>(test.output.bytes.size()), test.output.Elements() * ElementBytes(test.output.dtype));
  const OperatorRun& op = OperatorOf(test.layer.options.type);
  const IsaSet present = DetectIsa();
  int kernels = 0;
  const OperatorCheck row = CheckOf(test.layer.options.type);
  const bool may_be_strided = row.strided_inputs > 0 || row.strided_outputs;
  const PreparedLayer probe(test, kNone, Edge::kEnd);
  for (size_t i = 0; i < op.kernel_count; ++i) {
    const Kernel& kernel = op.kernels[i];
    if ((IsaBit(kernel.isa) & present) == 0 || !Accepts(kernel, probe.args)) continue;
    ++kernels;
    RunSplit(kernel, test, 1, Order::kAscending, kNone, explain);
    for (const int64_t parts : {2, 3, 7}) {
      RunSplit(kernel, test, parts, Order::kAscending, kNone, explain);
      RunSplit(kernel, test, parts, Order::kDescending, kNone, explain);
    }
    if (!may_be_strided) continue;
    RunSplit(kernel, test, 1, Order::kAscending, kInputs, explain);
    RunSplit(kernel, test, 1, Order::kAscending, kOutputs, explain);
    RunSplit(kernel, test, 1, Order::kAscending, kBoth, explain);
    RunSplit(kernel, test, 3, Order::kDescending, kBoth, explain);
  }
  EXPECT_GE(kernels, 1) << "no kernel accepts the layer; " << test.about;
}

}  // namespace lockstep::kernels
