#include "damaged_model.h"

#include <cmath>
#include <memory>
#include <utility>

#include "support/joint_models.h"

namespace lockstep::faults {
namespace {

// The numbers that Conv and DepthwiseConv have in common.
struct Rounding {
  std::vector<int32_t>* acc_init;
  std::vector<int32_t>* multiplier;
  std::vector<int8_t>* shift;
  int32_t* mid_zero_point;
  bool has_table;
};

bool FindRounding(joint::LayerT& layer, Rounding* rounding) {
  if (joint::ConvT* conv = layer.options.AsConv()) {
    *rounding = {&conv->acc_init, &conv->multiplier, &conv->shift, &conv->mid_zero_point, !conv->table.empty()};
  } else if (joint::DepthwiseConvT* depthwise = layer.options.AsDepthwiseConv()) {
    *rounding = {&depthwise->acc_init, &depthwise->multiplier, &depthwise->shift, &depthwise->mid_zero_point,
                 !depthwise->table.empty()};
  } else {
    return false;
  }
  return !rounding->acc_init->empty() && !rounding->multiplier->empty();
}

// rq1's rounding constant, as a part of the sum; 0 where the sum has coarser steps than the output.
int32_t RoundingConstant(const Rounding& r, size_t channel) {
  return static_cast<int32_t>(std::lround(std::ldexp(1.0, 30 + r.shift->at(channel)) / r.multiplier->at(channel)));
}

}  // namespace

bool DamageOf(const std::string& name, Damage* damage) {
  const std::pair<const char*, Damage> known[] = {
      {"truncates", Damage::kTruncates}, {"wrong_zero_point", Damage::kWrongZeroPoint}, {"doubled", Damage::kDoubled}};
  for (const auto& [text, value] : known) {
    if (name != text) continue;
    *damage = value;
    return true;
  }
  return false;
}

bool Suits(Damage damage, const joint::LayerT& layer) {
  Rounding rounding = {};
  if (!FindRounding(const_cast<joint::LayerT&>(layer), &rounding)) return false;
  if (damage == Damage::kTruncates) return RoundingConstant(rounding, 0) > 0;
  return damage != Damage::kWrongZeroPoint || rounding.has_table;  // the loader looks at the others
}

std::vector<uint8_t> WithDamage(const std::vector<uint8_t>& file, Damage damage, size_t index) {
  const std::unique_ptr<joint::ModelT> model(joint::GetModel(file.data())->UnPack());
  joint::LayerT& layer = *model->layers[index];
  Rounding rounding = {};
  FindRounding(layer, &rounding);
  switch (damage) {
    case Damage::kTruncates:
      for (size_t i = 0; i < rounding.acc_init->size(); ++i) rounding.acc_init->at(i) -= RoundingConstant(rounding, i);
      break;
    case Damage::kWrongZeroPoint:
      *rounding.mid_zero_point += 1;
      break;
    case Damage::kDoubled:
      for (int8_t& shift : *rounding.shift) --shift;
      break;
  }
  std::vector<uint8_t> damaged = test::Write(*model);
  auto* digest = const_cast<joint::Digest*>(joint::GetModel(damaged.data())->digest());
  *digest = *joint::GetModel(file.data())->digest();
  return damaged;
}

}  // namespace lockstep::faults
