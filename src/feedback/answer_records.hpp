// Answers that were given under an idempotency key, kept for a day.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "feedback/ids.hpp"

namespace preceptor::feedback {

struct KeptAnswer {
  PersonId person;
  std::string route;         // "POST /projects/{project}/prompts"
  std::string key;           // as the client chose it
  std::string request_hash;  // hex sha256 of the path and the body
  std::int64_t status = 0;   // 0: the request is under way
  std::string body;          // empty as well when the answer held a secret
  Timestamp created_at;
};

struct AnswerRecords {
  virtual ~AnswerRecords() = default;
  // One statement: false when the person has used the key on the route before. Waits for whoever is using it
  // in another transaction.
  virtual bool claim_answer(const KeptAnswer&) = 0;
  virtual std::optional<KeptAnswer> kept_answer(PersonId, std::string_view route, std::string_view key) = 0;
  virtual void finish_answer(const KeptAnswer&) = 0;  // status and body
  virtual void drop_answer(PersonId, std::string_view route, std::string_view key) = 0;
  virtual void remove_answers_before(Timestamp) = 0;
};

}  // namespace preceptor::feedback
