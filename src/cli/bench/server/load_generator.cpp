#include "cli/bench/server/load_generator.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>
#include <memory>
#include <queue>

#include "base/format.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "cli/bench/server/plain_connection.hpp"

namespace preceptor::cli {
namespace {

using Moment = std::chrono::steady_clock::time_point;

constexpr std::string_view judgment_payload =
    R"({"outcome":"tie","better":null,"strength":null,"reason":"Both are right.","flags":[]})";
constexpr std::chrono::seconds answers_within{60};

struct Person {
  enum class Doing { waits_for_task, thinks, waits_for_receipt, nothing };

  std::unique_ptr<PlainConnection> connection;
  std::string headers;
  Doing doing = Doing::nothing;
  Moment asked;
  std::string submission;  // made while thinking
};

class Load {
public:
  explicit Load(const LoadPlan& plan) : plan_(plan), random_(1), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) throw Failure(ErrorKind::internal, "epoll is not to be had");
    people_.resize(plan.people.size());
    for (std::size_t i = 0; i < people_.size(); ++i) connect(i);
  }
  ~Load() { ::close(epoll_); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  LoadResult run() {
    const Moment begin = std::chrono::steady_clock::now();
    until_ = begin + std::chrono::duration_cast<std::chrono::nanoseconds>(
                         std::chrono::duration<double>(plan_.seconds));
    for (std::size_t i = 0; i < people_.size(); ++i) begin_work(i);
    std::array<epoll_event, 256> ready;
    while (busy_ > 0) {
      const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), wait_ms());
      for (int i = 0; i < count; ++i) on_readable(ready[static_cast<std::size_t>(i)].data.u64);
      wake_thinkers();
      if (std::chrono::steady_clock::now() > until_ + answers_within) {
        fail(format("{} people got no answer", busy_));
        break;
      }
    }
    result_.seconds = std::chrono::duration<double>(last_answer_ - begin).count();
    result_.processor_seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    result_.submit_p50_ms = quantile(submit_ms_, .5);
    result_.submit_p99_ms = quantile(submit_ms_, .99);
    result_.next_p50_ms = quantile(next_ms_, .5);
    result_.next_p99_ms = quantile(next_ms_, .99);
    return std::move(result_);
  }

private:
  void connect(std::size_t i) {
    Person& person = people_[i];
    person.connection = std::make_unique<PlainConnection>(plan_.ports[i % plan_.ports.size()]);
    person.headers = format("Cookie: preceptor_session={}\r\nX-CSRF-Token: {}\r\n", plan_.people[i].cookie,
                            plan_.people[i].csrf_token);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, person.connection->descriptor(), &event);
  }

  // Who thinks does not begin at the same moment as everybody else.
  void begin_work(std::size_t i) {
    ++busy_;
    if (plan_.think_seconds <= 0) return ask_for_task(i);
    people_[i].doing = Person::Doing::thinks;
    thinkers_.push({std::chrono::steady_clock::now() + random_pause(), i});
  }

  std::chrono::nanoseconds random_pause() {
    const double pause = -plan_.think_seconds * std::log(1 - random_.uniform());
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(pause));
  }

  void ask_for_task(std::size_t i) {
    if (std::chrono::steady_clock::now() >= until_) return finish(i);
    const std::string path = format("/api/v1/projects/{}/tasks/next", plan_.project);
    send(i, plain_request("POST", path, people_[i].headers, "{}"), Person::Doing::waits_for_task);
  }

  void send(std::size_t i, const std::string& request, Person::Doing doing) {
    Person& person = people_[i];
    person.doing = doing;
    person.asked = std::chrono::steady_clock::now();
    if (!person.connection->send(request)) lost_connection(i);
  }

  void finish(std::size_t i) {
    people_[i].doing = Person::Doing::nothing;
    --busy_;
  }

  void fail(const std::string& what) {
    if (result_.errors++ == 0) result_.first_error = what;
  }

  void lost_connection(std::size_t i) {
    fail("the server closed a connection");
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, people_[i].connection->descriptor(), nullptr);
    if (people_[i].doing != Person::Doing::nothing) finish(i);
  }

  void on_readable(std::size_t i) {
    PlainAnswer answer;
    switch (people_[i].connection->receive(answer)) {
      case PlainConnection::Received::nothing_yet: return;
      case PlainConnection::Received::end: return lost_connection(i);
      case PlainConnection::Received::answer: return on_answer(i, answer);
    }
  }

  void on_answer(std::size_t i, const PlainAnswer& answer) {
    Person& person = people_[i];
    last_answer_ = std::chrono::steady_clock::now();
    const double ms = std::chrono::duration<double, std::milli>(last_answer_ - person.asked).count();
    if (person.doing == Person::Doing::waits_for_task) {
      next_ms_.push_back(ms);
      return on_task(i, answer);
    }
    submit_ms_.push_back(ms);
    std::int64_t id = 0;
    const std::string_view text = json_field(answer.body, "judgment_id");
    std::from_chars(text.data(), text.data() + text.size(), id);
    if (answer.status == 201 && id > 0) {
      result_.acknowledged.push_back(id);
    } else {
      fail(format("a judgment was answered with {}: {}", answer.status, answer.body));
    }
    ask_for_task(i);
  }

  void on_task(std::size_t i, const PlainAnswer& answer) {
    if (answer.status == 204) return finish(i);  // nothing is left
    if (answer.status != 200) {
      fail(format("next was answered with {}: {}", answer.status, answer.body));
      return ask_for_task(i);
    }
    Person& person = people_[i];
    const std::string body = format(R"({{"lease_token":"{}","payload":{},"seconds_active":9}})",
                                    json_field(answer.body, "token"), judgment_payload);
    const std::string headers = format("{}Idempotency-Key: {}-{}\r\n", person.headers, i, ++submissions_);
    person.submission = plain_request(
        "POST", format("/api/v1/tasks/{}/judgments", json_field(answer.body, "id")), headers, body);
    if (plan_.think_seconds <= 0) return send(i, person.submission, Person::Doing::waits_for_receipt);
    person.doing = Person::Doing::thinks;
    thinkers_.push({std::chrono::steady_clock::now() + random_pause(), i});
  }

  int wait_ms() const {
    if (thinkers_.empty()) return 1000;
    const auto rest = thinkers_.top().first - std::chrono::steady_clock::now();
    return std::max(0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(rest).count()));
  }

  void wake_thinkers() {
    const Moment now = std::chrono::steady_clock::now();
    while (!thinkers_.empty() && thinkers_.top().first <= now) {
      const std::size_t i = thinkers_.top().second;
      thinkers_.pop();
      Person& person = people_[i];
      if (person.doing != Person::Doing::thinks) continue;
      if (person.submission.empty() || now >= until_) {
        ask_for_task(i);
      } else {
        send(i, person.submission, Person::Doing::waits_for_receipt);
        person.submission.clear();
      }
    }
  }

  using Thinker = std::pair<Moment, std::size_t>;

  const LoadPlan& plan_;
  Random random_;
  int epoll_;
  std::vector<Person> people_;
  std::priority_queue<Thinker, std::vector<Thinker>, std::greater<>> thinkers_;
  std::size_t busy_ = 0;
  std::int64_t submissions_ = 0;
  Moment until_, last_answer_ = std::chrono::steady_clock::now();
  std::vector<double> submit_ms_, next_ms_;
  LoadResult result_;
};

}  // namespace

LoadResult generate_load(const LoadPlan& plan) { return Load(plan).run(); }

}  // namespace preceptor::cli
