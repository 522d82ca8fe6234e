#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement count_attempt{
    "sign_in_count",
    "INSERT INTO sign_in_attempt (subject, attempts, since) VALUES ($1, 1, $2) "
    "ON CONFLICT (subject) DO UPDATE SET "
    "attempts = CASE WHEN sign_in_attempt.since < $3 THEN 1 ELSE sign_in_attempt.attempts + 1 END, "
    "since = CASE WHEN sign_in_attempt.since < $3 THEN $2 ELSE sign_in_attempt.since END "
    "RETURNING attempts, since"};
constexpr Statement take_attempt_back{
    "sign_in_take_back",
    "UPDATE sign_in_attempt SET attempts = attempts - 1 WHERE subject = $1 AND attempts > 0"};
constexpr Statement delete_attempts{"sign_in_forget", "DELETE FROM sign_in_attempt WHERE subject = $1"};
constexpr Statement delete_old_attempts{"sign_in_forget_old", "DELETE FROM sign_in_attempt WHERE since < $1"};

}  // namespace

feedback::SignInCount SqlRecords::count_sign_in(std::string_view subject, Timestamp now,
                                                Timestamp window_begin) {
  return connection_
      .first(count_attempt, {text(subject), moment(now), moment(window_begin)},
             [](const Row& row) {
               return feedback::SignInCount{.attempts = row.integer(0), .since = moment_at(row, 1)};
             })
      .value_or(feedback::SignInCount{});
}

void SqlRecords::take_sign_in_back(std::string_view subject) {
  connection_.post(take_attempt_back, {text(subject)});
}

void SqlRecords::forget_sign_ins(std::string_view subject) {
  connection_.post(delete_attempts, {text(subject)});
}

void SqlRecords::forget_sign_ins_before(Timestamp begin) {
  connection_.post(delete_old_attempts, {moment(begin)});
}

}  // namespace preceptor::store
