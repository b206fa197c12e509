// Stands between the session and the choice of its kernels: the layer of the fault gets a kernel that does it wrong.
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <vector>

#include "contracted_conv.h"
#include "ops/operator_table.h"
#include "planted_fault.h"

// SelectKernel as it is, and what the linker (--wrap) puts in its place.
extern "C" {
const lockstep::kernels::Kernel* __real__ZN8lockstep7kernels12SelectKernelERKNS0_9LayerArgsEj(
    const lockstep::kernels::LayerArgs& args, lockstep::IsaSet allowed);
const lockstep::kernels::Kernel* __wrap__ZN8lockstep7kernels12SelectKernelERKNS0_9LayerArgsEj(
    const lockstep::kernels::LayerArgs& args, lockstep::IsaSet allowed);
}

namespace lockstep::faults {
namespace {

using kernels::Kernel;
using kernels::LayerArgs;
using kernels::TensorView;

std::map<const joint::Layer*, const Kernel*>& RealKernels() {
  static std::map<const joint::Layer*, const Kernel*> kernels;
  return kernels;
}
std::map<std::string, const LayerArgs*>& LayersByName() {
  static std::map<std::string, const LayerArgs*> layers;
  return layers;
}
// Of early_start: the input's bytes before the layer in front wrote them.
std::vector<uint8_t>& StaleInput() {
  static std::vector<uint8_t> bytes;
  return bytes;
}

size_t ElementBytes(const TensorView& view) { return static_cast<size_t>(joint::ElementBytes(view.dtype)); }

uint8_t* ElementAt(const TensorView& view, int64_t position) {
  return view.data + static_cast<size_t>(kernels::PlaceOf(view, position)) * ElementBytes(view);
}

std::vector<uint8_t> Content(const TensorView& view) {
  std::vector<uint8_t> bytes;
  for (int64_t i = 0; i < view.elements; ++i) {
    const uint8_t* element = ElementAt(view, i);
    bytes.insert(bytes.end(), element, element + ElementBytes(view));
  }
  return bytes;
}

template <typename Chosen>
void Restore(const TensorView& view, const std::vector<uint8_t>& content, Chosen chosen) {
  for (int64_t i = 0; i < view.elements; ++i) {
    if (chosen(i))
      std::memcpy(ElementAt(view, i), content.data() + static_cast<size_t>(i) * ElementBytes(view), ElementBytes(view));
  }
}

struct Work {
  const LayerArgs& args;
  int64_t begin, end;
  uint8_t* scratch;
  const Kernel& real;

