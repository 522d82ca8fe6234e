#include "loop/train_settings.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace preceptor::loop {
namespace {

constexpr std::int64_t nano = 3'000'000;
constexpr std::int64_t large = 1'000'000'000;

TEST(TrainSettings, FillInTheDefaultsOfTheObjective) {
  const auto sft = complete_settings(Objective::sft, {}, nano).value();
  EXPECT_EQ(sft.at("epochs"), 1);
  EXPECT_FALSE(sft.contains("beta"));
  const auto dpo = complete_settings(Objective::dpo, {}, nano).value();
  EXPECT_DOUBLE_EQ(dpo.at("beta"), 0.1);
  EXPECT_DOUBLE_EQ(complete_settings(Objective::reward, {}, nano).value().at("centring"), 0.01);
}

TEST(TrainSettings, LearnSlowerWhenTheModelIsLarge) {
  const auto small = complete_settings(Objective::dpo, {}, nano).value();
  const auto big = complete_settings(Objective::dpo, {}, large).value();
  EXPECT_GT(small.at("learning_rate"), big.at("learning_rate"));
  EXPECT_EQ(complete_settings(Objective::dpo, {}, 0).value(), big) << "an unknown size is taken for large";
}

TEST(TrainSettings, OfAnAdapterLearnFasterUnlessTheRateIsGiven) {
  const auto whole = complete_settings(Objective::sft, {}, large).value();
  const auto adapter = complete_settings(Objective::sft, {{"lora_rank", 8}}, large).value();
  EXPECT_DOUBLE_EQ(adapter.at("learning_rate"), 10 * whole.at("learning_rate"));
  const auto given =
      complete_settings(Objective::sft, {{"lora_rank", 8}, {"learning_rate", 3e-5}}, large).value();
  EXPECT_DOUBLE_EQ(given.at("learning_rate"), 3e-5);
}

TEST(TrainSettings, PutWhatIsGivenInPlaceOfTheDefaults) {
  const auto settings = complete_settings(Objective::dpo, {{"beta", 0.5}, {"steps", 12}}, nano).value();
  EXPECT_EQ(settings.at("beta"), 0.5);
  EXPECT_EQ(settings.at("steps"), 12);
}

TEST(TrainSettings, RefuseAnUnknownNameAndTellTheKnownOnes) {
  const auto refused = complete_settings(Objective::sft, {{"beta", 0.1}}, nano);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_EQ(refused.error().message, "sft has no setting beta.");
  EXPECT_NE(refused.error().hint.find("learning_rate"), std::string::npos);
  EXPECT_EQ(refused.error().where, "/settings/beta");
}

TEST(TrainSettings, RefuseAValueOutOfItsRangeAndNameTheRange) {
  for (const auto& [name, value] : std::map<std::string, double>{
           {"learning_rate", 0}, {"learning_rate", -1}, {"batch_examples", 0}, {"epochs", 101}}) {
    const auto refused = complete_settings(Objective::reward, {{name, value}}, nano);
    ASSERT_FALSE(refused) << name;
    EXPECT_NE(refused.error().message.find(name + " must be between"), std::string::npos);
    EXPECT_EQ(refused.error().where, "/settings/" + name);
  }
  EXPECT_FALSE(complete_settings(Objective::reward, {{"centring", std::nan("")}}, nano));
}

}  // namespace
}  // namespace preceptor::loop
