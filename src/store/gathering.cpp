#include "store/gathering.hpp"

#include <algorithm>

#include "store/sql_records.hpp"

namespace preceptor::store {
namespace {

constexpr Statement lock_gathering{"gathering_lock", "SELECT 1", "SELECT pg_advisory_lock(5063725602)"};
constexpr Statement unlock_gathering{"gathering_unlock", "SELECT 1", "SELECT pg_advisory_unlock(5063725602)"};

struct Ended {};     // thrown into commands whose transaction has failed
struct Together {};  // thrown by a command that must run by itself

using Texts = PostgresConnection::Texts;

Texts texts_of(std::initializer_list<Value> values) {
  Texts texts;
  texts.reserve(values.size());
  for (const Value& value : values) texts.push_back(postgres_text(value));
  return texts;
}

// One command's part of what a statement answered.
struct Share {
  std::shared_ptr<const PostgresAnswer> answer;
  std::vector<int> rows;
  int first_column = 0;
  std::int64_t changed = 0;  // rows, by a statement that answers none
};

std::shared_ptr<const Share> whole(std::shared_ptr<const PostgresAnswer> answer) {
  auto share = std::make_shared<Share>();
  for (int row = 0; row < answer->row_count(); ++row) share->rows.push_back(row);
  share->changed = answer->has_columns() ? answer->row_count() : answer->changed();
  share->answer = std::move(answer);
  return share;
}

struct Question {
  BoundStatement asked;
  std::shared_ptr<const Share> answer;  // null: not there yet
  bool sent = false;
  bool taken = false;
};

class Gathering;

// What one command sees.
class GatheredConnection final : public Connection {
public:
  GatheredConnection(Gathering& gathering, std::unique_ptr<Fiber> fiber)
      : gathering_(gathering), fiber_(std::move(fiber)) {}

  Dialect dialect() const override { return Dialect::postgresql; }
  using Connection::run;
  std::int64_t run(const Statement&, std::initializer_list<Value>,
                   const std::function<void(const Row&)>& on_row) override;
  void post(const Statement&, std::initializer_list<Value>) override;
  void ask_ahead(const std::function<void()>& questions) override;
  void run_script(const std::string&) override { throw Together{}; }
  void act_alone() override { throw Together{}; }

  void begin(Command& command, RecordsMemory& records_memory);

  Gathering& gathering_;
  std::unique_ptr<Fiber> fiber_;
  GatheredOutcome outcome_;
  std::deque<Question> questions_;
  std::size_t group_ = 0;  // of its latest post
  bool asking_ = false;
  bool wrote_ = false;
};

// Posts of several commands by the same statement.
struct PostGroup {
  const Statement* statement;
  std::vector<BoundStatement> items;
};

// Questions of several commands by the same statement; those by the same values as well have one answer.
struct QuestionGroup {
  using Twins = std::vector<Question*>;

  const Statement* statement;
  std::vector<Twins> items;
  std::size_t sent_from = 0;  // which of the connection's answers are theirs
  bool as_one = false;

  std::vector<const BoundStatement*> asked() const {
    std::vector<const BoundStatement*> all;
    for (const Twins& twins : items) all.push_back(&twins.front()->asked);
    return all;
  }
};

class Gathering {
public:
  Gathering(PostgresConnection& connection, RecordsMemory& records_memory, GatheringMemory& memory)
      : connection_(connection), records_memory_(records_memory), memory_(memory) {}

  std::vector<GatheredOutcome> run(std::span<Command> commands);
  void post(GatheredConnection&, BoundStatement);
  bool has_ended() const { return ended_; }

private:
  void travel();
  void flush_posts();
  std::vector<QuestionGroup> group_questions();
  void send(QuestionGroup&, bool together);
  QuestionGroup hand_out(const QuestionGroup&, std::span<const std::shared_ptr<const PostgresAnswer>>);
  void ask_again(QuestionGroup);
  bool send_as_one(const Statement&, SetUse, std::span<const BoundStatement* const>);
  void end_all();

