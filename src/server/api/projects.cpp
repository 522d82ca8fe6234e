#include "server/api/projects.hpp"

#include "server/api/kinds/rewrite.hpp"

namespace preceptor::server::api {

void Dimension::describe(wire::Description<Dimension>& is) {
  is.named("Dimension");
  is.field("key", &Dimension::key, {.length_min = 1, .length_max = 40});
  is.field("label", &Dimension::label, {.length_min = 1, .length_max = 100});
  is.field("scale_min", &Dimension::scale_min, {.minimum = -100, .maximum = 100});
  is.field("scale_max", &Dimension::scale_max, {.minimum = -100, .maximum = 100});
  is.optional(
      "anchors", &Dimension::anchors,
      {.length_max = 500, .items_max = 201, .about = "What each point of the scale means, lowest first."});
  is.optional("reason_required_below", &Dimension::reason_required_below,
              {.about = "A score below this needs a reason in writing; null: never."});
}

void NewRubric::describe(wire::Description<NewRubric>& is) {
  is.named("NewRubric");
  is.field("dimensions", &NewRubric::dimensions, {.items_min = 1, .items_max = 20});
  is.optional("criteria", &NewRubric::criteria, {.items_max = 100});
}

void Criterion::describe(wire::Description<Criterion>& is) {
  is.named("Criterion");
  is.field("key", &Criterion::key, {.length_min = 1, .length_max = 64});
  is.field("label", &Criterion::label, {.length_min = 1, .length_max = 2000, .about = "What is met or not."});
  is.field("weight", &Criterion::weight,
           {.minimum = -100, .maximum = 100, .about = "Below zero: what an answer should not do."});
}

void RubricTemplate::describe(wire::Description<RubricTemplate>& is) {
  is.named("RubricTemplate");
  is.field("key", &RubricTemplate::key);
  is.field("label", &RubricTemplate::label);
  is.field("dimensions", &RubricTemplate::dimensions);
  is.field("criteria", &RubricTemplate::criteria);
}

void RubricVersion::describe(wire::Description<RubricVersion>& is) {
  is.named("RubricVersion");
  is.field("version", &RubricVersion::version);
  is.field("dimensions", &RubricVersion::dimensions);
  is.field("criteria", &RubricVersion::criteria);
  is.field("created_at", &RubricVersion::created_at);
}

void NewGuideline::describe(wire::Description<NewGuideline>& is) {
  is.named("NewGuideline");
  is.field("markdown", &NewGuideline::markdown, {.length_min = 1});
}

void GuidelineVersion::describe(wire::Description<GuidelineVersion>& is) {
  is.named("GuidelineVersion");
  is.field("version", &GuidelineVersion::version);
  is.field("markdown", &GuidelineVersion::markdown);
  is.field("created_at", &GuidelineVersion::created_at);
}

void Review::describe(wire::Description<Review>& is) {
  is.named("Review");
  is.optional("newcomer", &Review::newcomer,
              {.minimum = 0,
               .maximum = 1'000'000,
               .about = "So many first judgments of a person in this project are all reviewed."});
  is.optional("share", &Review::share, {.minimum = 0.05, .maximum = 1, .about = "Of the later ones."});
}

void WorkPolicy::describe(wire::Description<WorkPolicy>& is) {
  is.named("WorkPolicy");
  is.optional("overlap", &WorkPolicy::overlap,
              {.minimum = 1, .maximum = 100, .items_max = 20, .about = "People for each task, by kind."});
  is.optional("review", &WorkPolicy::review,
              {.items_max = 20, .about = "By kind; kinds that are not named are not reviewed."});
  is.optional("adjudicate_below", &WorkPolicy::adjudicate_below,
              {.minimum = 0,
               .maximum = 1,
               .about = "A task whose judgments agree less than this gets an adjudicator; 0: none does."});
  is.optional("hazard_consent", &WorkPolicy::hazard_consent,
              {.about = "Work with a hazard goes only to those who consented to it."});
}

void Fit::describe(wire::Description<Fit>& is) {
  is.named("Fit");
  is.field("languages", &Fit::languages, {.about = "None: any."});
  is.field("domains", &Fit::domains, {.about = "None: any."});
  is.field("hazards", &Fit::hazards, {.choices = hazard_choices(), .about = "Those one consents to see."});
  is.field("kinds", &Fit::kinds, {.choices = task_kind_choices, .about = "None: any."});
}

void NewFit::describe(wire::Description<NewFit>& is) {
  is.named("NewFit");
  is.optional("languages", &NewFit::languages, {.length_max = 35, .items_max = 100, .about = "None: any."});
  is.optional("domains", &NewFit::domains, {.length_max = 100, .items_max = 200, .about = "None: any."});
  is.optional("kinds", &NewFit::kinds,
              {.items_max = 20, .choices = task_kind_choices, .about = "None: any."});
}

void Consent::describe(wire::Description<Consent>& is) {
  is.named("Consent");
  is.field("hazards", &Consent::hazards, {.items_max = 30, .choices = hazard_choices()});
}

void Assignee::describe(wire::Description<Assignee>& is) {
  is.named("Assignee");
  is.field("person_id", &Assignee::person_id);
}

void GoldWatch::describe(wire::Description<GoldWatch>& is) {
  is.named("GoldWatch");
  is.optional("good", &GoldWatch::good,
              {.minimum = 0, .maximum = 1, .about = "Share of golds a good judge gets right."});
  is.optional("bad", &GoldWatch::bad,
              {.minimum = 0, .maximum = 1, .about = "Share of golds at which to raise the alarm."});
  is.optional("threshold", &GoldWatch::threshold,
              {.minimum = 0,
               .maximum = 1000,
               .about = "Height of the CUSUM at which a person is paused for review."});
  is.optional("rate", &GoldWatch::rate,
              {.minimum = 0, .maximum = 1, .about = "Share of handed-out tasks that are golds."});
}

namespace {

const wire::Bounds project_name{.length_min = 1, .length_max = 200};
const wire::Bounds project_languages{.length_min = 2, .length_max = 35, .items_min = 1, .items_max = 100};
const wire::Bounds project_domains{.length_min = 1, .length_max = 100, .items_max = 200};

}  // namespace

void ProjectSettings::describe(wire::Description<ProjectSettings>& is) {
  is.named("ProjectSettings");
  is.field("name", &ProjectSettings::name, project_name);
  is.field("languages", &ProjectSettings::languages, project_languages);
  is.field("domains", &ProjectSettings::domains, project_domains);
  is.field("gold_watch", &ProjectSettings::gold_watch);
}

void NewProject::describe(wire::Description<NewProject>& is) {
  is.named("NewProject");
  is.field("name", &NewProject::name, project_name);
  is.field("languages", &NewProject::languages, project_languages);
  is.optional("domains", &NewProject::domains, project_domains);
  is.field("guideline", &NewProject::guideline, {.length_min = 1, .about = "Markdown; becomes version 1."});
  is.field("rubric", &NewProject::rubric);
  is.optional(
      "overlap", &NewProject::overlap,
      {.minimum = 1, .maximum = 100, .items_max = 20, .about = "How many people judge each task, by kind."});
  is.optional("gold_watch", &NewProject::gold_watch);
}

void ProjectCounts::describe(wire::Description<ProjectCounts>& is) {
  is.named("ProjectCounts");
  is.field("prompts", &ProjectCounts::prompts);
  is.field("responses", &ProjectCounts::responses);
  is.field("tasks_open", &ProjectCounts::tasks_open);
  is.field("tasks_done", &ProjectCounts::tasks_done);
  is.field("golds", &ProjectCounts::golds);
  is.field("judgments", &ProjectCounts::judgments);
  is.field("members", &ProjectCounts::members);
}

void Project::describe(wire::Description<Project>& is) {
  is.named("Project");
  is.field("id", &Project::id);
  is.field("name", &Project::name);
  is.field("languages", &Project::languages);
  is.field("domains", &Project::domains);
  is.field(
      "role", &Project::role,
      {.choices = role_choices, .about = "The caller's role; null for an administrator who is no member."});
  is.field("current_model_id", &Project::current_model_id);
  is.field("guideline_version", &Project::guideline_version);
  is.field("rubric_version", &Project::rubric_version);
  is.field("overlap", &Project::overlap);
  is.field("gold_watch", &Project::gold_watch);
  is.field("policy", &Project::policy);
  is.field("settings_tag", &Project::settings_tag, {.about = "Send it as If-Match with setSettings."});
  is.field("policy_tag", &Project::policy_tag, {.about = "Send it as If-Match with setPolicy."});
  is.field("counts", &Project::counts);
  is.field("created_at", &Project::created_at);
}

void Member::describe(wire::Description<Member>& is) {
  is.named("Member");
  is.field("person_id", &Member::person_id);
  is.field("login", &Member::login);
  is.field("name", &Member::name);
  is.field("simulated", &Member::simulated);
  is.field("role", &Member::role, {.choices = role_choices});
  is.field("paused", &Member::paused);
  is.field("pause_reason", &Member::pause_reason);
  is.field("tag", &Member::tag, {.about = "Send it as If-Match with a change of the role or a pause."});
}

void NewRole::describe(wire::Description<NewRole>& is) {
  is.named("NewRole");
  is.field("role", &NewRole::role, {.choices = role_choices});
}

void Pause::describe(wire::Description<Pause>& is) {
  is.named("Pause");
  is.field("paused", &Pause::paused);
  is.optional("reason", &Pause::reason,
              {.length_max = 2000, .about = "Needed when pausing; the person reads it."});
}

void PersonQuality::describe(wire::Description<PersonQuality>& is) {
  is.named("PersonQuality");
  is.field("person_id", &PersonQuality::person_id);
  is.field("name", &PersonQuality::name);
  is.field("simulated", &PersonQuality::simulated);
  is.field("judgments", &PersonQuality::judgments);
  is.field("golds", &PersonQuality::golds);
  is.field("golds_right", &PersonQuality::golds_right);
  is.field("watch", &PersonQuality::watch, {.about = "Height of the CUSUM; the project's threshold pauses."});
  is.field("paused", &PersonQuality::paused);
  is.field("pause_reason", &PersonQuality::pause_reason);
}

void Agreement::describe(wire::Description<Agreement>& is) {
  is.named("Agreement");
  is.field("krippendorff_alpha", &Agreement::krippendorff_alpha,
           {.about = "Nominal, over comparisons judged by two or more; null when undefined."});
  is.field("items", &Agreement::items);
}

void Quality::describe(wire::Description<Quality>& is) {
  is.named("Quality");
  is.field("people", &Quality::people);
  is.field("agreement", &Quality::agreement);
}

}  // namespace preceptor::server::api
