#include "base/time.hpp"

#include <charconv>

#include "base/format.hpp"

namespace preceptor {
namespace {

using Span = std::chrono::microseconds;  // the member of that name hides the type

Result<int> digits(std::string_view text, std::size_t begin, std::size_t count) {
  int value = 0;
  const char* first = text.data() + begin;
  const auto [end, problem] = std::from_chars(first, first + count, value);
  if (problem != std::errc{} || end != first + count || *first == '-') {
    return refuse(ErrorKind::invalid, format("'{}' is not a time", text), "write it as 2026-11-23T06:37:16Z");
  }
  return value;
}

bool has_shape(std::string_view text) {
  return text.size() >= 20 && text.size() <= 27 && text[4] == '-' && text[7] == '-' && text[10] == 'T' &&
         text[13] == ':' && text[16] == ':' && text.back() == 'Z' &&
         (text.size() == 20 || (text[19] == '.' && text.size() > 21));
}

}  // namespace

std::string Timestamp::iso8601() const {
  const std::chrono::sys_time<Span> moment{Span{microseconds}};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss<Span> time{moment - day};
  return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

Result<Timestamp> Timestamp::parse(std::string_view text) {
  const auto wrong = refuse(ErrorKind::invalid, format("'{}' is not a time", text.substr(0, 64)),
                            "write it as 2026-11-23T06:37:16Z");
  if (!has_shape(text)) return wrong;
  int parts[6];
  constexpr std::size_t begins[6] = {0, 5, 8, 11, 14, 17};
  for (int i = 0; i < 6; ++i) {
    const auto part = digits(text, begins[i], i == 0 ? 4 : 2);
    if (!part) return wrong;
    parts[i] = *part;
  }
  std::int64_t fraction = 0;
  if (text.size() > 20) {
    const std::size_t count = text.size() - 21;
    const auto part = digits(text, 20, count);
    if (!part) return wrong;
    fraction = *part;
    for (std::size_t i = count; i < 6; ++i) fraction *= 10;
  }
  const std::chrono::year_month_day date{std::chrono::year{parts[0]},
                                         std::chrono::month{static_cast<unsigned>(parts[1])},
                                         std::chrono::day{static_cast<unsigned>(parts[2])}};
  if (!date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return wrong;
  const auto moment = std::chrono::sys_days{date} + std::chrono::hours{parts[3]} +
                      std::chrono::minutes{parts[4]} + std::chrono::seconds{parts[5]} + Span{fraction};
  return Timestamp{std::chrono::duration_cast<Span>(moment.time_since_epoch()).count()};
}

Timestamp operator+(Timestamp moment, Span span) { return {moment.microseconds + span.count()}; }
Timestamp operator-(Timestamp moment, Span span) { return {moment.microseconds - span.count()}; }
Span operator-(Timestamp later, Timestamp earlier) { return Span{later.microseconds - earlier.microseconds}; }

Timestamp SystemClock::now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<Span>(since_epoch).count()};
}

}  // namespace preceptor
