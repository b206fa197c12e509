// RNN and GRU (K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014, section 2.3).
#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/recurrent.h"

namespace lockstep::ops {
namespace {

void InferRnn(InferContext& context) { InferRecurrent(context, 1); }

Results EvaluateRnn(const Call& call) {
  const Gates gates = GatesOf(call, 1);
  return RunRecurrent(call, gates, [&](const Step& step) {
    const std::vector<double> before = step.hidden;
    for (int64_t i = 0; i < gates.hidden; ++i) {
      const double sum = gates.OfInput(step, 0, i) + gates.OfState(step, 0, i, before);
      step.hidden[static_cast<size_t>(i)] = step.direction.functions[0](Clipped(call, sum));
    }
  });
}

constexpr int64_t kUpdate = 0;
constexpr int64_t kReset = 1;
constexpr int64_t kCandidate = 2;

void InferGru(InferContext& context) {
  context.Flag("linear_before_reset", false);
  InferRecurrent(context, 3);
}

Results EvaluateGru(const Call& call) {
  const Gates gates = GatesOf(call, 3);
  const bool linear = call.node.Int("linear_before_reset", 0) != 0;
  return RunRecurrent(call, gates, [&](const Step& step) {
    const std::vector<double> before = step.hidden;
    const auto gate = [&](int64_t which, int64_t unit) {
      const double sum = gates.OfInput(step, which, unit) + gates.OfState(step, which, unit, before);
      return step.direction.functions[0](Clipped(call, sum));
    };
    std::vector<double> reset(before.size());
    std::vector<double> reduced(before.size());
    for (size_t i = 0; i < reset.size(); ++i) {
      reset[i] = gate(kReset, static_cast<int64_t>(i));
      reduced[i] = reset[i] * before[i];
    }
    for (size_t i = 0; i < before.size(); ++i) {
      const auto unit = static_cast<int64_t>(i);
      const double of_state = linear ? reset[i] * gates.OfState(step, kCandidate, unit, before)
                                     : gates.OfState(step, kCandidate, unit, reduced);
      const double candidate =
          step.direction.functions[1](Clipped(call, gates.OfInput(step, kCandidate, unit) + of_state));
      const double update = gate(kUpdate, unit);
      step.hidden[i] = (1.0 - update) * candidate + update * before[i];
    }
  });
}

}  // namespace

constexpr Op kGRU = Op({3, 6, 2}, InferGru, EvaluateGru, LayoutKind::kUnsupported, UnsupportedRecurrent);
constexpr Op kRNN = Op({3, 6, 2}, InferRnn, EvaluateRnn, LayoutKind::kUnsupported, UnsupportedRecurrent);

}  // namespace lockstep::ops
