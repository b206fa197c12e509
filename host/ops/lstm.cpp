// S. Hochreiter, J. Schmidhuber, "Long Short-Term Memory", 1997, with the forget gates and peepholes of F. Gers,
// N. Schraudolph, J. Schmidhuber, "Learning Precise Timing with LSTM Recurrent Networks", 2002, section 3.
#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/recurrent.h"

namespace lockstep::ops {
namespace {

constexpr int64_t kGates = 4;  // input, output, forget, cell
constexpr int64_t kInput = 0;
constexpr int64_t kOutput = 1;
constexpr int64_t kForget = 2;
constexpr int64_t kCell = 3;
constexpr size_t kCellState = 6;
constexpr size_t kPeepholes = 7;  // (directions, 3 * hidden): of input, output, forget

void Infer(InferContext& context) {
  context.Flag("input_forget", false);
  InferRecurrent(context, kGates);
  if (!context.Has(kPeepholes)) return;
  const graph::Shape& r = context.Shape(2);
  const graph::Shape wanted{r[0], 3 * r[2]};
  context.Require(context.Shape(kPeepholes) == wanted, "its peepholes have shape " +
                                                           graph::ToString(context.Shape(kPeepholes)) + " instead of " +
                                                           graph::ToString(wanted));
}

Results Evaluate(const Call& call) {
  const Gates gates = GatesOf(call, kGates);
  const bool coupled = call.node.Int("input_forget", 0) != 0;
  const bool batch_first = call.node.Int("layout", 0) != 0;
  const auto directions = static_cast<size_t>(call.In(2).shape[0]);
  const auto batch = static_cast<size_t>(call.In(0).shape[batch_first ? 0 : 1]);
  const auto hidden = static_cast<size_t>(gates.hidden);
  std::vector<double> cells(directions * batch * hidden, 0.0);
  if (call.Has(kCellState)) {
    cells.assign(call.In(kCellState).data.floats.begin(), call.In(kCellState).data.floats.end());
  }
  const auto place = [&](const Step& step) {
    return (batch_first ? step.batch * directions + step.which : step.which * batch + step.batch) * hidden;
  };
  Results results = RunRecurrent(call, gates, [&](const Step& step) {
    const std::vector<double> before = step.hidden;
    const std::vector<ScalarFunction>& functions = step.direction.functions;
    double* cell = cells.data() + place(step);
    // The gate of a unit, which may look at its cell.
    const auto gate = [&](int64_t which, size_t unit, double seen) {
      const auto at = static_cast<int64_t>(unit);
      double sum = gates.OfInput(step, which, at) + gates.OfState(step, which, at, before);
      if (call.Has(kPeepholes) && which != kCell) {
        const size_t weight = (step.which * 3 + static_cast<size_t>(which)) * hidden + unit;
        sum += seen * call.In(kPeepholes).data.floats[weight];
      }
      return Clipped(call, sum);
    };
    for (size_t i = 0; i < hidden; ++i) {
      const double input = functions[0](gate(kInput, i, cell[i]));
      const double forget = coupled ? 1.0 - input : functions[0](gate(kForget, i, cell[i]));
      cell[i] = forget * cell[i] + input * functions[1](gate(kCell, i, 0.0));
      step.hidden[i] = functions[0](gate(kOutput, i, cell[i])) * functions[2](cell[i]);
    }
  });
  if (!results) return std::nullopt;
  Value last = MakeValue(graph::ElementType::kFloat, (*results)[1].shape);
  for (size_t i = 0; i < cells.size(); ++i) last.data.floats[i] = static_cast<float>(cells[i]);
  results->push_back(std::move(last));
  return results;
}

}  // namespace

constexpr Op kLSTM = Op({3, 8, 3}, Infer, Evaluate, LayoutKind::kUnsupported, UnsupportedRecurrent);

}  // namespace lockstep::ops
