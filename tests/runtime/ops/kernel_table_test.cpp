// The table of kernels and the choice by CPU.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "check/report.h"
#include "ops/operator_table.h"

namespace lockstep::kernels {
namespace {

// That every operator has a row with a portable kernel, the compiler checks.
TEST(OperatorTable, KernelNamesAreUniqueAndEndWithTheInstructionSet) {
  std::set<std::string> names;
  for (size_t type = 1; type < kOperatorCount; ++type) {
    const OperatorRun& op = OperatorOf(static_cast<joint::Options>(type));
    for (size_t i = 0; i < op.kernel_count; ++i) {
      const std::string name = op.kernels[i].name;
      const std::string ending = std::string("_") + IsaName(op.kernels[i].isa);
      EXPECT_TRUE(names.insert(name).second) << name;
      ASSERT_GT(name.size(), ending.size());
      EXPECT_EQ(name.substr(name.size() - ending.size()), ending);
    }
  }
}

TEST(OperatorTable, NoneHasNoFunctions) {
  EXPECT_EQ(CheckOf(joint::Options::NONE).check, nullptr);
  EXPECT_EQ(OperatorOf(joint::Options::NONE).prepare, nullptr);
}

// What a row says beside its functions; a row that leaves it out compiles.
TEST(OperatorTable, VersionsPackedInputsAndStridesOf) {
  struct Row {
    joint::Options type;
    int32_t outputs;
    uint32_t version;
    int32_t packed_input, strided_inputs;
    bool strided_outputs;
  };
  const Row rows[] = {
      {joint::Options::ConvTranspose, 1, 2, 1, 1, true}, {joint::Options::LayerNormalization, 1, 1, -1, 0, false},
      {joint::Options::MatMul, 1, 1, -1, 0, false},      {joint::Options::PRelu, 1, 1, -1, 1, true},
      {joint::Options::ReduceMean, 1, 1, -1, 1, false},  {joint::Options::TopK, 2, 1, -1, 0, false},
      {joint::Options::Interpolate, 1, 1, -1, 1, true},  {joint::Options::Gather, 1, 1, -1, 0, false},
      {joint::Options::ReduceMax, 1, 1, -1, 1, false},   {joint::Options::Maximum, 1, 1, -1, 2, true},
      {joint::Options::GridSample, 1, 1, -1, 1, true},   {joint::Options::NonMaxSuppression, 1, 1, -1, 0, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(joint::EnumNameOptions(row.type));
    const OperatorCheck op = CheckOf(row.type);
    EXPECT_EQ(op.outputs, row.outputs);
    EXPECT_EQ(op.version, row.version);
    EXPECT_EQ(op.packed_input, row.packed_input);
    EXPECT_EQ(op.strided_inputs, row.strided_inputs);
    EXPECT_EQ(op.strided_outputs, row.strided_outputs);
  }
}

// Nothing but speed is lost with a row of an instruction set. Floats of a transposed convolution have one sum for each
// output pixel, which no instruction set makes faster.
TEST(OperatorTable, ConvTransposeHasTheKernelsOfConv) {
  const OperatorRun& conv = OperatorOf(joint::Options::Conv);
  const OperatorRun& transposed = OperatorOf(joint::Options::ConvTranspose);
  size_t next = 0;
  for (size_t i = 0; i < conv.kernel_count; ++i) {
    const std::string name = conv.kernels[i].name;
    if (name.find("winograd") != std::string::npos) continue;  // 3x3 windows alone
    if (conv.kernels[i].form == Form::kFloat && conv.kernels[i].isa != Isa::kPortable) continue;
    const std::string wanted = "conv_transpose" + name.substr(4);
    ASSERT_LT(next, transposed.kernel_count) << wanted << " is missing";
    const Kernel& kernel = transposed.kernels[next++];
    EXPECT_EQ(kernel.name, wanted);
    EXPECT_EQ(kernel.isa, conv.kernels[i].isa) << wanted;
    EXPECT_EQ(kernel.form, conv.kernels[i].form) << wanted;
    EXPECT_EQ(kernel.accepts == nullptr, conv.kernels[i].accepts == nullptr) << wanted;
  }
}

void Run(const LayerArgs& /*args*/, int64_t /*begin*/, int64_t /*end*/, uint8_t* /*scratch*/) {}
bool Accept(const LayerArgs& /*args*/) { return true; }
Prepared Prepare(const LayerArgs& /*args*/) { return {}; }
check::Verdict Check(check::LayerCheck& /*layer*/) { return check::Verdict::kPassed; }

constexpr Kernel kPortable[] = {{"portable", Isa::kPortable, Form::kAny, Run, nullptr}};
constexpr Kernel kChoosy[] = {{"portable", Isa::kPortable, Form::kAny, Run, Accept}};
constexpr Kernel kNeonLast[] = {{"portable", Isa::kPortable, Form::kAny, Run, nullptr},
                                {"neon", Isa::kNeon, Form::kAny, Run, nullptr}};

static_assert(IsComplete({joint::Options::Add, 1, Check, Prepare, nullptr, kPortable, 1}));
static_assert(!IsComplete({joint::Options::Add, 0, Check, Prepare, nullptr, kPortable, 1}));
static_assert(!IsComplete({joint::Options::Add, 1, nullptr, Prepare, nullptr, kPortable, 1}));
static_assert(!IsComplete({joint::Options::Add, 1, Check, nullptr, nullptr, kPortable, 1}));
static_assert(!IsComplete({joint::Options::Add, 1, Check, Prepare, nullptr, nullptr, 0}));
static_assert(!IsComplete({joint::Options::Add, 1, Check, Prepare, nullptr, kChoosy, 1}));
static_assert(!IsComplete({joint::Options::Add, 1, Check, Prepare, nullptr, kPortable, 1, 0}));
static_assert(!IsComplete({joint::Options::Add, 1, Check, Prepare, nullptr, kNeonLast, 2}));

constexpr Kernel kFloatAlone[] = {{"portable", Isa::kPortable, Form::kFloat, Run, nullptr}};
constexpr Kernel kBothForms[] = {{"integer", Isa::kPortable, Form::kInteger, Run, nullptr},
                                 {"float", Isa::kPortable, Form::kFloat, Run, nullptr}};
static_assert(!IsComplete({joint::Options::Add, 1, Check, Prepare, nullptr, kFloatAlone, 1}));
static_assert(!IsComplete({joint::Options::Add, 1, Check, Prepare, nullptr, kBothForms, 1}));
static_assert(IsComplete({joint::Options::Add, 1, Check, Prepare, nullptr, kBothForms, 2}));

class IsaEnvironment : public ::testing::Test {
 protected:
  ~IsaEnvironment() override { unsetenv("LOCKSTEP_ISA"); }
};

TEST_F(IsaEnvironment, UnsetMeansEverythingThatIsThere) {
  unsetenv("LOCKSTEP_ISA");
  IsaSet isa = 0;
  const char* unknown = nullptr;
  ASSERT_TRUE(IsaFromEnvironment(&isa, &unknown));
  EXPECT_EQ(isa, DetectIsa());
  EXPECT_NE(isa & IsaBit(Isa::kPortable), 0U);
}

TEST_F(IsaEnvironment, PortableAlone) {
  setenv("LOCKSTEP_ISA", "portable", 1);
  IsaSet isa = 0;
  const char* unknown = nullptr;
  ASSERT_TRUE(IsaFromEnvironment(&isa, &unknown));
  EXPECT_EQ(isa, IsaBit(Isa::kPortable));
}

TEST_F(IsaEnvironment, EveryNameThatIsThereIsAccepted) {
  for (const Isa candidate : {Isa::kPortable, Isa::kMsa, Isa::kNeon, Isa::kNeonDot, Isa::kNeonI8mm, Isa::kAvx512Vnni,
                              Isa::kAvx2, Isa::kAvxVnni}) {
    setenv("LOCKSTEP_ISA", (std::string("portable,") + IsaName(candidate)).c_str(), 1);
    IsaSet isa = 0;
    const char* unknown = nullptr;
    const bool present = (DetectIsa() & IsaBit(candidate)) != 0;
    EXPECT_EQ(IsaFromEnvironment(&isa, &unknown), present) << IsaName(candidate);
    if (present) {
      EXPECT_EQ(isa, IsaBit(Isa::kPortable) | IsaBit(candidate));
    } else {
      EXPECT_STREQ(unknown, IsaName(candidate));
    }
  }
}

TEST_F(IsaEnvironment, UnknownNamesAreRefused) {
  for (const char* text : {"sse9", "portable,", "portable,neon2", "port"}) {
    setenv("LOCKSTEP_ISA", text, 1);
    IsaSet isa = 12345;
    const char* unknown = nullptr;
    EXPECT_FALSE(IsaFromEnvironment(&isa, &unknown)) << text;
    EXPECT_EQ(isa, 12345U);
    EXPECT_NE(unknown, nullptr);
  }
}

}  // namespace
}  // namespace lockstep::kernels
