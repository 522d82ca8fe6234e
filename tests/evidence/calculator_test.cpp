#include "evidence/calculator.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "evidence/decimal.hpp"

namespace preceptor::evidence {
namespace {

std::string value_of(const std::string& expression) {
  const auto result = calculate(expression);
  return result ? result->value : "refused: " + result.error().message;
}

TEST(Calculator, WorksOutWhatPeopleWrite) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1 + 2", "3"},
      {"0.1 + 0.2", "0.3"},
      {"7 × 3 − 1", "20"},
      {"7 * (3 - 1)", "14"},
      {"-2^2", "-4"},
      {"(-2)^2", "4"},
      {"2^3^2", "512"},
      {"2**10", "1024"},
      {"2^-2", "0.25"},
      {"10 ÷ 4", "2.5"},
      {"1_000_000 / 8", "125000"},
      {"5%", "0.05"},
      {"200 × 15%", "30"},
      {"9^0.5", "3"},
      {"--3", "3"},
      {"3 - -3", "6"},
      {".5 + .25", "0.75"},
      {"99999999999999999999 + 1", "100000000000000000000"},
      {"sqrt(2)^2 - 2 < 1", "refused: this does not belong here (character 15)"},
      {"1.005 × 100", "100.5"},
      {"0 × 5", "0"},
      {"5 - 5", "0"}};
  for (const auto& [expression, value] : cases) EXPECT_EQ(value_of(expression), value) << expression;
}

TEST(Calculator, KnowsWhatFinanceAsks) {
  EXPECT_EQ(value_of("round(compound(1000, 5, 10), 2)"), "1628.89");
  EXPECT_EQ(value_of("round(payment(200000, 0.5, 360), 2)"), "1199.1");
  EXPECT_EQ(value_of("payment(1200, 0, 12)"), "100");
  EXPECT_EQ(value_of("percent(30, 200)"), "15");
  EXPECT_EQ(value_of("change(80, 100)"), "25");
  EXPECT_EQ(value_of("mean(1, 2, 3, 4)"), "2.5");
  EXPECT_EQ(value_of("max(1; -2) - min(3, 4)"), "-2");
  EXPECT_EQ(value_of("abs(-7) + sum(1, 2, 3)"), "13");
}

TEST(Calculator, RoundsHalfToEven) {
  EXPECT_EQ(value_of("round(2.5)"), "2");
  EXPECT_EQ(value_of("round(3.5)"), "4");
  EXPECT_EQ(value_of("round(2.345, 2)"), "2.34");
  EXPECT_EQ(value_of("round(2.3451, 2)"), "2.35");
  EXPECT_EQ(value_of("round(-2.5)"), "-2");
  EXPECT_EQ(value_of("round(0.04, 1)"), "0");
  EXPECT_EQ(value_of("round(0.96, 1)"), "1");
  EXPECT_EQ(value_of("round(123.4, 3)"), "123.4");
}

TEST(Calculator, ShowsEachStepAndWhetherItIsExact) {
  const auto result = calculate("compound(1000, 5, 2) / 3");
  ASSERT_TRUE(result);
  std::vector<std::string> lines;
  for (const auto& step : result->steps) lines.push_back(step.text + " = " + step.value);
  EXPECT_EQ(lines, (std::vector<std::string>{"5 ÷ 100 = 0.05", "1 + 0.05 = 1.05", "1.05 ^ 2 = 1.1025",
                                             "1000 × 1.1025 = 1102.5", "1102.5 ÷ 3 = 367.5"}));
  EXPECT_FALSE(result->rounded);
  const auto third = calculate("1 / 3");
  EXPECT_EQ(third->value, "0." + std::string(40, '3'));
  EXPECT_TRUE(third->rounded);
  EXPECT_TRUE(third->steps[0].rounded);
  EXPECT_EQ(calculate("2 / 3")->value, "0." + std::string(39, '6') + "7");
}

