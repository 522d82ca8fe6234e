#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_answer{
    "kept_answer_claim",
    "INSERT INTO kept_answer (person_id, route, key, request_hash, status, body, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (person_id, route, key) DO NOTHING"};
constexpr Statement select_answer{
    "kept_answer",
    "SELECT person_id, route, key, request_hash, status, body, created_at FROM kept_answer "
    "WHERE person_id = $1 AND route = $2 AND key = $3"};
constexpr Statement update_answer{"kept_answer_finish",
                                  "UPDATE kept_answer SET status = $4, body = $5 "
                                  "WHERE person_id = $1 AND route = $2 AND key = $3"};
constexpr Statement delete_answer{"kept_answer_drop",
                                  "DELETE FROM kept_answer WHERE person_id = $1 AND route = $2 AND key = $3"};
constexpr Statement delete_answers_before{"kept_answers_expire",
                                          "DELETE FROM kept_answer WHERE created_at < $1"};

}  // namespace

bool SqlRecords::claim_answer(const feedback::KeptAnswer& answer) {
  return connection_.run(insert_answer,
                         {key(answer.person), text(answer.route), text(answer.key), text(answer.request_hash),
                          integer(answer.status), text(answer.body), moment(answer.created_at)}) > 0;
}

std::optional<feedback::KeptAnswer> SqlRecords::kept_answer(PersonId person, std::string_view route,
                                                            std::string_view name) {
  return connection_.first(select_answer, {key(person), text(route), text(name)}, [](const Row& row) {
    return feedback::KeptAnswer{.person = id_at<PersonId>(row, 0),
                                .route = row.text(1),
                                .key = row.text(2),
                                .request_hash = row.text(3),
                                .status = row.integer(4),
                                .body = row.text(5),
                                .created_at = moment_at(row, 6)};
  });
}

void SqlRecords::finish_answer(const feedback::KeptAnswer& answer) {
  connection_.run(update_answer, {key(answer.person), text(answer.route), text(answer.key),
                                  integer(answer.status), text(answer.body)});
}

void SqlRecords::drop_answer(PersonId person, std::string_view route, std::string_view name) {
  connection_.run(delete_answer, {key(person), text(route), text(name)});
}

void SqlRecords::remove_answers_before(Timestamp before) {
  connection_.run(delete_answers_before, {moment(before)});
}

}  // namespace preceptor::store
