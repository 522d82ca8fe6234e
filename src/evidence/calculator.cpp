#include "evidence/calculator.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "evidence/decimal.hpp"

namespace preceptor::evidence {
namespace {

constexpr std::int64_t exponent_max = 10'000;
constexpr std::int64_t periods_max = 10'000;
constexpr std::size_t arguments_max = 100;

struct Stop {  // the way out of the recursion; becomes a refusal
  std::string message;
  std::size_t place;
};

// The operations, each of which leaves a step.
class Steps {
public:
  Decimal add(const Decimal& a, const Decimal& b) {
    return b.is_negative() ? note(join(a, "−", b.negated()), [&](bool& r) { return Decimal::sum(a, b, r); })
                           : note(join(a, "+", b), [&](bool& r) { return Decimal::sum(a, b, r); });
  }
  Decimal subtract(const Decimal& a, const Decimal& b) {
    return note(join(a, "−", b), [&](bool& r) { return Decimal::sum(a, b.negated(), r); });
  }
  Decimal multiply(const Decimal& a, const Decimal& b) {
    return note(join(a, "×", b), [&](bool& r) { return Decimal::product(a, b, r); });
  }
  Decimal divide(const Decimal& a, const Decimal& b) {
    if (b.is_zero()) throw Stop{"nothing can be divided by zero", place};
    return note(join(a, "÷", b), [&](bool& r) { return Decimal::quotient(a, b, r); });
  }
  Decimal power(const Decimal& base, const Decimal& exponent) {
    bool rounded = false;
    if (Decimal::product(exponent, Decimal(2), rounded) == Decimal(1)) return root(base);
    const auto whole = exponent.whole(-exponent_max, exponent_max);
    if (!whole) throw Stop{"an exponent is a whole number up to 10,000, or 0.5", place};
    if (base.is_zero() && *whole < 0) throw Stop{"zero has no negative power", place};
    return note(join(base, "^", exponent), [&](bool& r) { return Decimal::power(base, *whole, r); });
  }
  Decimal root(const Decimal& square) {
    if (square.is_negative()) throw Stop{"a negative number has no square root here", place};
    return note("√" + written(square), [&](bool& r) { return Decimal::root(square, r); });
  }
  Decimal round_to(const Decimal& value, std::int64_t places) {
    return note(
        written(value) + " rounded to " + std::to_string(places) + (places == 1 ? " place" : " places"),
        [&](bool&) { return value.rounded_to(places); });
  }

  std::size_t place = 0;  // in the expression, of what is worked out now
  Calculation result;

private:
  static std::string written(const Decimal& number) {
    return number.is_negative() ? "(" + number.text() + ")" : number.text();
  }
  static std::string join(const Decimal& a, std::string_view sign, const Decimal& b) {
    return written(a) + " " + std::string(sign) + " " + written(b);
  }
  template <class Work>
  Decimal note(std::string text, const Work& work) {
    bool rounded = false;
    const Decimal value = work(rounded);
    if (!value.in_range()) throw Stop{"the result is larger or smaller than this calculator holds", place};
    if (result.steps.size() >= calculation_steps_max) throw Stop{"this takes too many steps", place};
    result.steps.push_back({std::move(text), value.text(), rounded});
    result.rounded = result.rounded || rounded;
    return value;
  }
};

class Parser {
public:
  explicit Parser(std::string_view text) : text_(text) {}

