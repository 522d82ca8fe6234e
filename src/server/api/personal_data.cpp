#include "server/api/personal_data.hpp"

namespace preceptor::server::api {

void PersonalData::describe(wire::Description<PersonalData>& is) {
  is.named("PersonalData");
  is.field(
      "data", &PersonalData::data,
      {.about = "One object: account, memberships, sessions, tokens, judgments, drafts, skips, evidence, "
                "reviews, skills, exchanges, events."});
}

void EraseOneself::describe(wire::Description<EraseOneself>& is) {
  is.named("EraseOneself");
  is.field("login", &EraseOneself::login,
           {.length_min = 1, .length_max = 64, .about = "One's own, typed again."});
  is.field("password", &EraseOneself::password, {.length_min = 1, .length_max = 1024});
}

void ErasePerson::describe(wire::Description<ErasePerson>& is) {
  is.named("ErasePerson");
  is.field("login", &ErasePerson::login,
           {.length_min = 1, .length_max = 64, .about = "Of the person, so that nobody else is meant."});
}

void Erasure::describe(wire::Description<Erasure>& is) {
  is.named("Erasure");
  is.field("judgments", &Erasure::judgments, {.about = "Judgments without content now."});
  is.field("drafts", &Erasure::drafts);
  is.field("events", &Erasure::events, {.about = "Events without payload now; the log still verifies."});
  is.field("snapshots", &Erasure::snapshots, {.about = "Snapshots that hold work of the person."});
  is.field("models", &Erasure::models, {.about = "Models that carry the mark in the person's projects."});
}

void ReadOfPeople::describe(wire::Description<ReadOfPeople>& is) {
  is.named("ReadOfPeople");
  is.field("id", &ReadOfPeople::id);
  is.field("reader_id", &ReadOfPeople::reader_id, {.about = "Null: on the command line."});
  is.field("reader_name", &ReadOfPeople::reader_name);
  is.field("what", &ReadOfPeople::what, {.about = "The operation; empty once the reader was erased."});
  is.field("project_id", &ReadOfPeople::project_id);
  is.field("people", &ReadOfPeople::people);
  is.field("at", &ReadOfPeople::at);
}

void SnapshotTombstone::describe(wire::Description<SnapshotTombstone>& is) {
  is.named("SnapshotTombstone");
  is.field("snapshot_id", &SnapshotTombstone::snapshot_id);
  is.field("people", &SnapshotTombstone::people);
  is.field("judgments", &SnapshotTombstone::judgments);
}

void ErasureMarks::describe(wire::Description<ErasureMarks>& is) {
  is.named("ErasureMarks");
  is.field("snapshots", &ErasureMarks::snapshots,
           {.about = "Their files still hold, under pseudonyms, what these people wrote before they were "
                     "erased."});
  is.field("model_ids", &ErasureMarks::model_ids, {.about = "Models that learned from such a snapshot."});
}

}  // namespace preceptor::server::api
