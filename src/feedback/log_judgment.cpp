#include "feedback/log_judgment.hpp"

#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "feedback/events.hpp"

namespace preceptor::feedback {

using Json = nlohmann::json;

void log_judgment(Records& records, const Judgment& judgment, const Task& task) {
  record_event(records, {event::judgment_submitted, judgment.project, judgment.person, judgment.id.value},
               {{"judgment_id", judgment.id.value},
                {"task_id", judgment.task.value},
                {"slot_id", judgment.slot.value},
                {"person_id", judgment.person.value},
                {"kind", name_of(judgment.kind)},
                {"counted", judgment.counted},
                {"gold", task.gold.has_value()},
                {"gold_right", judgment.gold_right ? Json(*judgment.gold_right) : Json(nullptr)},
                {"supersedes", judgment.supersedes.value},
                {"sha256", sha256_hex(judgment.payload)}},
               judgment.created_at);
}

}  // namespace preceptor::feedback
