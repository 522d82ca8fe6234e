#include "server/http/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "server/http/handler_pool.hpp"
#include "tests/support/client.hpp"

namespace preceptor::server::http {
namespace {

using namespace std::chrono_literals;
using tests::Answer;

// Answers with what it was asked: "METHOD path?query body".
class Echo final : public Handler {
public:
  std::size_t body_bytes_max(std::string_view, std::string_view path) override {
    return path == "/large" ? 100'000 : 1000;
  }

  void handle(Request request, std::shared_ptr<Reply> reply) override {
    if (request.path == "/dropped") return;
    const bool slow = request.path == "/slow";
    auto answer = [request = std::move(request), reply = std::move(reply), slow] {
      if (slow) std::this_thread::sleep_for(300ms);
      Response response;
      response.headers.emplace_back("Content-Type", "text/plain");
      response.body = request.method + " " + request.path + "?" + request.query + " " + request.body;
      if (!request.header("x-test").empty())
        response.body += " x-test=" + std::string(request.header("x-test"));
      reply->send(std::move(response));
    };
    pool_.post(std::move(answer));
  }

  Response broken(int status) override {
    Response response;
    response.status = status;
    response.body = "broken";
    return response;
  }

private:
  HandlerPool pool_{4};
};

struct HttpServer : testing::Test {
  HttpServer() { start({}); }

  void start(ServerOptions options) {
    options.port = 0;
    server = std::move(*Server::start(options, echo));
  }

