#pragma once
// What travels about people's own data.
#include <optional>
#include <string>
#include <vector>

#include "server/api/session.hpp"

namespace preceptor::server::api {

struct PersonalData {
  wire::Json data;
  static void describe(wire::Description<PersonalData>&);
};

struct EraseOneself {
  std::string login, password;
  static void describe(wire::Description<EraseOneself>&);
};

struct ErasePerson {
  std::string login;
  static void describe(wire::Description<ErasePerson>&);
};

struct Erasure {
  std::int64_t judgments = 0, drafts = 0, events = 0, snapshots = 0, models = 0;
  static void describe(wire::Description<Erasure>&);
};

struct ReadOfPeople {
  std::int64_t id = 0;
  std::optional<PersonId> reader_id;
  std::string reader_name, what;
  std::optional<ProjectId> project_id;
  std::vector<PersonId> people;
  Timestamp at;
  static void describe(wire::Description<ReadOfPeople>&);
};

struct SnapshotTombstone {
  SnapshotId snapshot_id;
  std::int64_t people = 0, judgments = 0;
  static void describe(wire::Description<SnapshotTombstone>&);
};

struct ErasureMarks {
  std::vector<SnapshotTombstone> snapshots;
  std::vector<ModelId> model_ids;
  static void describe(wire::Description<ErasureMarks>&);
};

}  // namespace preceptor::server::api
