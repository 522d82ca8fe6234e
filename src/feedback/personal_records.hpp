// What the rights of people over their own data need from a database; the conventions of records.hpp hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feedback/types.hpp"

namespace preceptor::feedback {

// What stands where an erased judgment stood.
inline constexpr std::string_view erased_payload = R"({"erased":true})";

struct Skip {
  TaskId task;
  std::string reason;
  Timestamp created_at;
};
struct ErasedRows {
  std::int64_t judgments = 0, drafts = 0, skips = 0, tokens = 0, sessions = 0, runs = 0;
};

struct PersonalRecords {
  virtual ~PersonalRecords() = default;
  virtual std::vector<Draft> drafts_of(PersonId) = 0;
  virtual std::vector<Skip> skips_of(PersonId) = 0;
  // Events that the person caused or that are about them, in id order. Reads every event: for exports.
  virtual Listing<LoggedEvent> events_about(PersonId, Page) = 0;
  virtual Listing<LoggedEvent> reads_of_people(
      Page) = 0;  // the newest first; Page::after: the id to go below

  // The person keeps a number and nothing else: login, name and password are replaced, every way in is
  // closed, judgments become erased_payload, drafts, reasons and code runs go. The log is erase_payloads_of's
  // matter.
  virtual ErasedRows erase_rows_of(PersonId, std::string_view login, std::string_view name, Timestamp) = 0;
  // Payloads and salts of the events with ids first … first + count - 1 that say something about the person.
  virtual std::int64_t erase_payloads_of(PersonId, EventId first, std::int64_t count) = 0;
  virtual EventId last_event() = 0;  // none in an empty log
};

}  // namespace preceptor::feedback