  void Do() const { real.run(args, begin, end, scratch); }
  // With the first input so many elements further on.
  void DoShifted(int64_t from, int64_t to, int64_t elements) const {
    std::vector<TensorView> inputs(args.inputs, args.inputs + args.input_count);
    inputs[0].data += elements * static_cast<int64_t>(ElementBytes(inputs[0]));
    LayerArgs shifted = args;
    shifted.inputs = inputs.data();
    real.run(shifted, from, to, scratch);
  }
  const TensorView& Output() const { return args.outputs[0]; }
  int64_t Channels() const { return kernels::RowLength(Output()); }
};

// A loop that forgets its last unit.
void LastUnit(const Work& work) { work.real.run(work.args, work.begin, work.end - 1, work.scratch); }

// A loop over channels that ends A too early.
void ChannelTail(const Work& work) {
  const std::vector<uint8_t> before = Content(work.Output());
  work.Do();
  const int64_t channels = work.Channels();
  Restore(work.Output(), before, [&](int64_t i) { return i % channels >= channels - Fault().a; });
}

// A loop over columns that ends A too early.
void RowEnd(const Work& work) {
  const TensorView& output = work.Output();
  const std::vector<uint8_t> before = Content(output);
  work.Do();
  const int64_t columns = output.shape[output.rank - 2];
  Restore(output, before, [&](int64_t i) { return i / work.Channels() % columns >= columns - Fault().a; });
}

// Every A-th column is left out: the edge of a tile.
void TileEdge(const Work& work) {
  const TensorView& output = work.Output();
  const std::vector<uint8_t> before = Content(output);
  work.Do();
  const int64_t columns = output.shape[output.rank - 2];
  Restore(output, before, [&](int64_t i) { return i / work.Channels() % columns % Fault().a == Fault().a - 1; });
}

void SwappedChannels(const Work& work) {
  work.Do();
  const TensorView& output = work.Output();
  const std::vector<uint8_t> right = Content(output);
  const size_t bytes = ElementBytes(output);
  const int64_t channels = work.Channels();
  for (int64_t i = 0; i < output.elements; ++i) {
    const int64_t channel = i % channels;
    if (channel > 1) continue;
    std::memcpy(ElementAt(output, i), right.data() + static_cast<size_t>(i - channel + 1 - channel) * bytes, bytes);
  }
}

// Every value one step too high, but for the highest.
void Offset(const Work& work) {
  work.Do();
  const TensorView& output = work.Output();
  for (int64_t i = 0; i < output.elements; ++i) {
    uint8_t* element = ElementAt(output, i);
    if (output.dtype == joint::DType::U16) {
      uint16_t value = 0;
      std::memcpy(&value, element, sizeof value);
      if (value < output.high) ++value;
      std::memcpy(element, &value, sizeof value);
    } else if (*element < output.high) {
      ++*element;
    }
  }
}

// Reads from the next element on, and one behind the last.
void ShiftedRead(const Work& work) { work.DoShifted(work.begin, work.end, 1); }

// The last unit alone reads A elements behind where it should.
void PastEnd(const Work& work) {
  work.real.run(work.args, work.begin, work.end - 1, work.scratch);
  work.DoShifted(work.end - 1, work.end, Fault().a);
}

// One weight has all its bits but the sign.
void StuckWeight(const Work& work) {
  std::vector<TensorView> inputs(work.args.inputs, work.args.inputs + work.args.input_count);
  std::vector<uint8_t> weights(inputs[1].data, inputs[1].data + inputs[1].bytes);
  const size_t step = ElementBytes(inputs[1]);
  for (size_t i = step - 1; i < weights.size(); i += step) {
    const auto value = static_cast<int8_t>(weights[i]);
    if (value == 0 || std::abs(value) > 64) continue;  // zeros may be padding
    weights[i] = value > 0 ? 0x7F : 0x81;
    break;
  }
  inputs[1].data = weights.data();
  LayerArgs stuck = work.args;
  stuck.inputs = inputs.data();
  work.real.run(stuck, work.begin, work.end, work.scratch);
}

void Contracted(const Work& work) { kernels::conv_f32_contracted(work.args, work.begin, work.end, work.scratch); }

// The layer starts when the second half of its input is not written yet.
void EarlyStart(const Work& work) {
  if (IsIsolated()) {
    work.Do();
    return;
  }
  const TensorView& input = work.args.inputs[0];
  const std::vector<uint8_t> right = Content(input);
  Restore(input, StaleInput(), [&](int64_t i) { return i >= input.elements / 2; });
  work.Do();
  Restore(input, right, [](int64_t) { return true; });
}

// The plan gives the output bytes that another layer still has to read.
void Overlap(const Work& work) {
  work.Do();
  if (IsIsolated()) return;
  const TensorView& victim = LayersByName().at(Fault().other)->inputs[0];
  const std::vector<uint8_t> own = Content(work.Output());
  const int64_t count = std::min<int64_t>(victim.elements, static_cast<int64_t>(own.size() / ElementBytes(victim)));
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(ElementAt(victim, i), own.data() + static_cast<size_t>(i) * ElementBytes(victim), ElementBytes(victim));
  }
}

enum class Needs { kNothing, kA, kOther };

struct Kind {
  const char* name;
  void (*run)(const Work& work);
  Needs needs = Needs::kNothing;
};
constexpr Kind kKinds[] = {
    {"last_unit", LastUnit},
    {"channel_tail", ChannelTail, Needs::kA},
    {"row_end", RowEnd, Needs::kA},
    {"tile_edge", TileEdge, Needs::kA},
    {"swapped_channels", SwappedChannels},
    {"offset", Offset},
    {"shifted_read", ShiftedRead},
    {"past_end", PastEnd, Needs::kA},
    {"stuck_weight", StuckWeight},
    {"contracted", Contracted},
    {"early_start", EarlyStart},
    {"overlap", Overlap, Needs::kOther},
};

const Kind& KindOf(const std::string& name) {
  for (const Kind& kind : kKinds) {
    if (name == kind.name) return kind;
  }
  RefuseFault("cannot be planted: there is no kind " + name);
}

// To be asked when all layers have their kernels.
void CheckLayers(const PlantedFault& fault) {
  for (const std::string& layer : {fault.layer, fault.other}) {
    if (layer.empty() || LayersByName().count(layer) != 0) continue;
    RefuseFault("cannot be planted: no layer that has a kernel is called " + layer);
  }
}

// On one thread: a layer is one piece of work.
void Run(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  const Kernel& real = *RealKernels().at(args.layer);
  const PlantedFault& fault = Fault();
  CheckLayers(fault);
  if (fault.kind == "early_start" && StaleInput().empty())
    StaleInput() = Content(LayersByName().at(fault.layer)->inputs[0]);
  const Work work = {args, begin, end, scratch, real};
  if (args.layer->name()->str() == fault.layer) {
    KindOf(fault.kind).run(work);
  } else {
    work.Do();
  }
}

}  // namespace

void CheckKind(const PlantedFault& fault) {
  const Kind& kind = KindOf(fault.kind);
  if (kind.needs == Needs::kA && fault.a < 1)
    RefuseFault("cannot be planted: " + fault.kind + " needs a number A of at least 1");
  if (kind.needs == Needs::kOther && fault.other.empty()) {
    RefuseFault("cannot be planted: " + fault.kind + " needs a number A and the layer whose input is overwritten");
  }
}

}  // namespace lockstep::faults

const lockstep::kernels::Kernel* __wrap__ZN8lockstep7kernels12SelectKernelERKNS0_9LayerArgsEj(
    const lockstep::kernels::LayerArgs& args, lockstep::IsaSet allowed) {
  using lockstep::kernels::Kernel;
  const Kernel* real = __real__ZN8lockstep7kernels12SelectKernelERKNS0_9LayerArgsEj(args, allowed);
  if (real == nullptr || lockstep::faults::Fault().kind.empty()) return real;
  static std::deque<Kernel> wrapped;
  lockstep::faults::RealKernels()[args.layer] = real;
  lockstep::faults::LayersByName()[args.layer->name()->str()] = &args;
  wrapped.push_back(*real);
  wrapped.back().run = lockstep::faults::Run;
  return &wrapped.back();
}
