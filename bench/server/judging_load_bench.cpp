// Many people who judge as fast as they can, against a server that runs beside this program:
//   preceptor admin create-person boss --administrator --password … --workspace W; preceptor serve
//   --workspace W judging_load_bench PORT boss PASSWORD PEOPLE SECONDS
// Each person has an own account and connection, fetches a task, submits a judgment, and so on. Prints
// judgments per second, the latencies of both calls, errors, and whether any task was judged more often than
// its overlap asks.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int overlap = 3;
constexpr int tasks_per_call = 1000;

struct Answer {
  int status = 0;
  std::string head, body;
};

class Client {
public:
  explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Answer call(std::string_view method, std::string_view path, std::string_view body) {
    std::string text = std::string(method) + " /api/v1" + std::string(path) +
                       " HTTP/1.1\r\nHost: localhost\r\n" + credentials +
                       "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n" + std::string(body);
    if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
      return {};
    return receive();
  }

  std::string credentials;  // header lines

private:
  Answer receive() {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return {};
    }
    Answer answer;
    answer.head = received_.substr(0, end + 2);
    answer.status = std::atoi(answer.head.c_str() + 9);
    const auto place = answer.head.find("Content-Length: ");
    const std::size_t length = place == std::string::npos ? 0 : std::stoul(answer.head.substr(place + 16));
    while (received_.size() < end + 4 + length) {
      if (!fill()) return {};
    }
    answer.body = received_.substr(end + 4, length);
    received_.erase(0, end + 4 + length);
    return answer;
  }
  bool fill() {
    char buffer[16384];
    const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got > 0) received_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }

  int socket_;
  std::string received_;
};

// The value after "key": up to a comma, quote or bracket; enough for what this program reads.
std::string field(const std::string& body, const std::string& key) {
  auto begin = body.find("\"" + key + "\":");
  if (begin == std::string::npos) return {};
  begin += key.size() + 3;
  if (body[begin] == '"') return body.substr(begin + 1, body.find('"', begin + 1) - begin - 1);
  return body.substr(begin, body.find_first_of(",}]", begin) - begin);
}

void expect(const Answer& answer, int status, const char* doing) {
  if (answer.status == status) return;
  std::fprintf(stderr, "%s: status %d: %s\n", doing, answer.status, answer.body.c_str());
  std::exit(1);
}

void sign_in(Client& client, const std::string& login, const std::string& password) {
  const auto answer =
      client.call("POST", "/session", R"({"login":")" + login + R"(","password":")" + password + R"("})");
  expect(answer, 200, "sign-in");
  const auto place = answer.head.find("preceptor_session=");
  client.credentials = "Cookie: " + answer.head.substr(place, answer.head.find(';', place) - place) +
                       "\r\nX-CSRF-Token: " + field(answer.body, "csrf_token") + "\r\n";
}

struct Person {
  std::string credentials;
  std::vector<double> next_ms, submit_ms;
  int judgments = 0, errors = 0;
};

double since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void judge(Person& person, int port, const std::string& project, Clock::time_point until) {
  Client client(port);
  client.credentials = person.credentials;
  while (Clock::now() < until) {
    auto begin = Clock::now();
    const auto next = client.call("POST", "/projects/" + project + "/tasks/next", "{}");
    person.next_ms.push_back(since(begin));
    if (next.status == 204) return;
    if (next.status != 200) {
      ++person.errors;
      continue;
    }
    const std::string body =
        R"({"lease_token":")" + field(next.body, "token") +
        R"(","payload":{"outcome":"tie","better":null,"strength":null,"reason":"Both are right.","flags":[]},"seconds_active":9})";
    begin = Clock::now();
    const auto receipt = client.call("POST", "/tasks/" + field(next.body, "id") + "/judgments", body);
    person.submit_ms.push_back(since(begin));
    receipt.status == 201 ? ++person.judgments : ++person.errors;
  }
}

