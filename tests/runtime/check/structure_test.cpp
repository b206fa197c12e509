// The structure of a file as the table of joint.fbs says it, against the Verify functions that flatc writes.
#include "check/structure.h"

#include <gtest/gtest.h>

#include "joint_generated.h"
#include "support/joint_models.h"
#include "support/random_damage.h"
#include "support/row_plans.h"

namespace lockstep::test {
namespace {

constexpr int kDamages = 3000;  // of each model

bool IsVerified(const std::vector<uint8_t>& file) {
  flatbuffers::Verifier verifier(file.data(), file.size(), 8, 1 << 18);
  return verifier.VerifyBuffer<joint::Model>(nullptr);
}

struct Verdicts {
  int held = 0;
  int refused = 0;
};

void Compare(const std::vector<uint8_t>& file, const std::string& what, Verdicts* verdicts) {
  const bool verified = IsVerified(file);
  EXPECT_EQ(check::HasStructure(file.data(), file.size()), verified) << what;
  ++(verified ? verdicts->held : verdicts->refused);
}

// Words near the end of a file, where its vtables, offsets and lengths lie, behind the constants and in front of them.
std::vector<uint8_t> WithWord(std::vector<uint8_t> file, SeededBytes* bytes) {
  uint32_t random[3];
  for (uint32_t& number : random) {
    number = 0;
    for (int i = 0; i < 4; ++i) number = number << 8 | bytes->Next();
  }
  const size_t at = random[0] % (file.size() - 4);
  // Of two bytes, as in a vtable, or of four; small, or about as large as the file, or any.
  const uint32_t limits[] = {64, 1024, static_cast<uint32_t>(file.size()), UINT32_MAX};
  const uint32_t value = random[1] % limits[random[2] % 4];
  for (size_t i = 0; i < (random[2] % 8 < 4 ? 2 : 4); ++i) file[at + i] = static_cast<uint8_t>(value >> 8 * i);
  return file;
}

void CompareDamages(const joint::ModelT& model, uint64_t seed) {
  const std::vector<uint8_t> file = Write(model);
  Verdicts verdicts;
  Compare(file, "as written", &verdicts);
  ASSERT_EQ(verdicts.held, 1);
  RandomDamage damage(file, seed);
  SeededBytes bytes(seed);
  for (int i = 0; i < kDamages; ++i) {
    std::string what;
    std::vector<uint8_t> damaged = damage.Next(&what);
    Compare(damaged, what + " in round " + std::to_string(i), &verdicts);
    if (damaged.size() < 8) continue;
    Compare(WithWord(file, &bytes), "a word in round " + std::to_string(i), &verdicts);
  }
  EXPECT_GT(verdicts.held, kDamages / 20);
  EXPECT_GT(verdicts.refused, kDamages / 20);
}

TEST(Structure, OfDamagedNetworksIsJudgedAsByFlatBuffers) {
  CompareDamages(SmallNetwork(), 1);
  CompareDamages(WideNetwork(), 2);
  CompareDamages(ViewNetwork(), 3);
  CompareDamages(FloatNetwork(), 4);
  CompareDamages(AttentionNetwork(), 5);
  CompareDamages(GroupedNetwork(), 6);
}

TEST(Structure, OfRandomNetworksIsJudgedAsByFlatBuffers) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    CompareDamages(RandomNetwork(seed), seed);
    CompareDamages(RandomFloatNetwork(seed), seed);
  }
}

// Every required field of the model, one after the other: its entry in the vtable is zero.
TEST(Structure, RequiredFieldsAreMissed) {
  const std::vector<uint8_t> file = Write(SmallNetwork());
  const auto* model = reinterpret_cast<const flatbuffers::Table*>(joint::GetModel(file.data()));
  int refused = 0;
  for (flatbuffers::voffset_t field = 4; field <= joint::Model::VT_DIGEST; field += 2) {
    std::vector<uint8_t> damaged = file;
    uint8_t* entry = damaged.data() + (model->GetVTable() + field - file.data());
    entry[0] = 0;
    entry[1] = 0;
    EXPECT_EQ(check::HasStructure(damaged.data(), damaged.size()), IsVerified(damaged)) << field;
    if (!IsVerified(damaged)) ++refused;
  }
  EXPECT_EQ(refused, 9);
}

}  // namespace
}  // namespace lockstep::test
