// Decimal numbers as people write them: exact up to 40 significant digits, then rounded half to even, and
// they know whether they were.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace preceptor::evidence {

class Decimal {
public:
  static constexpr std::size_t digits_max = 40;
  static constexpr std::int64_t magnitude_max = 1000;  // |value| < 10^1000, and the smallest is 10^-1000

  Decimal() = default;
  explicit Decimal(std::int64_t whole);
  // Digits with at most one point, "12", ".5", "1.25"; nothing for what is none, or is out of range.
  static std::optional<Decimal> parse(std::string_view text);

  bool is_zero() const { return digits_.empty(); }
  bool is_negative() const { return negative_; }
  // A whole number between the bounds; nothing for any other value.
  std::optional<std::int64_t> whole(std::int64_t minimum, std::int64_t maximum) const;
  // Whether the value left the range in the operation that made it.
  bool in_range() const;

  Decimal negated() const;
  // `rounded` becomes true when digits were lost; it is never made false.
  static Decimal sum(const Decimal& a, const Decimal& b, bool& rounded);
  static Decimal product(const Decimal& a, const Decimal& b, bool& rounded);
  static Decimal quotient(const Decimal& a, const Decimal& b, bool& rounded);       // b is not zero
  static Decimal power(const Decimal& base, std::int64_t exponent, bool& rounded);  // not 0 to a negative
  static Decimal root(const Decimal& square, bool& rounded);                        // not of a negative
  Decimal rounded_to(std::int64_t places) const;  // half to even, as in banking
  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }

  // Plain notation, "-1234.5"; with an exponent, "1.5e30", when that would need more than 45 characters.
  std::string text() const;

private:
  using Digits = std::vector<std::uint8_t>;  // the most significant first
  static std::strong_ordering compare_magnitudes(const Decimal& a, const Decimal& b);
  // Without leading and trailing zeros, at most digits_max.
  void tidy(bool& rounded);
  void round_at(std::size_t kept, bool& rounded);
  std::int64_t top() const { return exponent_ + static_cast<std::int64_t>(digits_.size()); }

  bool negative_ = false;
  Digits digits_;              // empty: zero
  std::int64_t exponent_ = 0;  // value = digits × 10^exponent
};

}  // namespace preceptor::evidence
