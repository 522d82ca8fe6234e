// Expressions of strangers: always an answer, never much work.
#include "base/encoding.hpp"
#include "driver/input.hpp"
#include "evidence/calculator.hpp"

using namespace preceptor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const auto result = evidence::calculate(text);
  if (!result) {
    fuzz::require(!result.error().message.empty(), "a refusal says why");
    return 0;
  }
  fuzz::require(result->steps.size() <= evidence::calculation_steps_max, "the steps are few");
  fuzz::require(!result->value.empty() && result->value.size() <= 60, "the value is short");
  for (const auto& step : result->steps)
    fuzz::require(valid_utf8(step.text) && step.value.size() <= 60, "a step can be read");
  const auto again = evidence::calculate(text);
  fuzz::require(again && again->value == result->value, "the same expression has the same value");
  // What it answers can be worked out again, unless it is written with an exponent.
  if (result->value.find('e') == std::string::npos) {
    const auto back = evidence::calculate(result->value);
    fuzz::require(back && back->value == result->value, "a value is an expression that has this value");
  }
  return 0;
}
