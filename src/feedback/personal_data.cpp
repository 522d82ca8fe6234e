#include "feedback/personal_data.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "feedback/accounts.hpp"
#include "feedback/events.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t page_size = 1000;

// Stored as JSON and sent as JSON; what is no JSON any more is shown as it is.
Json parsed(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json(text) : json;
}

template <class List, class Add>
void each(const List& list, const Add& add) {
  Page page{.limit = page_size};
  for (;;) {
    const auto listing = list(page);
    for (const auto& item : listing.items) add(item);
    if (!listing.next) return;
    page.after = *listing.next;
  }
}

Json account_of(Records& records, const Person& person) {
  const auto factor = records.second_factor(person.id);
  return {{"id", person.id.value},
          {"login", person.login},
          {"name", person.name},
          {"simulated", person.simulated},
          {"administrator", person.administrator},
          {"created_at", person.created_at.iso8601()},
          {"second_factor", factor && factor->confirmed},
          {"recovery_codes_left", records.recovery_codes_left(person.id)}};
}

Json memberships_of(Records& records, PersonId person) {
  Json list = Json::array();
  for (const auto& [membership, project_name] : memberships(records, person))
    list.push_back({{"project_id", membership.project.value},
                    {"project_name", project_name},
                    {"role", name_of(membership.role)},
                    {"paused", membership.paused},
                    {"pause_reason", membership.pause_reason},
                    {"watch", membership.watch},
                    {"tasks_handed", membership.handed},
                    {"judgments", membership.judgments},
                    {"golds", membership.golds},
                    {"golds_right", membership.golds_right}});
  return list;
}

Json ways_in_of(Records& records, PersonId person) {
  Json sessions = Json::array(), tokens = Json::array();
  for (const Session& session : records.sessions_of(person))
    sessions.push_back({{"device", session.device},
                        {"created_at", session.created_at.iso8601()},
                        {"last_seen_at", session.last_seen_at.iso8601()},
                        {"expires_at", session.expires_at.iso8601()}});
  for (const ApiToken& token : records.tokens_of(person))
    tokens.push_back({{"name", token.name},
                      {"scope", name_of(token.scope)},
                      {"created_at", token.created_at.iso8601()},
                      {"expires_at", token.expires_at.iso8601()}});
  return {{"sessions", sessions}, {"tokens", tokens}};
}

Json judgments_of(Records& records, PersonId person) {
  Json list = Json::array();
  for (const Membership& membership : records.memberships_of(person)) {
    each(
        [&](Page page) {
          return records.judgments({.project = membership.project, .person = person, .page = page});
        },
        [&](const Judgment& judgment) {
          list.push_back({{"id", judgment.id.value},
                          {"project_id", judgment.project.value},
                          {"task_id", judgment.task.value},
                          {"kind", name_of(judgment.kind)},
                          {"payload", parsed(judgment.payload)},
                          {"seconds_active", judgment.seconds_active},
                          {"counted", judgment.counted},
                          {"gold_right", judgment.gold_right ? Json(*judgment.gold_right) : Json(nullptr)},
                          {"supersedes", judgment.supersedes.value},
                          {"created_at", judgment.created_at.iso8601()}});
        });
  }
  return list;
}

Json evidence_of(Records& records, PersonId person) {
  Json list = Json::array();
  for (const Evidence& evidence : records.evidence_of(person))
    list.push_back({{"task_id", evidence.task.value},
                    {"kind", evidence.kind},
                    {"source", evidence.source},
                    {"outcome", evidence.outcome},
                    {"exit_status", evidence.exit_status},
                    {"output", evidence.output},
                    {"errors", evidence.errors},
                    {"created_at", evidence.created_at.iso8601()}});
  return list;
}

Json reviews_of(Records& records, PersonId person) {
  Json list = Json::array();
  for (const Membership& membership : records.memberships_of(person)) {
    each(
        [&](Page page) {
          return records.standings({.project = membership.project, .person = person, .page = page});
        },
        [&](const Standing& standing) {
          list.push_back({{"judgment_id", standing.judgment.value},
                          {"state", name_of(standing.state)},
                          {"counted", standing.counts},
                          {"objection", standing.note},
                          {"at", standing.at.iso8601()}});
        });
  }
  return list;
}

Json skills_of(Records& records, PersonId person) {
  Json list = Json::array();
  for (const Membership& membership : records.memberships_of(person)) {
    const Fit fit = records.fit(membership.project, person);
    Json kinds = Json::array();
    for (const TaskKind kind : fit.kinds) kinds.push_back(name_of(kind));
    list.push_back({{"project_id", membership.project.value},
                    {"languages", fit.languages},
                    {"domains", fit.domains},
                    {"hazards", fit.hazards},
                    {"kinds", std::move(kinds)}});
  }
  return list;
}

Json exchanges_of(Records& records, PersonId person) {
  Json list = Json::array();
  for (const Exchange& exchange : records.exchanges_of(person)) {
    Json messages = Json::array();
    for (const Message& message : exchange.messages)
      messages.push_back({{"role", message.role}, {"content", message.content}});
    list.push_back({{"task_id", exchange.task.value},
                    {"messages", std::move(messages)},
                    {"reply", exchange.reply},
                    {"created_at", exchange.created_at.iso8601()}});
  }
  return list;
}