  Echo echo;
  std::unique_ptr<Server> server;
};

TEST_F(HttpServer, AnswersManyRequestsOnOneConnection) {
  tests::Connection client(server->port());
  for (int i = 0; i < 50; ++i) {
    const auto answer = client.request("POST", "/path?q=" + std::to_string(i), "body", {{"X-Test", "yes"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST /path?q=" + std::to_string(i) + " body x-test=yes");
  }
}

TEST_F(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  tests::Connection client(server->port());
  client.send(tests::request_text("GET", "/slow", "", {}) + tests::request_text("POST", "/b", "two", {}) +
              tests::request_text("GET", "/c", "", {}));
  EXPECT_EQ(client.receive().body, "GET /slow? ");
  EXPECT_EQ(client.receive().body, "POST /b? two");
  EXPECT_EQ(client.receive().body, "GET /c? ");
}

TEST_F(HttpServer, ServesManyConnectionsAtOnce) {
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] {
      tests::Connection client(server->port());
      for (int j = 0; j < 20; ++j)
        right += client.request("POST", "/" + std::to_string(i), std::to_string(j)).body ==
                 "POST /" + std::to_string(i) + "? " + std::to_string(j);
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(right, 16 * 20);
}

TEST_F(HttpServer, AHeadRequestGetsTheLengthWithoutTheBody) {
  tests::Connection client(server->port());
  const auto answer = client.request("HEAD", "/x");
  EXPECT_EQ(answer.header("content-length"), std::to_string(std::string("HEAD /x? ").size()));
  EXPECT_EQ(client.request("GET", "/next").body, "GET /next? ");
}

TEST_F(HttpServer, ClosesAfterARequestThatAsksForIt) {
  tests::Connection client(server->port());
  EXPECT_EQ(client.request("GET", "/x", "", {{"Connection", "close"}}).header("connection"), "close");
  EXPECT_TRUE(client.closes_within(2000));
}

TEST_F(HttpServer, ADroppedAnswerClosesTheConnection) {
  tests::Connection client(server->port());
  EXPECT_EQ(client.request("GET", "/dropped").status, 0);
}

TEST_F(HttpServer, RefusesABodyOverTheLimitOfItsPathBeforeReadingIt) {
  tests::Connection client(server->port());
  EXPECT_EQ(client.request("POST", "/small", std::string(1001, 'x')).status, 413);
  tests::Connection other(server->port());
  EXPECT_EQ(other.request("POST", "/large", std::string(1001, 'x')).status, 200);
  tests::Connection announced(server->port());
  announced.send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n");
  EXPECT_EQ(announced.receive().status, 413);
}

TEST_F(HttpServer, RefusesAChunkedBodyOverTheLimit) {
  tests::Connection client(server->port());
  client.send("POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunk = "258\r\n" + std::string(0x258, 'x') + "\r\n";
  client.send(chunk + chunk);
  EXPECT_EQ(client.receive().status, 413);
}

TEST_F(HttpServer, TellsAClientThatAsksFirstToGoOn) {
  tests::Connection client(server->port());
  client.send("POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.receive_head().status, 100);
  client.send("body");
  EXPECT_EQ(client.receive().body, "POST /x? body");
}

TEST_F(HttpServer, RefusesHeadersOverTheLimit) {
  tests::Connection client(server->port());
  EXPECT_EQ(client.request("GET", "/x", "", {{"X-Long", std::string(20'000, 'x')}}).status, 431);
  tests::Connection path(server->port());
  EXPECT_EQ(path.request("GET", "/" + std::string(20'000, 'x')).status, 431);
}

TEST_F(HttpServer, RefusesWhatIsNotHttp) {
  for (const std::string_view text :
       {"GET\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nNo colon\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: minus\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    tests::Connection client(server->port());
    client.send(text);
    EXPECT_EQ(client.receive().status, 400) << text;
    EXPECT_TRUE(client.closes_within(2000));
  }
  tests::Connection client(server->port());
  EXPECT_EQ(client.request("GET", "/still-serving").status, 200);
}

TEST_F(HttpServer, ForgetsAClientThatGoesInTheMiddleOfARequest) {
  for (int i = 0; i < 20; ++i) {
    tests::Connection client(server->port());
    client.send("POST /x HTTP/1.1\r\nContent-Length: 500\r\n\r\nhalf");
  }
  for (int i = 0; i < 20; ++i) {
    tests::Connection client(server->port());
    client.send(tests::request_text("GET", "/slow", "", {}));
  }
  tests::Connection client(server->port());
  EXPECT_EQ(client.request("GET", "/x").status, 200);
}

TEST_F(HttpServer, DoesNotWaitForASlowClient) {
  ServerOptions options;
  options.header_wait = 100ms;
  options.body_wait = 100ms;
  options.idle_wait = 100ms;
  start(options);
  tests::Connection headers(server->port());
  headers.send("GET / HT");
  EXPECT_TRUE(headers.closes_within(5000));
  tests::Connection body(server->port());
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(body.closes_within(5000));
  tests::Connection idle(server->port());
  EXPECT_TRUE(idle.closes_within(5000));
}

TEST_F(HttpServer, TurnsAwayConnectionsOverTheirNumber) {
  ServerOptions options;
  options.connections_max = 2;
  start(options);
  tests::Connection first(server->port()), second(server->port());
  EXPECT_EQ(first.request("GET", "/1").status, 200);
  EXPECT_EQ(second.request("GET", "/2").status, 200);
  tests::Connection third(server->port());
  EXPECT_EQ(third.request("GET", "/3").status, 503);
  EXPECT_EQ(first.request("GET", "/4").status, 200);
}

TEST_F(HttpServer, SaysThatThePortIsInUse) {
  ServerOptions options;
  options.port = server->port();
  const auto second = Server::start(options, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
  EXPECT_NE(second.error().message.find(std::to_string(options.port)), std::string::npos);
  EXPECT_NE(second.error().hint.find("--port"), std::string::npos);
}

TEST_F(HttpServer, SaysThatAnAddressIsNone) {
  ServerOptions options;
  options.address = "localhost:80";
  const auto server = Server::start(options, echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, ErrorKind::invalid);
}

TEST_F(HttpServer, FinishesTheRequestsUnderWayWhenItStops) {
  tests::Connection client(server->port()), idle(server->port());
  idle.request("GET", "/x");
  client.send(tests::request_text("GET", "/slow", "", {}));
  std::this_thread::sleep_for(100ms);
  std::thread stopping([&] { server->stop(); });
  EXPECT_TRUE(idle.closes_within(2000));
  EXPECT_EQ(client.receive().body, "GET /slow? ");
  stopping.join();
  EXPECT_THROW(tests::Connection late(server->port()), std::runtime_error);
}

TEST(HandlerPool, RunsWorkThatBlocksBesideOtherWork) {
  HandlerPool pool(64);
  std::atomic<int> inside{0};
  std::atomic<bool> all{false};
  for (int i = 0; i < 64; ++i) {
    pool.post([&] {
      if (++inside == 64) all = true;
      for (int wait = 0; wait < 5000 && !all; ++wait) std::this_thread::sleep_for(1ms);
    });
  }
  pool.stop();
  EXPECT_TRUE(all);
  EXPECT_FALSE(pool.post([] {}));
}

// Each piece waits for the one before it: one that nobody is woken for would end the chain.
TEST(HandlerPool, SomebodyIsAlwaysWokenForWhatWaits) {
  HandlerPool pool(16, 1ms);
  std::vector<std::thread> people;
  std::atomic<int> done{0};
  for (int i = 0; i < 4; ++i) {
    people.emplace_back([&, i] {
      for (int k = 0; k < 1000; ++k) {
        const auto answered = std::make_shared<std::promise<void>>();
        pool.post([answered] { answered->set_value(); });
        if (answered->get_future().wait_for(5s) != std::future_status::ready) return;
        ++done;
        if (k % 100 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(i));  // till threads end
      }
    });
  }
  for (std::thread& person : people) person.join();
  EXPECT_EQ(done, 4000);
}

TEST(HandlerPool, ThreadsThatAreIdleEndAndComeBackWhenTheyAreNeeded) {
  HandlerPool pool(8, 10ms);
  std::atomic<int> done{0};
  for (int i = 0; i < 8; ++i) {
    pool.post([&] {
      std::this_thread::sleep_for(5ms);
      ++done;
    });
  }
  for (int i = 0; i < 5000 && pool.thread_count() > 0; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(pool.thread_count(), 0u);
  EXPECT_EQ(done, 8);
  pool.post([&] { ++done; });
  pool.stop();
  EXPECT_EQ(done, 9);
}

}  // namespace
}  // namespace preceptor::server::http