std::string make_project(Client& boss, const std::string& run, int tasks) {
  const auto project =
      boss.call("POST", "/projects",
                R"({"name":"Load )" + run +
                    R"(","languages":["en"],"guideline":"g","rubric":{"dimensions":[{"key":"a",)"
                    R"("label":"A","scale_min":1,"scale_max":5}]},"gold_watch":{"rate":0}})");
  expect(project, 200, "project");
  const std::string id = field(project.body, "id"), path = "/projects/" + id;
  const auto prompt =
      boss.call("POST", path + "/prompts",
                R"({"items":[{"messages":[{"role":"user","content":"Why is the sky blue?"}]}]})");
  expect(prompt, 200, "prompt");
  const std::string prompt_id = prompt.body.substr(8, prompt.body.find(']') - 8);
  const std::string response =
      R"({"prompt_id":)" + prompt_id + R"(,"text":"Because short waves scatter more."})";
  const auto responses =
      boss.call("POST", path + "/responses", R"({"items":[)" + response + "," + response + "]}");
  expect(responses, 200, "responses");
  const std::string ids = responses.body.substr(7, responses.body.find(']') - 6);
  std::string items;
  for (int i = 0; i < tasks_per_call; ++i) {
    items += (i > 0 ? "," : "") + std::string(R"({"kind":"compare","prompt_id":)") + prompt_id +
             R"(,"response_ids":)" + ids + R"(,"overlap":)" + std::to_string(overlap) + "}";
  }
  const auto begin = Clock::now();
  for (int i = 0; i < tasks; i += tasks_per_call)
    expect(boss.call("POST", path + "/tasks", R"({"items":[)" + items + "]}"), 200, "tasks");
  std::printf("%d tasks added in %.2f s\n", tasks, since(begin) / 1000);
  return id;
}

double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

int over_served(Client& boss, const std::string& project) {
  int count = 0;
  std::string cursor;
  do {
    const auto page = boss.call("GET", "/projects/" + project + "/tasks?limit=1000" + cursor, "");
    expect(page, 200, "list of tasks");
    for (auto at = page.body.find("\"counted\":"); at != std::string::npos;
         at = page.body.find("\"counted\":", at + 1))
      count += std::atoi(page.body.c_str() + at + 10) > overlap;
    const auto next = field(page.body, "next_cursor");
    cursor = next == "null" ? "" : "&cursor=" + next;
  } while (!cursor.empty());
  return count;
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) {
    std::fprintf(stderr, "usage: judging_load_bench PORT ADMINISTRATOR PASSWORD PEOPLE SECONDS\n");
    return 2;
  }
  const int port = std::atoi(words[1]), people_count = std::atoi(words[4]), seconds = std::atoi(words[5]);
  const std::string run =
      std::to_string(std::chrono::system_clock::now().time_since_epoch().count() / 1000000);
  Client boss(port);
  sign_in(boss, words[2], words[3]);
  const std::string project = make_project(boss, run, 20'000);
  std::vector<Person> people(static_cast<std::size_t>(people_count));
  for (std::size_t i = 0; i < people.size(); ++i) {
    const std::string login = "load" + run + "." + std::to_string(i), password = "a password for load";
    const auto made = boss.call(
        "POST", "/people",
        R"({"login":")" + login + R"(","name":"Load","password":")" + password + R"(","simulated":true})");
    expect(made, 200, "person");
    expect(boss.call("PUT", "/projects/" + project + "/members/" + field(made.body, "id"),
                     R"({"role":"trainer"})"),
           200, "member");
    Client first(port);
    sign_in(first, login, password);
    people[i].credentials = first.credentials;
  }
  const auto begin = Clock::now();
  std::vector<std::thread> threads;
  for (auto& person : people)
    threads.emplace_back([&] { judge(person, port, project, begin + std::chrono::seconds(seconds)); });
  for (auto& thread : threads) thread.join();
  const double took_s = since(begin) / 1000;

  std::vector<double> next_ms, submit_ms;
  int judgments = 0, errors = 0;
  for (auto& person : people) {
    next_ms.insert(next_ms.end(), person.next_ms.begin(), person.next_ms.end());
    submit_ms.insert(submit_ms.end(), person.submit_ms.begin(), person.submit_ms.end());
    judgments += person.judgments;
    errors += person.errors;
  }
  std::printf("%d people: %.0f judgments/s, %d errors, %d tasks over-served\n", people_count,
              judgments / took_s, errors, over_served(boss, project));
  std::printf("submit ms: median %.2f, p99 %.2f; next ms: median %.2f, p99 %.2f\n", quantile(submit_ms, .5),
              quantile(submit_ms, .99), quantile(next_ms, .5), quantile(next_ms, .99));
  return errors == 0 ? 0 : 1;
}