  PostgresConnection& connection_;
  RecordsMemory& records_memory_;
  GatheringMemory& memory_;
  std::vector<std::unique_ptr<GatheredConnection>> running_;
  std::vector<PostGroup> groups_;
  std::size_t groups_before_ = 0;  // sent already
  bool ended_ = false;
};

void GatheredConnection::begin(Command& command, RecordsMemory& records_memory) {
  fiber_->begin([this, &command, &records_memory] {
    try {
      SqlRecords records(*this, records_memory);
      command.work(records);
    } catch (const Together&) {
      outcome_.alone = true;
    } catch (const Ended&) {
    } catch (...) {
      outcome_.problem = std::current_exception();
    }
  });
}

bool same(const Question& question, const Statement& statement, const Texts& values) {
  return !question.taken && question.asked.statement->name == statement.name &&
         question.asked.values == values;
}

bool only_reads(const Statement& statement) { return postgres_text(statement).starts_with("SELECT"); }

std::int64_t GatheredConnection::run(const Statement& statement, std::initializer_list<Value> values,
                                     const std::function<void(const Row&)>& on_row) {
  auto bound = texts_of(values);
  if (asking_) {
    questions_.push_back({.asked = {&statement, std::move(bound)}, .answer = {}});
    return 0;
  }
  auto found = std::find_if(questions_.begin(), questions_.end(),
                            [&](const Question& question) { return same(question, statement, bound); });
  if (found == questions_.end()) {
    wrote_ = wrote_ || !only_reads(statement);
    questions_.push_back({.asked = {&statement, std::move(bound)}, .answer = {}});
    found = std::prev(questions_.end());
  }
  const auto place = found - questions_.begin();
  if (!found->answer) fiber_->stop();
  if (gathering_.has_ended()) throw Ended{};
  Question& question = questions_[static_cast<std::size_t>(place)];
  question.taken = true;
  const auto share = std::move(question.answer);
  for (const int row : share->rows) on_row(share->answer->row(row, share->first_column));
  return share->changed;
}

void GatheredConnection::post(const Statement& statement, std::initializer_list<Value> values) {
  wrote_ = true;
  gathering_.post(*this, {&statement, texts_of(values)});
}

void GatheredConnection::ask_ahead(const std::function<void()>& questions) {
  asking_ = true;
  try {
    questions();
  } catch (...) {
    asking_ = false;
    throw;
  }
  asking_ = false;
}

// Behind the same statement of other commands, unless this command has posted something later than that.
void Gathering::post(GatheredConnection& from, BoundStatement bound) {
  std::size_t place = std::max(from.group_, groups_before_);
  while (place < groups_before_ + groups_.size() &&
         groups_[place - groups_before_].statement->name != bound.statement->name)
    ++place;
  if (place == groups_before_ + groups_.size()) groups_.push_back({bound.statement, {}});
  groups_[place - groups_before_].items.push_back(std::move(bound));
  from.group_ = place + 1;
}

bool Gathering::send_as_one(const Statement& statement, SetUse use,
                            std::span<const BoundStatement* const> all) {
  if (all.size() < 2 || !keys_differ(all)) return false;
  const Statement* set = memory_.sets.find(connection_, statement, use);
  if (set == nullptr) return false;
  Texts arrays;
  for (std::size_t i = 0; i < all.front()->values.size(); ++i) arrays.push_back(array_text(all, i));
  if (arrays.empty()) arrays.push_back(std::to_string(all.size()));
  connection_.send_ahead(*set, arrays);
  return true;
}

void Gathering::flush_posts() {
  for (const PostGroup& group : groups_) {
    std::vector<const BoundStatement*> all;
    for (const auto& item : group.items) all.push_back(&item);
    if (send_as_one(*group.statement, SetUse::change, all)) continue;
    for (const auto& item : group.items) connection_.send_ahead(*item.statement, item.values);
  }
  groups_before_ += groups_.size();
  groups_.clear();
}

// In each command's order: locks come before what they guard.
std::vector<QuestionGroup> Gathering::group_questions() {
  std::vector<QuestionGroup> groups;
  for (auto& each : running_) {
    if (each->fiber_->is_done()) continue;
    std::size_t place = 0;
    for (Question& question : each->questions_) {
      if (question.sent) continue;
      question.sent = true;
      const Statement& statement = *question.asked.statement;
      while (place < groups.size() && groups[place].statement->name != statement.name) ++place;
      if (place == groups.size()) groups.push_back({.statement = &statement, .items = {}});
      auto& items = groups[place].items;
      const bool may_share = only_reads(statement) && !statement.draws;
      const auto twins = std::find_if(items.begin(), items.end(), [&](const QuestionGroup::Twins& others) {
        return may_share && others.front()->asked.values == question.asked.values;
      });
      if (twins == items.end()) {
        items.push_back({&question});
      } else {
        twins->push_back(&question);
      }
    }
  }
  return groups;
}

void Gathering::send(QuestionGroup& group, bool together) {
  group.sent_from = connection_.sent_ahead();
  const auto all = group.asked();
  group.as_one = together && send_as_one(*group.statement, SetUse::question, all);
  if (group.as_one) return;
  for (const BoundStatement* one : all) connection_.send_ahead(*one->statement, one->values);
}

// Those whom a hand-written set form answered nothing.
QuestionGroup Gathering::hand_out(const QuestionGroup& group,
                                  std::span<const std::shared_ptr<const PostgresAnswer>> answers) {
  QuestionGroup unanswered{.statement = group.statement, .items = {}};
  if (!group.as_one) {
    for (std::size_t i = 0; i < group.items.size(); ++i) {
      const auto share = whole(answers[group.sent_from + i]);
      for (Question* question : group.items[i]) question->answer = share;
    }
    return unanswered;
  }
  const auto& answer = answers[group.sent_from];
  std::vector<std::shared_ptr<Share>> shares(group.items.size());
  for (auto& share : shares) {
    share = std::make_shared<Share>();
    share->answer = answer;
    share->first_column = 1;
  }
  for (int row = 0; row < answer->row_count(); ++row) {
    Share& share = *shares.at(static_cast<std::size_t>(answer->row(row).integer(0) - 1));
    share.rows.push_back(row);
    ++share.changed;
  }
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i]->rows.empty() && !group.statement->together.empty())
      unanswered.items.push_back(group.items[i]);
    for (Question* question : group.items[i]) question->answer = shares[i];
  }
  return unanswered;
}

