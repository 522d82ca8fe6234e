#include "feedback/golds.hpp"

#include "quality/watch.hpp"

namespace preceptor::feedback {

bool gold_right(const GoldAnswer& gold, const ComparePayload& payload) {
  return payload.outcome == Outcome::better && payload.better == gold.better;
}

bool watch_gold(Membership& member, bool right, const GoldWatchSettings& settings) {
  const quality::GoldWatch watch{.good = settings.good, .bad = settings.bad, .threshold = settings.threshold};
  member.golds += 1;
  member.golds_right += right ? 1 : 0;
  member.watch = quality::watch_step(member.watch, right, watch);
  if (member.paused || !quality::watch_alarm(member.watch, watch)) return false;
  member.paused = true;
  member.pause_reason = watch_pause_reason(member);
  return true;
}

std::string watch_pause_reason(const Membership& member) {
  return "The check questions suggest that something is off: " + std::to_string(member.golds_right) + " of " +
         std::to_string(member.golds) +
         " agreed with their known answers. Your work is kept. A lead will look at it with you before you go "
         "on.";
}

}  // namespace preceptor::feedback
