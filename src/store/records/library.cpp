#include "store/json_columns.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_source{
    "source_add",
    "INSERT INTO source (project_id, title, address, excerpt, sha256, added_by_id, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"};
constexpr Statement select_source{"source",
                                  "SELECT id, project_id, title, address, excerpt, sha256, added_by_id, "
                                  "created_at FROM source WHERE id = $1"};
// The words are bound as they are: position() and instr() know no wildcards.
constexpr Statement select_sources{
    "sources",
    "SELECT id, project_id, title, address, excerpt, sha256, added_by_id, created_at FROM source "
    "WHERE project_id = $1 AND ($2 = '' OR instr(lower(title || ' ' || address), lower($2)) > 0) AND id > $3 "
    "ORDER BY id LIMIT $4",
    "SELECT id, project_id, title, address, excerpt, sha256, added_by_id, created_at FROM source "
    "WHERE project_id = $1 AND (CAST($2 AS text) = '' "
    "OR position(lower(CAST($2 AS text)) IN lower(title || ' ' || address)) > 0) AND id > $3 "
    "ORDER BY id LIMIT $4"};
constexpr Statement insert_exchange{
    "exchange_add",
    "INSERT INTO exchange (task_id, person_id, messages, reply, model_id, finish, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"};
constexpr Statement select_exchange{"exchange",
                                    "SELECT id, task_id, person_id, messages, reply, model_id, finish, "
                                    "created_at FROM exchange WHERE id = $1"};
constexpr Statement select_exchanges{
    "exchanges",
    "SELECT id, task_id, person_id, messages, reply, model_id, finish, created_at FROM exchange "
    "WHERE task_id = $1 AND person_id = $2 ORDER BY id"};
constexpr Statement select_exchanges_of{
    "exchanges_of",
    "SELECT id, task_id, person_id, messages, reply, model_id, finish, created_at FROM exchange "
    "WHERE person_id = $1 ORDER BY id"};

feedback::Source source_from(const Row& row) {
  return {.id = id_at<SourceId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .title = row.text(2),
          .address = row.text(3),
          .excerpt = row.text(4),
          .sha256 = row.text(5),
          .added_by = id_at<PersonId>(row, 6),
          .created_at = moment_at(row, 7)};
}

feedback::Exchange exchange_from(const Row& row) {
  return {.id = id_at<ExchangeId>(row, 0),
          .task = id_at<TaskId>(row, 1),
          .person = id_at<PersonId>(row, 2),
          .messages = messages_from(row.text(3)),
          .reply = row.text(4),
          .model = id_at<ModelId>(row, 5),
          .finish = row.text(6),
          .created_at = moment_at(row, 7)};
}

}  // namespace

SourceId SqlRecords::add_source(const feedback::Source& source) {
  return {connection_.number(
      insert_source, {key(source.project), text(source.title), text(source.address), text(source.excerpt),
                      text(source.sha256), key(source.added_by), moment(source.created_at)})};
}

std::optional<feedback::Source> SqlRecords::source(SourceId id) {
  return connection_.first(select_source, {key(id)}, source_from);
}

Listing<feedback::Source> SqlRecords::sources(ProjectId project, std::string_view words, Page page) {
  return listing(
      connection_.all(select_sources,
                      {key(project), text(words), integer(page.after), integer(rows_for(page))}, source_from),
      page, [](const feedback::Source& source) { return source.id.value; });
}

ExchangeId SqlRecords::add_exchange(const feedback::Exchange& exchange) {
  return {connection_.number(
      insert_exchange,
      {key(exchange.task), key(exchange.person), text(messages_text(exchange.messages)), text(exchange.reply),
       key(exchange.model), text(exchange.finish), moment(exchange.created_at)})};
}

std::optional<feedback::Exchange> SqlRecords::exchange(ExchangeId id) {
  return connection_.first(select_exchange, {key(id)}, exchange_from);
}

std::vector<feedback::Exchange> SqlRecords::exchanges(TaskId task, PersonId person) {
  return connection_.all(select_exchanges, {key(task), key(person)}, exchange_from);
}

std::vector<feedback::Exchange> SqlRecords::exchanges_of(PersonId person) {
  return connection_.all(select_exchanges_of, {key(person)}, exchange_from);
}

}  // namespace preceptor::store
