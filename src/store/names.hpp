// The names of feedback and loop that the store speaks of.
#pragma once

#include "loop/records.hpp"

namespace preceptor::store {

using feedback::ApiToken;
using feedback::Assignment;
using feedback::AssignmentState;
using feedback::ClaimRequest;
using feedback::Credentials;
using feedback::Draft;
using feedback::Event;
using feedback::EventId;
using feedback::EventPayload;
using feedback::EventRange;
using feedback::EventRoot;
using feedback::GuidelineVersion;
using feedback::Judgment;
using feedback::JudgmentFilter;
using feedback::JudgmentId;
using feedback::Listing;
using feedback::LoggedEvent;
using feedback::Membership;
using feedback::Message;
using feedback::ModelId;
using feedback::Page;
using feedback::Person;
using feedback::PersonId;
using feedback::PersonProgress;
using feedback::Project;
using feedback::ProjectCounts;
using feedback::ProjectId;
using feedback::Prompt;
using feedback::PromptFilter;
using feedback::PromptId;
using feedback::Response;
using feedback::ResponseFilter;
using feedback::ResponseId;
using feedback::Role;
using feedback::RoundId;
using feedback::RubricDimension;
using feedback::RubricVersion;
using feedback::Session;
using feedback::Slot;
using feedback::SlotId;
using feedback::SlotState;
using feedback::Task;
using feedback::TaskCounts;
using feedback::TaskFilter;
using feedback::TaskId;
using feedback::TaskKind;
using feedback::TokenId;
using loop::BlindCounts;
using loop::Evaluation;
using loop::EvaluationAnswer;
using loop::EvaluationColumn;
using loop::EvaluationId;
using loop::EvaluationPair;
using loop::Job;
using loop::JobFilter;
using loop::JobId;
using loop::JobLogLine;
using loop::MetricValue;
using loop::Model;
using loop::Promotion;
using loop::PromotionId;
using loop::Round;
using loop::RoundCounts;
using loop::Run;
using loop::RunId;
using loop::RunStep;
using loop::Snapshot;
using loop::SnapshotFile;
using loop::SnapshotId;

}  // namespace preceptor::store
