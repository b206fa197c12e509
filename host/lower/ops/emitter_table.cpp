#include "lower/ops/emitter_table.h"

#include "lower/ops/emitters.h"

namespace lockstep::lower {
namespace {

struct Row {
  std::string_view op;
  Emitter emit;
  Emitter emit_float;  // for a node in floats; what moves elements has one for both
};

#define LOCKSTEP_ROW(op, integers, floats) {#op, Emit##integers, Emit##floats},
constexpr Row kRows[] = {LOCKSTEP_EMITTERS(LOCKSTEP_ROW)};
#undef LOCKSTEP_ROW

constexpr bool IsInOrder() {
  for (size_t i = 1; i < sizeof(kRows) / sizeof(kRows[0]); ++i) {
    if (!(kRows[i - 1].op < kRows[i].op)) return false;
  }
  return true;
}

static_assert(IsInOrder(), "an operator stands twice in the table or out of the alphabet's order");

}  // namespace

Emitter FindEmitter(std::string_view op) {
  for (const Row& row : kRows) {
    if (row.op == op) return row.emit;
  }
  return nullptr;
}

Emitter FindFloatEmitter(std::string_view op) {
  for (const Row& row : kRows) {
    if (row.op == op) return row.emit_float;
  }
  return nullptr;
}

std::vector<std::string_view> LoweredOperators() {
  std::vector<std::string_view> operators;
  for (const Row& row : kRows) operators.push_back(row.op);
  return operators;
}

}  // namespace lockstep::lower
