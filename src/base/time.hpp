#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace preceptor {

// A moment in UTC, in microseconds since 1970-01-01.
struct Timestamp {
  std::int64_t microseconds = 0;

  auto operator<=>(const Timestamp&) const = default;
  // "2026-11-23T06:37:16.000001Z", always six decimals.
  std::string iso8601() const;
  // Accepts what iso8601 writes, with zero to six decimals.
  static Result<Timestamp> parse(std::string_view text);
};

Timestamp operator+(Timestamp moment, std::chrono::microseconds span);
Timestamp operator-(Timestamp moment, std::chrono::microseconds span);
std::chrono::microseconds operator-(Timestamp later, Timestamp earlier);

// Time is an argument, so that tests decide what time it is.
struct Clock {
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

struct SystemClock final : Clock {
  Timestamp now() const override;
};

// Stands still until told. Not synchronised.
class ManualClock final : public Clock {
public:
  explicit ManualClock(Timestamp start = {}) : now_(start) {}
  Timestamp now() const override { return now_; }
  void advance(std::chrono::microseconds span) { now_ = now_ + span; }
  void set(Timestamp moment) { now_ = moment; }

private:
  Timestamp now_;
};

}  // namespace preceptor
