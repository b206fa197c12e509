// Groups of layers that cannot run row by row are refused, and so is a plan of the arena that does not hold for them.
#include "runtime/check/model_damage.h"
#include "support/row_plans.h"

namespace lockstep::test {
namespace {

joint::RowPlanT& Plan(ModelT& m) { return *m.row_plan; }
int64_t& Offset(ModelT& m, int layer) {
  return Plan(m).arena_offsets[static_cast<size_t>(m.layers[layer]->outputs[0])];
}

const Damage kRowDamages[] = {
    {"TooFewOffsets", [](ModelT& m) { Plan(m).arena_offsets.pop_back(); }, "row_plan.arena_offsets: "},
    {"GiantArena", [](ModelT& m) { Plan(m).arena_size = uint64_t{1} << 40; }, "row_plan.arena_size"},
    {"SmallArena", [](ModelT& m) { Plan(m).arena_size /= 2; }, "the tensor leaves the arena"},
    {"OneLayer", [](ModelT& m) { Plan(m).groups[0]->layers = 1; }, "row_plan.groups[0]: 1 layers from layer 0 on"},
    {"FourLayers", [](ModelT& m) { Plan(m).groups[0]->layers = 4; }, "row_plan.groups[0]: 4 layers from layer 0 on"},
    {"NegativeLayer", [](ModelT& m) { Plan(m).groups[0]->first_layer = -1; }, "row_plan.groups[0]"},
    {"NegativeCount", [](ModelT& m) { Plan(m).groups[0]->layers = -3; }, "row_plan.groups[0]"},
    {"BehindTheLast", [](ModelT& m) { Plan(m).groups[1]->first_layer = 6; }, "row_plan.groups[1]"},
    {"FarBehindTheLast", [](ModelT& m) { Plan(m).groups[1]->first_layer = 2147483647; }, "row_plan.groups[1]"},
    {"Overlapping", [](ModelT& m) { Plan(m).groups[1]->first_layer = 2; }, "row_plan.groups[1]"},
    {"AnAdd",
     [](ModelT& m) {
       Plan(m).groups[1]->first_layer = 5;
       Plan(m).groups[1]->layers = 2;
     },
     "cannot run row by row"},
    {"ReadTwice",
     [](ModelT& m) {
       m.row_plan->groups[0]->first_layer = 2;
       m.row_plan->groups[0]->layers = 2;
       m.row_plan->groups.pop_back();
     },
     "is not the only one that needs the output before it"},
    {"AnOutput",
     [](ModelT& m) {
       m.outputs.push_back(std::make_unique<joint::OutputSpecT>());
       m.outputs.back()->tensor = m.layers[0]->outputs[0];
       // It is alive to the end then, in the plan without groups too.
       joint::TensorT& output = *m.tensors[m.layers[0]->outputs[0]];
       output.arena_offset = static_cast<int64_t>((m.arena_size + 63) / 64 * 64);
       m.arena_size = static_cast<uint64_t>(output.arena_offset) + output.bytes;
     },
     "is not the only one that needs the output before it"},
    {"PlaceWithin", [](ModelT& m) { Offset(m, 0) = 0; }, "-1 is for constants and within groups"},
    {"NoPlace", [](ModelT& m) { Offset(m, 2) = -1; }, "-1 is for constants and within groups"},
    {"RootWithoutPlace", [](ModelT& m) { Offset(m, 6) = std::numeric_limits<int64_t>::min(); },
     "-1 is for constants and within groups"},
    {"NegativePlace", [](ModelT& m) { Offset(m, 2) = -64; }, "-1 is for constants and within groups"},
    {"Overlap", [](ModelT& m) { Offset(m, 2) = Plan(m).arena_offsets[m.inputs[0]->tensor]; }, "alive at the same time"},
    {"OverlapOfTheLastWithTheFirst", [](ModelT& m) { Offset(m, 5) = Offset(m, 2); }, "alive at the same time"},
};

TEST(RowPlan, IsTakenAsItIs) {
  const std::vector<uint8_t> file = Write(GroupedNetwork());
  const Result<Model> model = Model::Copy(file.data(), file.size(), {});
  EXPECT_TRUE(model.ok()) << model.status().message();
}

class RowPlanDamage : public testing::TestWithParam<Damage> {};

TEST_P(RowPlanDamage, IsRefused) { ExpectRefused(GroupedNetwork(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Rows, RowPlanDamage, testing::ValuesIn(kRowDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