Json events_about(Records& records, PersonId person) {
  Json list = Json::array();
  each([&](Page page) { return records.events_about(person, page); },
       [&](const LoggedEvent& logged) {
         list.push_back({{"id", logged.event.id.value},
                         {"kind", logged.event.kind},
                         {"at", logged.event.at.iso8601()},
                         {"payload", logged.payload ? parsed(logged.payload->payload) : Json(nullptr)}});
       });
  return list;
}

bool only_administrator(Records& records, PersonId person) {
  bool only = true;
  each([&](Page page) { return records.people(page); },
       [&](const Person& other) { only = only && (other.id == person || !other.administrator); });
  return only;
}

bool only_owner(Records& records, const Membership& membership) {
  if (membership.role != Role::owner) return false;
  const auto members = records.members(membership.project);
  return std::none_of(members.begin(), members.end(), [&](const Membership& other) {
    return other.role == Role::owner && other.person != membership.person;
  });
}

}  // namespace

Result<std::string> export_own_data(Records& records, const Actor& actor, const Clock& clock) {
  if (auto session = require_session(actor); !session) return tl::unexpected(session.error());
  return export_data_of(records, actor.person, clock);
}

Result<std::string> export_data_of(Records& records, PersonId id, const Clock& clock) {
  const auto person = records.person(id);
  if (!person) return refuse(ErrorKind::not_found, "there is no person " + std::to_string(id.value));
  Json drafts = Json::array(), skips = Json::array();
  for (const Draft& draft : records.drafts_of(id))
    drafts.push_back({{"task_id", draft.task.value},
                      {"payload", parsed(draft.payload)},
                      {"saved_at", draft.saved_at.iso8601()}});
  for (const Skip& skip : records.skips_of(id))
    skips.push_back(
        {{"task_id", skip.task.value}, {"reason", skip.reason}, {"created_at", skip.created_at.iso8601()}});
  Json all = {{"made_at", clock.now().iso8601()},
              {"account", account_of(records, *person)},
              {"memberships", memberships_of(records, id)},
              {"judgments", judgments_of(records, id)},
              {"drafts", std::move(drafts)},
              {"skips", std::move(skips)},
              {"evidence", evidence_of(records, id)},
              {"reviews", reviews_of(records, id)},
              {"skills", skills_of(records, id)},
              {"exchanges", exchanges_of(records, id)},
              {"events", events_about(records, id)}};
  all.update(ways_in_of(records, id));
  return all.dump();
}

void record_read_of_people(Records& records, PersonId reader, std::string_view what, ProjectId project,
                           std::span<const PersonId> people, Timestamp at) {
  Json others = Json::array();
  for (const PersonId person : people) {
    if (person != reader) others.push_back(person.value);
  }
  if (others.empty()) return;
  const std::int64_t subject = others.size() == 1 ? others.front().get<std::int64_t>() : 0;
  record_event(records, {event::people_read, project, reader, subject},
               {{"what", what}, {"people", std::move(others)}}, at);
}

Result<Listing<ReadOfPeople>> list_reads_of_people(Records& records, const Actor& actor, Page page) {
  if (auto permitted = require_administrator(actor, Act::reads); !permitted)
    return tl::unexpected(permitted.error());
  const auto logged = records.reads_of_people(page);
  Listing<ReadOfPeople> listing{.items = {}, .next = logged.next};
  for (const LoggedEvent& row : logged.items) {
    ReadOfPeople read{
        .event = row.event.id, .reader = row.event.actor, .project = row.event.project, .at = row.event.at};
    if (row.payload) {
      const Json payload = Json::parse(row.payload->payload);
      read.what = payload.at("what").get<std::string>();
      for (const Json& person : payload.at("people")) read.people.push_back({person.get<std::int64_t>()});
    }
    listing.items.push_back(std::move(read));
  }
  return listing;
}

std::string erased_login(PersonId person) { return "erased-" + std::to_string(person.value); }
std::string erased_name(PersonId person) { return "Erased person " + std::to_string(person.value); }

Result<Person> check_erasable(Records& records, PersonId id, Again again) {
  auto person = records.person(id);
  if (!person) return refuse(ErrorKind::not_found, "there is no person " + std::to_string(id.value));
  if (person->erased_at.microseconds != 0) {
    if (again == Again::allowed) return *std::move(person);
    return refuse(ErrorKind::conflict, "this person was erased before", "There is nothing left to erase.");
  }
  if (person->administrator && only_administrator(records, id))
    return refuse(ErrorKind::conflict, "this is the only administrator",
                  "Make an account for another administrator first.");
  for (const Membership& membership : records.memberships_of(id)) {
    if (only_owner(records, membership))
      return refuse(ErrorKind::conflict,
                    "this is the only owner of project " + std::to_string(membership.project.value),
                    "Make somebody else an owner of it first.");
  }
  return *std::move(person);
}

ErasedRows erase_rows(Records& records, PersonId actor, PersonId person, std::int64_t snapshots,
                      Timestamp at) {
  const ErasedRows erased = records.erase_rows_of(person, erased_login(person), erased_name(person), at);
  record_event(records, {.kind = event::person_erased, .actor = actor, .subject = person.value},
               {{"person_id", person.value}, {"judgments", erased.judgments}, {"snapshots", snapshots}}, at);
  return erased;
}

}  // namespace preceptor::feedback
