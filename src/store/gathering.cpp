#include "store/gathering.hpp"

#include <algorithm>

#include "store/sql_records.hpp"

namespace preceptor::store {
namespace {

constexpr Statement lock_gathering{"gathering_lock", "SELECT 1", "SELECT pg_advisory_xact_lock(5063725602)"};

struct Ended {};     // thrown into commands whose transaction has failed
struct Together {};  // thrown by a command that must run by itself

std::vector<std::optional<std::string>> texts_of(std::initializer_list<Value> values) {
  std::vector<std::optional<std::string>> texts;
  texts.reserve(values.size());
  for (const Value& value : values) texts.push_back(postgres_text(value));
  return texts;
}

struct Question {
  BoundStatement asked;
  std::shared_ptr<const PostgresAnswer> answer;  // null: not there yet
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

  void begin(Command& command, RubricMemory& rubrics);

  Gathering& gathering_;
  std::unique_ptr<Fiber> fiber_;
  GatheredOutcome outcome_;
  std::deque<Question> questions_;
  std::size_t group_ = 0;  // of its latest post
  bool asking_ = false;
  bool wrote_ = false;
};

// Posts of several commands by the same statement.
struct Group {
  const Statement* statement;
  std::vector<BoundStatement> items;
};

class Gathering {
public:
  Gathering(PostgresConnection& connection, RubricMemory& rubrics, FiberStore& fibers)
      : connection_(connection), rubrics_(rubrics), fibers_(fibers) {}

  std::vector<GatheredOutcome> run(std::span<Command> commands);
  void post(GatheredConnection&, BoundStatement);
  bool has_ended() const { return ended_; }

private:
  using Sent = std::vector<Question*>;  // all that one statement answers

  void travel();
  void flush_posts();
  static Sent* twin_of(const BoundStatement&, std::vector<Sent>&);
  void end_all();

  PostgresConnection& connection_;
  RubricMemory& rubrics_;
  FiberStore& fibers_;
  std::vector<std::unique_ptr<GatheredConnection>> running_;
  std::vector<Group> groups_;
  std::size_t groups_before_ = 0;  // sent already
  bool ended_ = false;
};

void GatheredConnection::begin(Command& command, RubricMemory& rubrics) {
  fiber_->begin([this, &command, &rubrics] {
    try {
      SqlRecords records(*this, rubrics);
      command.work(records);
    } catch (const Together&) {
      outcome_.alone = true;
    } catch (const Ended&) {
    } catch (...) {
      outcome_.problem = std::current_exception();
    }
  });
}

bool same(const Question& question, const Statement& statement,
          const std::vector<std::optional<std::string>>& values) {
  return !question.taken && question.asked.statement->name == statement.name &&
         question.asked.values == values;
}

bool only_reads(const Statement& statement) {
  const auto text = statement.postgresql.empty() ? statement.text : statement.postgresql;
  return text.starts_with("SELECT");
}

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
  const auto answer = std::move(question.answer);
  for (int row = 0; row < answer->row_count(); ++row) on_row(answer->row(row));
  return answer->has_columns() ? answer->row_count() : answer->changed();
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

void Gathering::flush_posts() {
  for (const Group& group : groups_) {
    for (const auto& item : group.items) connection_.send_ahead(*item.statement, item.values);
  }
  groups_before_ += groups_.size();
  groups_.clear();
}

// The question that is on its way already, of another command.
Gathering::Sent* Gathering::twin_of(const BoundStatement& asked, std::vector<Sent>& sent) {
  if (!only_reads(*asked.statement) || asked.statement->draws) return nullptr;
  const auto found = std::find_if(sent.begin(), sent.end(), [&](const Sent& other) {
    const BoundStatement& before = other.front()->asked;
    return before.statement->name == asked.statement->name && before.values == asked.values;
  });
  return found == sent.end() ? nullptr : &*found;
}

// One journey for all that wait.
void Gathering::travel() {
  flush_posts();
  const std::size_t posts = connection_.sent_ahead();
  std::vector<Sent> sent;
  for (auto& each : running_) {
    if (each->fiber_->is_done()) continue;
    for (Question& question : each->questions_) {
      if (question.sent) continue;
      question.sent = true;
      if (Sent* twin = twin_of(question.asked, sent)) {
        twin->push_back(&question);
        continue;
      }
      connection_.send_ahead(*question.asked.statement, question.asked.values);
      sent.push_back({&question});
    }
  }
  const auto answers = connection_.collect();
  for (std::size_t i = 0; i < sent.size(); ++i) {
    for (Question* question : sent[i]) question->answer = answers[posts + i];
  }
}

void Gathering::end_all() {
  ended_ = true;
  for (auto& each : running_) {
    while (!each->fiber_->is_done()) each->fiber_->resume();
    fibers_.give_back(std::move(each->fiber_));
  }
}

std::vector<GatheredOutcome> Gathering::run(std::span<Command> commands) {
  connection_.post(lock_gathering, {});
  std::vector<GatheredOutcome> outcomes;
  try {
    for (Command& command : commands) {
      running_.push_back(std::make_unique<GatheredConnection>(*this, fibers_.take()));
      running_.back()->begin(command, rubrics_);
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

std::vector<GatheredOutcome> gather(PostgresConnection& connection, RubricMemory& rubrics, FiberStore& fibers,
                                    std::span<Command> commands) {
  return Gathering(connection, rubrics, fibers).run(commands);
}

}  // namespace preceptor::store