  Calculation run() {
    const Decimal value = sum();
    skip_blanks();
    if (at_ < text_.size()) fail("this does not belong here");
    steps_.result.value = value.text();
    return std::move(steps_.result);
  }

private:
  [[noreturn]] void fail(std::string message) const { throw Stop{std::move(message), at_}; }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }
  bool take(std::string_view sign) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(sign)) return false;
    steps_.place = at_;
    at_ += sign.size();
    return true;
  }
  bool take_any(std::initializer_list<std::string_view> signs) {
    return std::any_of(signs.begin(), signs.end(), [this](std::string_view sign) { return take(sign); });
  }

  class Deeper {
  public:
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > calculation_depth_max) parser_.fail("this is nested too deeply");
    }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

  private:
    Parser& parser_;
  };

  Decimal sum() {
    const Deeper deeper(*this);
    Decimal value = product();
    for (;;) {
      if (take("+")) {
        const std::size_t place = steps_.place;
        const Decimal other = product();
        steps_.place = place;
        value = steps_.add(value, other);
      } else if (take_any({"-", "−", "–"})) {
        const std::size_t place = steps_.place;
        const Decimal other = product();
        steps_.place = place;
        value = steps_.subtract(value, other);
      } else {
        return value;
      }
    }
  }

  Decimal product() {
    Decimal value = signed_power();
    for (;;) {
      if (text_.substr(at_).starts_with("**")) return value;
      if (take_any({"×", "*", "·"})) {
        const std::size_t place = steps_.place;
        const Decimal other = signed_power();
        steps_.place = place;
        value = steps_.multiply(value, other);
      } else if (take_any({"÷", "/", ":"})) {
        const std::size_t place = steps_.place;
        const Decimal other = signed_power();
        steps_.place = place;
        value = steps_.divide(value, other);
      } else {
        return value;
      }
    }
  }

  Decimal signed_power() {
    const Deeper deeper(*this);
    if (take_any({"-", "−", "–"})) return signed_power().negated();
    if (take("+")) return signed_power();
    const Decimal base = with_percent();
    if (!take_any({"^", "**"})) return base;
    const std::size_t place = steps_.place;
    const Decimal exponent = signed_power();
    steps_.place = place;
    return steps_.power(base, exponent);
  }

  Decimal with_percent() {
    Decimal value = atom();
    while (take("%")) value = steps_.divide(value, Decimal(100));
    return value;
  }

  Decimal atom() {
    const Deeper deeper(*this);
    if (take("(")) {
      const Decimal value = sum();
      if (!take(")")) fail("a closing parenthesis is missing");
      return value;
    }
    skip_blanks();
    if (at_ >= text_.size()) fail("a number is missing at the end");
    const char c = text_[at_];
    if ((c >= '0' && c <= '9') || c == '.') return number();
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return function();
    fail("a number is missing here");
  }

  Decimal number() {
    const std::size_t begin = at_;
    std::string digits;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '_' && at_ > begin) continue;  // 1_000_000
      if ((c < '0' || c > '9') && c != '.') break;
      digits += c;
    }
    const auto value = Decimal::parse(digits);
    if (value) return *value;
    at_ = begin;
    fail("this number cannot be read, or has more than 40 digits");
  }

  Decimal function() {
    const std::size_t begin = at_;
    std::string name;
    for (; at_ < text_.size(); ++at_) {
      const char c = static_cast<char>(text_[at_] | 0x20);
      if (c < 'a' || c > 'z') break;
      name += c;
    }
    if (!take("(")) {
      at_ = begin;
      fail("'" + name + "' is no number");
    }
    std::vector<Decimal> arguments;
    do {
      if (arguments.size() == arguments_max) fail("these are too many numbers");
      arguments.push_back(sum());
    } while (take_any({",", ";"}));
    if (!take(")")) fail("a closing parenthesis is missing");
    steps_.place = begin;
    return call(name, arguments, begin);
  }

  Decimal call(const std::string& name, const std::vector<Decimal>& a, std::size_t place) {
    using Function = Decimal (Parser::*)(const std::vector<Decimal>&);
    struct Known {
      std::string_view name;
      std::size_t least, most;
      Function function;
    };
    static constexpr std::array<Known, 11> known{{{"sqrt", 1, 1, &Parser::sqrt},
                                                  {"abs", 1, 1, &Parser::abs},
                                                  {"round", 1, 2, &Parser::round},
                                                  {"min", 1, arguments_max, &Parser::min},
                                                  {"max", 1, arguments_max, &Parser::max},
                                                  {"sum", 1, arguments_max, &Parser::total},
                                                  {"mean", 1, arguments_max, &Parser::mean},
                                                  {"percent", 2, 2, &Parser::percent},
                                                  {"change", 2, 2, &Parser::change},
                                                  {"compound", 3, 3, &Parser::compound},
                                                  {"payment", 3, 3, &Parser::payment}}};
    for (const Known& one : known) {
      if (one.name != name) continue;
      if (a.size() >= one.least && a.size() <= one.most) return (this->*one.function)(a);
      throw Stop{name + " takes " + std::to_string(one.least) +
                     (one.most == arguments_max ? " or more numbers"
                      : one.most != one.least   ? " or " + std::to_string(one.most) + " numbers"
                      : one.least == 1          ? " number"
                                                : " numbers"),
                 place};
    }
    throw Stop{"there is no function '" + name + "'", place};
  }

  Decimal sqrt(const std::vector<Decimal>& a) { return steps_.root(a[0]); }
  Decimal abs(const std::vector<Decimal>& a) { return a[0].is_negative() ? a[0].negated() : a[0]; }
  Decimal round(const std::vector<Decimal>& a) {
    const auto places = a.size() == 2 ? a[1].whole(0, 40) : std::optional<std::int64_t>(0);
    if (!places) throw Stop{"round to 0 to 40 places", steps_.place};
    return steps_.round_to(a[0], *places);
  }
  Decimal min(const std::vector<Decimal>& a) { return *std::min_element(a.begin(), a.end()); }
  Decimal max(const std::vector<Decimal>& a) { return *std::max_element(a.begin(), a.end()); }
  Decimal total(const std::vector<Decimal>& a) {
    Decimal value = a[0];
    for (std::size_t i = 1; i < a.size(); ++i) value = steps_.add(value, a[i]);
    return value;
  }
  Decimal mean(const std::vector<Decimal>& a) {
    return steps_.divide(total(a), Decimal(static_cast<std::int64_t>(a.size())));
  }
  Decimal percent(const std::vector<Decimal>& a) {
    return steps_.multiply(steps_.divide(a[0], a[1]), Decimal(100));
  }
  Decimal change(const std::vector<Decimal>& a) {
    return steps_.multiply(steps_.divide(steps_.subtract(a[1], a[0]), a[0]), Decimal(100));
  }
  // (1 + rate ÷ 100)^n
  Decimal growth(const Decimal& rate, const Decimal& periods) {
    if (!periods.whole(0, periods_max))
      throw Stop{"the periods are a whole number up to 10,000", steps_.place};
    return steps_.power(steps_.add(Decimal(1), steps_.divide(rate, Decimal(100))), periods);
  }
  Decimal compound(const std::vector<Decimal>& a) { return steps_.multiply(a[0], growth(a[1], a[2])); }
  // principal × r × g ÷ (g − 1) with r = rate ÷ 100 and g = (1 + r)^n; principal ÷ n without interest.
  Decimal payment(const std::vector<Decimal>& a) {
    if (a[1].is_zero()) return steps_.divide(a[0], a[2]);
    const Decimal grown = growth(a[1], a[2]);
    const Decimal rate = steps_.divide(a[1], Decimal(100));
    return steps_.divide(steps_.multiply(steps_.multiply(a[0], rate), grown),
                         steps_.subtract(grown, Decimal(1)));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Steps steps_;
};

// As people count: characters, not bytes, from one.
std::string place_of(std::string_view text, std::size_t offset) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  const auto before = text.substr(0, std::min(offset, text.size()));
  return "character " + std::to_string(1 + std::count_if(before.begin(), before.end(), begins));
}

}  // namespace

Result<Calculation> calculate(std::string_view expression) {
  if (expression.size() > expression_bytes_max)
    return refuse(ErrorKind::too_large, "the expression is too long", "Split it.", "/expression");
  try {
    return Parser(expression).run();
  } catch (const Stop& stop) {
    return refuse(ErrorKind::invalid, stop.message + " (" + place_of(expression, stop.place) + ")",
                  "For example: compound(1000, 5, 10) or (12.5 + 7) × 3%.", "/expression");
  }
}

}  // namespace preceptor::evidence
