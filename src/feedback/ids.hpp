// Typed ids of everything that people and rounds leave behind. A value of zero means "none".
#pragma once

#include "base/id.hpp"

namespace preceptor::feedback {

using PersonId = Id<struct PersonTag>;
using ProjectId = Id<struct ProjectTag>;
using PromptId = Id<struct PromptTag>;
using ResponseId = Id<struct ResponseTag>;
using TaskId = Id<struct TaskTag>;
using SlotId = Id<struct SlotTag>;
using JudgmentId = Id<struct JudgmentTag>;
using LaneId = Id<struct LaneTag>;
using SourceId = Id<struct SourceTag>;
using ExchangeId = Id<struct ExchangeTag>;
using TokenId = Id<struct ApiTokenTag>;
using SessionId = Id<struct SessionTag>;
using InvitationId = Id<struct InvitationTag>;
using PasswordResetId = Id<struct PasswordResetTag>;
using EvidenceId = Id<struct EvidenceTag>;
using EventId = Id<struct EventTag>;
// Rounds and models belong to the loop; here they are only names that responses and tasks carry.
using RoundId = Id<struct RoundTag>;
using ModelId = Id<struct ModelTag>;

}  // namespace preceptor::feedback
