#include "evidence/decimal.hpp"

#include <algorithm>

namespace preceptor::evidence {

Decimal::Decimal(std::int64_t whole) : negative_(whole < 0) {
  auto rest = negative_ ? 0 - static_cast<std::uint64_t>(whole) : static_cast<std::uint64_t>(whole);
  for (; rest > 0; rest /= 10) digits_.insert(digits_.begin(), static_cast<std::uint8_t>(rest % 10));
  bool rounded = false;
  tidy(rounded);
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  Decimal number;
  bool point = false, any = false;
  for (const char c : text) {
    if (c == '.') {
      if (point) return std::nullopt;
      point = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      number.digits_.push_back(static_cast<std::uint8_t>(c - '0'));
      if (point) --number.exponent_;
    } else {
      return std::nullopt;
    }
  }
  bool rounded = false;
  number.tidy(rounded);
  if (!any || rounded || !number.in_range()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> Decimal::whole(std::int64_t minimum, std::int64_t maximum) const {
  if (is_zero()) return minimum <= 0 && maximum >= 0 ? std::optional<std::int64_t>(0) : std::nullopt;
  if (exponent_ < 0 || top() > 18) return std::nullopt;
  std::int64_t value = 0;
  for (const std::uint8_t digit : digits_) value = value * 10 + digit;
  for (std::int64_t i = 0; i < exponent_; ++i) value *= 10;
  if (negative_) value = -value;
  return value >= minimum && value <= maximum ? std::optional(value) : std::nullopt;
}

bool Decimal::in_range() const { return is_zero() || (top() <= magnitude_max && top() > -magnitude_max); }

void Decimal::round_at(std::size_t kept, bool& rounded) {
  if (digits_.size() <= kept) return;
  const auto cut = digits_.begin() + static_cast<std::ptrdiff_t>(kept);
  const bool lost = std::any_of(cut, digits_.end(), [](std::uint8_t digit) { return digit != 0; });
  const bool above_half =
      *cut > 5 ||
      (*cut == 5 && std::any_of(cut + 1, digits_.end(), [](std::uint8_t digit) { return digit != 0; }));
  const bool odd = kept > 0 && digits_[kept - 1] % 2 == 1;
  const bool up = above_half || (*cut == 5 && odd);
  exponent_ += static_cast<std::int64_t>(digits_.size() - kept);
  digits_.resize(kept);
  rounded = rounded || lost;
  if (!up) return;
  for (std::size_t i = kept; i > 0; --i) {
    if (++digits_[i - 1] < 10) return;
    digits_[i - 1] = 0;
  }
  digits_.insert(digits_.begin(), 1);
}

void Decimal::tidy(bool& rounded) {
  digits_.erase(digits_.begin(),
                std::find_if(digits_.begin(), digits_.end(), [](std::uint8_t digit) { return digit != 0; }));
  round_at(digits_max, rounded);
  while (!digits_.empty() && digits_.back() == 0) {
    digits_.pop_back();
    ++exponent_;
  }
  if (digits_.empty()) {
    exponent_ = 0;
    negative_ = false;
  }
}

Decimal Decimal::negated() const {
  Decimal result = *this;
  result.negative_ = !negative_ && !is_zero();
  return result;
}

std::strong_ordering Decimal::compare_magnitudes(const Decimal& a, const Decimal& b) {
  if (a.is_zero() || b.is_zero()) return b.is_zero() <=> a.is_zero();
  if (a.top() != b.top()) return a.top() <=> b.top();
  return std::lexicographical_compare_three_way(a.digits_.begin(), a.digits_.end(), b.digits_.begin(),
                                                b.digits_.end());
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  if (negative_ != other.negative_) return other.negative_ <=> negative_;
  return negative_ ? compare_magnitudes(other, *this) : compare_magnitudes(*this, other);
}

Decimal Decimal::sum(const Decimal& a, const Decimal& b, bool& rounded) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  const bool a_larger = compare_magnitudes(a, b) >= 0;
  const Decimal& large = a_larger ? a : b;
  const Decimal& small = a_larger ? b : a;
  // So far below the last digit kept that it only tells which way to round.
  if (large.top() - small.top() > static_cast<std::int64_t>(2 * digits_max)) {
    rounded = true;
    return large;
  }
  Decimal result = large;
  const std::int64_t lowest = std::min(large.exponent_, small.exponent_);
  result.digits_.resize(static_cast<std::size_t>(large.top() - lowest), 0);
  result.exponent_ = lowest;
  Digits other(static_cast<std::size_t>(large.top() - small.top()), 0);
  other.insert(other.end(), small.digits_.begin(), small.digits_.end());
  other.resize(result.digits_.size(), 0);
  const int sign = a.negative_ == b.negative_ ? 1 : -1;
  int carry = 0;
  for (std::size_t i = result.digits_.size(); i > 0; --i) {
    int digit = result.digits_[i - 1] + sign * other[i - 1] + carry;
    carry = digit < 0 ? -1 : digit / 10;
    digit = (digit + 10) % 10;
    result.digits_[i - 1] = static_cast<std::uint8_t>(digit);
  }
  if (carry > 0) result.digits_.insert(result.digits_.begin(), 1);
  result.tidy(rounded);
  return result;
}

Decimal Decimal::product(const Decimal& a, const Decimal& b, bool& rounded) {
  Decimal result;
  if (a.is_zero() || b.is_zero()) return result;
  result.negative_ = a.negative_ != b.negative_;
  result.exponent_ = a.exponent_ + b.exponent_;
  std::vector<int> places(a.digits_.size() + b.digits_.size(), 0);
  for (std::size_t i = a.digits_.size(); i > 0; --i) {
    for (std::size_t j = b.digits_.size(); j > 0; --j)
      places[i + j - 1] += a.digits_[i - 1] * b.digits_[j - 1];
  }
  for (std::size_t i = places.size() - 1; i > 0; --i) {
    places[i - 1] += places[i] / 10;
    places[i] %= 10;
  }
  for (const int place : places) result.digits_.push_back(static_cast<std::uint8_t>(place));
  result.tidy(rounded);
  return result;
}

Decimal Decimal::quotient(const Decimal& a, const Decimal& b, bool& rounded) {
  Decimal result;
  if (a.is_zero()) return result;
  // Long division, with one digit more than is kept and a last one that says whether anything is left.
  Digits rest;
  const auto at_least_divisor = [&] {
    const auto begin = std::find_if(rest.begin(), rest.end(), [](std::uint8_t digit) { return digit != 0; });
    const auto length = static_cast<std::size_t>(rest.end() - begin);
    if (length != b.digits_.size()) return length > b.digits_.size();
    return !std::lexicographical_compare(begin, rest.end(), b.digits_.begin(), b.digits_.end());
  };
  const auto subtract = [&] {
    int borrow = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      const std::size_t at = rest.size() - 1 - i;
      int digit = rest[at] - borrow - (i < b.digits_.size() ? b.digits_[b.digits_.size() - 1 - i] : 0);
      borrow = digit < 0 ? 1 : 0;
      rest[at] = static_cast<std::uint8_t>(digit + 10 * borrow);
    }
  };
  const auto nothing_left = [&] {
    return std::all_of(rest.begin(), rest.end(), [](std::uint8_t digit) { return digit == 0; });
  };
  std::int64_t used = 0;
  for (std::size_t i = 0; i < digits_max + b.digits_.size() + 2 || i < a.digits_.size(); ++i) {
    if (i >= a.digits_.size() && nothing_left()) break;
    rest.push_back(i < a.digits_.size() ? a.digits_[i] : std::uint8_t{0});
    std::uint8_t digit = 0;
    for (; at_least_divisor(); ++digit) subtract();
    result.digits_.push_back(digit);
    rest.erase(rest.begin(), std::find_if(rest.begin(), rest.end(), [](std::uint8_t d) { return d != 0; }));
    ++used;
  }
  result.exponent_ = a.exponent_ - b.exponent_ + static_cast<std::int64_t>(a.digits_.size()) - used;
  if (!nothing_left()) {
    result.digits_.push_back(1);
    result.exponent_ -= 1;
  }
  result.negative_ = a.negative_ != b.negative_;
  result.tidy(rounded);
  return result;
}

Decimal Decimal::power(const Decimal& base, std::int64_t exponent, bool& rounded) {
  Decimal result(1), square = base;
  for (auto left = static_cast<std::uint64_t>(exponent < 0 ? -exponent : exponent); left > 0; left /= 2) {
    if (left % 2 == 1) result = product(result, square, rounded);
    if (left > 1) square = product(square, square, rounded);
    if (!result.in_range() || !square.in_range()) return square.in_range() ? result : square;
  }
  return exponent < 0 ? quotient(Decimal(1), result, rounded) : result;
}

Decimal Decimal::root(const Decimal& square, bool& rounded) {
  if (square.is_zero()) return square;
  // Newton's method from a power of ten near by; each step doubles the digits that are right.
  Decimal guess(1);
  guess.exponent_ = square.top() / 2;
  const Decimal two(2);
  bool ignored = false;
  for (int i = 0; i < 200; ++i) {
    const Decimal next = quotient(sum(guess, quotient(square, guess, ignored), ignored), two, ignored);
    if (next == guess) break;
    guess = next;
  }
  bool inexact = false;
  const Decimal back = product(guess, guess, inexact);
  rounded = rounded || inexact || !(back == square);
  return guess;
}

Decimal Decimal::rounded_to(std::int64_t places) const {
  Decimal result = *this;
  if (is_zero() || -exponent_ <= places) return result;
  const std::int64_t kept = top() + places;
  if (kept < 0) return {};
  bool ignored = false;
  result.round_at(static_cast<std::size_t>(kept), ignored);
  result.tidy(ignored);
  return result;
}

std::string Decimal::text() const {
  if (is_zero()) return "0";
  std::string digits;
  for (const std::uint8_t digit : digits_) digits += static_cast<char>('0' + digit);
  const std::string sign = negative_ ? "-" : "";
  const bool plain = top() <= 45 && exponent_ >= -45;
  if (!plain) {
    const std::string rest = digits.substr(1);
    return sign + digits[0] + (rest.empty() ? "" : "." + rest) + "e" + std::to_string(top() - 1);
  }
  if (exponent_ >= 0) return sign + digits + std::string(static_cast<std::size_t>(exponent_), '0');
  if (top() > 0) return sign + digits.insert(static_cast<std::size_t>(top()), 1, '.');
  return sign + "0." + std::string(static_cast<std::size_t>(-top()), '0') + digits;
}

}  // namespace preceptor::evidence