TEST(Calculator, RootsAreRightToTheLastDigits) {
  EXPECT_EQ(value_of("sqrt(2)"), "1.41421356237309504880168872420969807857");  // …078569671875…
  EXPECT_FALSE(calculate("sqrt(1.44)")->rounded);
  EXPECT_EQ(value_of("sqrt(1.44)"), "1.2");
  EXPECT_EQ(value_of("sqrt(0)"), "0");
  EXPECT_EQ(value_of("sqrt(10000000000000000000000)"), "100000000000");
}

TEST(Calculator, SaysWhereItCannotGoOn) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "a number is missing at the end (character 1)"},
      {"1 +", "a number is missing at the end (character 4)"},
      {"1 / 0", "nothing can be divided by zero (character 3)"},
      {"(1 + 2", "a closing parenthesis is missing (character 7)"},
      {"1 2", "this does not belong here (character 3)"},
      {"2 × × 3", "a number is missing here (character 5)"},
      {"0^-1", "zero has no negative power (character 2)"},
      {"2^0.3", "an exponent is a whole number up to 10,000, or 0.5 (character 2)"},
      {"sqrt(-1)", "a negative number has no square root here (character 1)"},
      {"foo(1)", "there is no function 'foo' (character 1)"},
      {"x + 1", "'x' is no number (character 1)"},
      {"percent(1)", "percent takes 2 numbers (character 1)"},
      {"1.2.3", "this number cannot be read, or has more than 40 digits (character 1)"},
      {"9^9999", "the result is larger or smaller than this calculator holds (character 2)"},
      {"10^-5000", "the result is larger or smaller than this calculator holds (character 3)"}};
  for (const auto& [expression, message] : cases)
    EXPECT_EQ(value_of(expression), "refused: " + message) << expression;
}

TEST(Calculator, IsNotBroughtDownByDepthLengthOrWork) {
  EXPECT_FALSE(calculate(std::string(500, '(') + "1" + std::string(400, ')')));
  EXPECT_FALSE(calculate(std::string(900, '-') + "1"));
  EXPECT_EQ(calculate(std::string(1001, '1')).error().kind, ErrorKind::too_large);
  std::string tower = "9";
  for (int i = 0; i < 40; ++i) tower += "^9";
  EXPECT_FALSE(calculate(tower));
  std::string many = "1";
  for (int i = 0; i < 350; ++i) many += "+1";
  EXPECT_FALSE(calculate(many)) << "more steps than anybody reads";
}

// Against 128-bit integers: (a ∘ b) with a and b of up to eight digits and four places.
TEST(Calculator, AgreesWithWholeNumbersOnAThousandSums) {
  Random random(7);
  const auto number = [](std::int64_t units) {
    bool rounded = false;
    return Decimal::quotient(Decimal(units), Decimal(10'000), rounded);
  };
  for (int i = 0; i < 1000; ++i) {
    const auto a = static_cast<std::int64_t>(random.below(200'000'000)) - 100'000'000;
    const auto b = static_cast<std::int64_t>(random.below(200'000'000)) - 100'000'000;
    bool rounded = false;
    EXPECT_EQ(Decimal::sum(number(a), number(b), rounded), number(a + b)) << a << " " << b;
    EXPECT_EQ(Decimal::product(number(a), number(b), rounded),
              Decimal::quotient(Decimal(a * b), Decimal(100'000'000), rounded));
    EXPECT_FALSE(rounded);
    EXPECT_EQ(number(a) < number(b), a < b);
    if (b == 0) continue;
    const auto quotient = Decimal::quotient(number(a), number(b), rounded);
    bool ignored = false;
    const auto off = Decimal::sum(Decimal::product(quotient, number(b), ignored), number(-a), ignored);
    const auto size = off.is_negative() ? off.negated() : off;
    EXPECT_LT(size, Decimal::parse("0.0000000000000000000000000000001").value());
  }
}

}  // namespace
}  // namespace preceptor::evidence
