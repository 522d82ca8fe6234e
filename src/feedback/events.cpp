#include "feedback/events.hpp"

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::size_t salt_bytes = 16;

std::vector<std::byte> bytes_of_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(digit(text[i]) * 16 + digit(text[i + 1])));
  }
  return bytes;
}

std::string hash_node(std::byte tag, std::string_view left_hex, std::string_view right_hex) {
  Sha256 hash;
  hash.add(std::span(&tag, 1));
  hash.add(bytes_of_hex(left_hex));
  hash.add(bytes_of_hex(right_hex));
  return hash.hex();
}

}  // namespace

void record_event(Records& records, const NewEvent& fresh, const nlohmann::json& payload, Timestamp at) {
  const EventPayload kept{.salt = hex(secure_random(salt_bytes)), .payload = payload.dump()};
  const Event event{.kind = std::string(fresh.kind),
                    .project = fresh.project,
                    .actor = fresh.actor,
                    .subject = fresh.subject,
                    .at = at,
                    .commitment = commitment(kept)};
  records.add_event(event, kept);
}

std::string commitment(const EventPayload& payload) {
  Sha256 hash;
  hash.add(bytes_of_hex(payload.salt));
  hash.add(payload.payload);
  return hash.hex();
}

std::string leaf_hash(const Event& event) {
  // A JSON array is unambiguous: no field can run into the next.
  const auto row = nlohmann::json::array({event.position, event.kind, event.project.value, event.actor.value,
                                          event.subject, event.at.microseconds, event.commitment});
  const std::byte tag{0};
  Sha256 hash;
  hash.add(std::span(&tag, 1));
  hash.add(row.dump());
  return hash.hex();
}

std::string merkle_root(std::span<const std::string> leaves) {
  std::vector<std::string> level(leaves.begin(), leaves.end());
  while (level.size() > 1) {
    std::vector<std::string> above;
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
      above.push_back(hash_node(std::byte{1}, level[i], level[i + 1]));
    }
    if (level.size() % 2 == 1) above.push_back(std::move(level.back()));
    level = std::move(above);
  }
  return level.empty() ? sha256_hex("") : level.front();
}

std::string chained_root(std::string_view previous_root, std::string_view merkle) {
  return hash_node(std::byte{2}, previous_root, merkle);
}

std::int64_t seal_events(Records& records, const Clock& clock, std::int64_t limit) {
  if (!records.lock_sealer()) return 0;
  auto events = records.unsealed_events(limit);
  if (events.empty()) return 0;
  const auto last = records.last_root();
  EventRoot root{
      .number = last ? last->number + 1 : 1, .first = last ? last->last + 1 : 1, .sealed_at = clock.now()};
  root.last = root.first - 1;
  std::vector<std::string> leaves;
  leaves.reserve(events.size());
  std::vector<EventId> ids;
  ids.reserve(events.size());
  for (Event& event : events) {
    event.position = ++root.last;
    ids.push_back(event.id);
    leaves.push_back(leaf_hash(event));
  }
  records.set_positions(ids, root.first);
  root.root = chained_root(last ? last->root : "", merkle_root(leaves));
  records.add_root(root);
  return static_cast<std::int64_t>(events.size());
}

}  // namespace preceptor::feedback
