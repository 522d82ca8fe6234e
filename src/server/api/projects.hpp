#pragma once
// Projects: their rubric, guidelines, members, and the figures of their quality page.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct Dimension {
  std::string key, label;
  std::int64_t scale_min = 1, scale_max = 5;
  std::vector<std::string> anchors;
  std::optional<std::int64_t> reason_required_below;
  static void describe(wire::Description<Dimension>&);
};

struct Criterion {
  std::string key, label;
  std::int64_t weight = 1;
  static void describe(wire::Description<Criterion>&);
};

struct NewRubric {
  std::vector<Dimension> dimensions;
  std::vector<Criterion> criteria;
  static void describe(wire::Description<NewRubric>&);
};

struct RubricTemplate {
  std::string key, label;
  std::vector<Dimension> dimensions;
  std::vector<Criterion> criteria;
  static void describe(wire::Description<RubricTemplate>&);
};

struct RubricVersion {
  std::int64_t version = 0;
  std::vector<Dimension> dimensions;
  std::vector<Criterion> criteria;
  Timestamp created_at;
  static void describe(wire::Description<RubricVersion>&);
};

struct NewGuideline {
  std::string markdown;
  static void describe(wire::Description<NewGuideline>&);
};

struct GuidelineVersion {
  std::int64_t version = 0;
  std::string markdown;
  Timestamp created_at;
  static void describe(wire::Description<GuidelineVersion>&);
};

// How many people judge each task, by kind.
using Overlap = std::map<std::string, std::int64_t>;

struct Review {
  std::int64_t newcomer = 0;
  double share = 0.05;
  static void describe(wire::Description<Review>&);
};

struct WorkPolicy {
  Overlap overlap;
  std::map<std::string, Review> review;
  double adjudicate_below = 0;
  bool hazard_consent = false;
  static void describe(wire::Description<WorkPolicy>&);
};

struct Fit {
  std::vector<std::string> languages, domains, hazards, kinds;
  static void describe(wire::Description<Fit>&);
};

struct NewFit {
  std::vector<std::string> languages, domains, kinds;
  static void describe(wire::Description<NewFit>&);
};

struct Consent {
  std::vector<std::string> hazards;
  static void describe(wire::Description<Consent>&);
};

struct Assignee {
  PersonId person_id;
  static void describe(wire::Description<Assignee>&);
};

struct GoldWatch {
  double good = 0.85, bad = 0.6, threshold = 9, rate = 0.1;
  static void describe(wire::Description<GoldWatch>&);
};

struct ProjectSettings {
  std::string name;
  std::vector<std::string> languages, domains;
  GoldWatch gold_watch;
  static void describe(wire::Description<ProjectSettings>&);
};

struct NewProject {
  std::string name;
  std::vector<std::string> languages, domains;
  std::string guideline;
  NewRubric rubric;
  Overlap overlap;
  GoldWatch gold_watch;
  static void describe(wire::Description<NewProject>&);
};

struct ProjectCounts {
  std::int64_t prompts = 0, responses = 0, tasks_open = 0, tasks_done = 0, golds = 0, judgments = 0,
               members = 0;
  static void describe(wire::Description<ProjectCounts>&);
};

struct Project {
  ProjectId id;
  std::string name;
  std::vector<std::string> languages, domains;
  std::optional<std::string> role;
  std::optional<ModelId> current_model_id;
  std::int64_t guideline_version = 0, rubric_version = 0;
  Overlap overlap;
  GoldWatch gold_watch;
  WorkPolicy policy;
  std::string settings_tag, policy_tag;
  ProjectCounts counts;
  Timestamp created_at;
  static void describe(wire::Description<Project>&);
};

struct Member {
  PersonId person_id;
  std::string login, name;
  bool simulated = false;
  std::string role;
  bool paused = false;
  std::optional<std::string> pause_reason;
  std::string tag;
  static void describe(wire::Description<Member>&);
};

struct NewRole {
  std::string role;
  static void describe(wire::Description<NewRole>&);
};

struct Pause {
  bool paused = true;
  std::string reason;
  static void describe(wire::Description<Pause>&);
};

struct PersonQuality {
  PersonId person_id;
  std::string name;
  bool simulated = false;
  std::int64_t judgments = 0, golds = 0, golds_right = 0;
  double watch = 0;
  bool paused = false;
  std::optional<std::string> pause_reason;
  static void describe(wire::Description<PersonQuality>&);
};

struct Agreement {
  std::optional<double> krippendorff_alpha;
  std::int64_t items = 0;
  static void describe(wire::Description<Agreement>&);
};

struct Quality {
  std::vector<PersonQuality> people;
  Agreement agreement;
  static void describe(wire::Description<Quality>&);
};

}  // namespace preceptor::server::api
