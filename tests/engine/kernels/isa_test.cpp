#include "engine/kernels/isa.hpp"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

namespace preceptor::engine {
namespace {

// Kernels are tested under the cap that PRECEPTOR_ISA asks for.
class ChooseIsaFirst : public ::testing::Environment {
public:
  void SetUp() override { chosen_isa(); }
};
const auto* const choose_isa_first = ::testing::AddGlobalTestEnvironment(new ChooseIsaFirst);

TEST(Isa, CapsWhatKernelsUse) {
  const char* asked = std::getenv("PRECEPTOR_ISA");
  if (asked != nullptr && std::string(asked) != "avx512_bf16") {
    EXPECT_STREQ(name_of(chosen_isa()), asked);
  }
  const bool avx512_usable = (hwy::SupportedTargets() & HWY_AVX3) != 0;
  const bool avx2_usable = (hwy::SupportedTargets() & HWY_AVX2) != 0;
  EXPECT_EQ(avx512_usable, chosen_isa() >= Isa::avx512);
  EXPECT_EQ(avx2_usable, chosen_isa() >= Isa::avx2);
}

// Of every test file that stands beside this one, and of those whose code dispatches as kernels do.
std::set<std::string> suites_of_kernels() {
  std::set<std::string> suites = {"*NetworkGolden*", "*LoraGolden*", "*FamilyDecoding*",
                                  "*CachedDecoder*", "AdamW",        "*BlockUnpack*"};
  const auto folder = std::filesystem::path(__FILE__).parent_path();
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    const testing::TestInfo& first = *suite.GetTestInfo(0);
    if (std::filesystem::path(first.file()).parent_path() == folder) suites.insert(suite.name());
  }
  return suites;
}

// Every narrower instruction set passes the kernels' tests and the golden cases, in a process of its own:
// logits and greedy texts of whole models among them.
TEST(Isa, NarrowerSetsPassTheSameTests) {
  if (std::getenv("PRECEPTOR_ISA") != nullptr) return;  // this is such a process
  std::string filter;
  for (const std::string& suite : suites_of_kernels()) filter += suite + ".*:";
  for (const char* needed :
       {"PairMatmulBf16", "HeadAttentionBf16", "AttentionKeysBf16", "RowLinearInt8", "PartRmsnorm",
        "Layernorm", "Activation", "Bias", "Rmsnorm", "Attention", "Linear"})
    EXPECT_NE((":" + filter).find(std::string(":") + needed + ".*:"), std::string::npos) << needed;
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512, Isa::avx512_bf16}) {
    if (isa > chosen_isa()) break;
    const std::string command = std::string("PRECEPTOR_ISA=") + name_of(isa) + " \"" +
                                std::filesystem::read_symlink("/proc/self/exe").string() +
                                "\" --gtest_brief=1 --gtest_filter='" + filter + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << name_of(isa);
  }
}

}  // namespace
}  // namespace preceptor::engine