// Together as long as that answers somebody, then singly.
void Gathering::ask_again(QuestionGroup group) {
  bool together = true;
  while (!group.items.empty()) {
    send(group, together);
    auto left = hand_out(group, connection_.collect());
    together = left.items.size() < group.items.size();
    group = std::move(left);
  }
}

// One journey for all that wait, more for those who ask again.
void Gathering::travel() {
  flush_posts();
  auto groups = group_questions();
  for (QuestionGroup& group : groups) send(group, true);
  const auto answers = connection_.collect();
  std::vector<QuestionGroup> unanswered;
  for (const QuestionGroup& group : groups) unanswered.push_back(hand_out(group, answers));
  for (QuestionGroup& group : unanswered) ask_again(std::move(group));
}

void Gathering::end_all() {
  ended_ = true;
  for (auto& each : running_) {
    while (!each->fiber_->is_done()) each->fiber_->resume();
    memory_.fibers.give_back(std::move(each->fiber_));
  }
}

std::vector<GatheredOutcome> Gathering::run(std::span<Command> commands) {
  std::vector<GatheredOutcome> outcomes;
  try {
    for (Command& command : commands) {
      running_.push_back(std::make_unique<GatheredConnection>(*this, memory_.fibers.take()));
      running_.back()->begin(command, records_memory_);
    }
    for (bool waiting = true; waiting;) {
      waiting = false;
      for (auto& each : running_) {
        if (each->fiber_->is_done()) continue;
        each->fiber_->resume();
        const bool failed = each->outcome_.problem || each->outcome_.alone;
        if (failed && each->wrote_) throw Spoilt{};
        waiting = waiting || !each->fiber_->is_done();
      }
      if (waiting) travel();
    }
    flush_posts();
  } catch (...) {
    end_all();
    throw;
  }
  end_all();
  for (auto& each : running_) outcomes.push_back(each->outcome_);
  return outcomes;
}

}  // namespace

std::unique_ptr<Fiber> FiberStore::take() {
  if (fibers_.empty()) return std::make_unique<Fiber>();
  auto fiber = std::move(fibers_.back());
  fibers_.pop_back();
  return fiber;
}

void FiberStore::give_back(std::unique_ptr<Fiber> fiber) { fibers_.push_back(std::move(fiber)); }

void wait_for_turn(PostgresConnection& connection) { connection.run(lock_gathering, {}); }

void pass_turn_on(PostgresConnection& connection) { connection.post(unlock_gathering, {}); }

std::vector<GatheredOutcome> gather(PostgresConnection& connection, RecordsMemory& records_memory,
                                    GatheringMemory& memory, std::span<Command> commands) {
  return Gathering(connection, records_memory, memory).run(commands);
}

}  // namespace preceptor::store
