#include "net/http_client.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/tiny_server.hpp"

namespace preceptor::net {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

Request quick(std::string url) { return {.url = std::move(url), .timeout = 2s, .retry_wait = 1ms}; }

TEST(HttpClient, SendsMethodHeadersAndBodyAndReturnsTheAnswer) {
  std::string seen;
  TinyServer server([&](const Peer& peer, int) {
    seen = peer.request();
    peer.answer("201 Created", "{\"id\":1}", "Content-Type: application/json\r\n");
  });
  Request request = quick(server.url("/things?x=1"));
  request.method = Method::post;
  request.headers = {{"Authorization", "Bearer t"}};
  request.body = "hello";
  const auto response = HttpClient().send(request);
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 201);
  EXPECT_TRUE(response->ok());
  EXPECT_EQ(response->body, "{\"id\":1}");
  EXPECT_EQ(response->header("content-TYPE"), "application/json");
  EXPECT_EQ(response->header("missing"), "");
  EXPECT_TRUE(seen.starts_with("POST /things?x=1 HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("Authorization: Bearer t\r\n"), std::string::npos);
  EXPECT_TRUE(seen.ends_with("\r\n\r\nhello"));
}

TEST(HttpClient, ReturnsAnErrorStatusAsAResponse) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.answer("404 Not Found", "no");
  });
  const auto response = HttpClient().send(quick(server.url()));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
  EXPECT_FALSE(response->ok());
  EXPECT_EQ(response->body, "no");
}

TEST(HttpClient, KeepsItsConnection) {
  TinyServer server([](const Peer& peer, int) {
    while (!peer.request().empty()) peer.answer("200 OK", "x");
  });
  HttpClient client;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.send(quick(server.url())));
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, KeepsNoCookies) {
  std::string second;
  TinyServer server([&](const Peer& peer, int) {
    peer.request();
    peer.answer("200 OK", "", "Set-Cookie: session=secret\r\n");
    second = peer.request();
    peer.answer("200 OK", "");
  });
  HttpClient client;
  ASSERT_TRUE(client.send(quick(server.url())));
  ASSERT_TRUE(client.send(quick(server.url())));
  EXPECT_EQ(second.find("secret"), std::string::npos);
}

TEST(HttpClient, SaysWhatToDoWhenTheServerIsDead) {
  std::string url;
  {
    TinyServer server([](const Peer&, int) {});
    url = server.url("/health");
  }
  const auto response = HttpClient().send(quick(url));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
  EXPECT_NE(response.error().message.find("127.0.0.1:"), std::string::npos);
  EXPECT_NE(response.error().hint.find("is the server running"), std::string::npos);
  EXPECT_EQ(response.error().where, url);
}

TEST(HttpClient, RepeatsWhatMayBeRepeatedAfterAPassingFault) {
  TinyServer server([](const Peer& peer, int connection) {
    peer.request();
    if (connection == 1) peer.answer("503 Service Unavailable", "", "Connection: close\r\n");
    if (connection == 3) peer.answer("200 OK", "there");  // the second connection is cut without an answer
  });
  const auto response = HttpClient().send(quick(server.url()));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->body, "there");
  EXPECT_EQ(server.connections(), 3);
}

TEST(HttpClient, DoesNotRepeatAPostUnlessToldThatItMay) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.answer("503 Service Unavailable", "", "Connection: close\r\n");
  });
  Request request = quick(server.url());
  request.method = Method::post;
  EXPECT_EQ(HttpClient().send(request)->status, 503);
  EXPECT_EQ(server.connections(), 1);
  request.repeatable = true;
  EXPECT_EQ(HttpClient().send(request)->status, 503);
  EXPECT_EQ(server.connections(), 4);
}

TEST(HttpClient, WaitsAsLongAsTheServerAsks) {
  TinyServer server([](const Peer& peer, int connection) {
    peer.request();
    peer.answer(connection == 1 ? "429 Too Many Requests" : "200 OK", "",
                "Retry-After: 1\r\nConnection: close\r\n");
  });
  const auto start = Clock::now();
  EXPECT_EQ(HttpClient().send(quick(server.url()))->status, 200);
  EXPECT_GE(Clock::now() - start, 1s);
}

TEST(HttpClient, GivesUpOnASilentServer) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.request();  // returns when the client has gone
  });
  Request request = quick(server.url());
  request.timeout = 100ms;
  request.retries_max = 0;
  const auto response = HttpClient().send(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
  EXPECT_NE(response.error().hint.find("busy or stuck"), std::string::npos);
}

TEST(HttpClient, StopsAtOnceWhenCancelled) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.request();
  });
  std::stop_source stop;
  std::thread later([&] {
    std::this_thread::sleep_for(50ms);
    stop.request_stop();
  });
  Request request = quick(server.url());
  request.timeout = 60s;
  const auto start = Clock::now();
  const auto response = HttpClient().send(request, stop.get_token());
  later.join();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
  EXPECT_LT(Clock::now() - start, 5s);
}

TEST(HttpClient, RefusesAnAnswerOverTheLimit) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.answer("200 OK", std::string(5000, 'x'));
  });
  Request request = quick(server.url());
  request.response_bytes_max = 4999;
  EXPECT_EQ(HttpClient().send(request).error().kind, ErrorKind::too_large);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, SpeaksHttpOnly) {
  EXPECT_EQ(HttpClient().send(quick("file:///etc/passwd")).error().kind, ErrorKind::invalid);
  EXPECT_EQ(HttpClient().send(quick("http://")).error().kind, ErrorKind::invalid);
}

TEST(HttpClient, FollowsNoRedirect) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.answer("302 Found", "", "Location: http://127.0.0.1:1/\r\n");
  });
  EXPECT_EQ(HttpClient().send(quick(server.url()))->status, 302);
}

TEST(HttpClient, ReachesThisMachineWithoutTheProxyOfTheEnvironment) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.answer("200 OK", "direct");
  });
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  const auto response = HttpClient().send(quick(server.url()));
  ::unsetenv("http_proxy");
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->body, "direct");
}

TEST(Stream, HandsOverEventsAsTheyArrive) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: a\n\nda");
    peer.write("ta: b\n\nevent: done\ndata: [DONE]\n\n");
  });
  std::string all;
  const auto response = HttpClient().stream(quick(server.url()), [&](const ServerEvent& event) {
    all += event.name + "=" + event.data + ";";
    return true;
  });
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(all, "message=a;message=b;done=[DONE];");
  EXPECT_EQ(response->body, "");
}

TEST(Stream, EndsWhenTheReaderHasEnough) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.write("HTTP/1.1 200 OK\r\n\r\ndata: a\n\n");
    peer.request();  // stays open until the client goes
  });
  const auto response = HttpClient().stream(quick(server.url()), [](const ServerEvent&) { return false; });
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 200);
}

TEST(Stream, ReturnsTheBodyOfAnErrorStatus) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.answer("400 Bad Request", "data: why\n\n");
  });
  int events = 0;
  const auto response =
      HttpClient().stream(quick(server.url()), [&](const ServerEvent&) { return ++events > 0; });
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 400);
  EXPECT_EQ(response->body, "data: why\n\n");
  EXPECT_EQ(events, 0);
}

TEST(Stream, ReportsAServerThatDiedInTheMiddle) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n");
  });
  int events = 0;
  const auto response =
      HttpClient().stream(quick(server.url()), [&](const ServerEvent&) { return ++events > 0; });
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(events, 1) << "a stream that has begun is not repeated";
  EXPECT_EQ(server.connections(), 1);
}

TEST(Stream, LetsTheReadersExceptionThrough) {
  TinyServer server([](const Peer& peer, int) {
    peer.request();
    peer.write("HTTP/1.1 200 OK\r\n\r\ndata: a\n\n");
  });
  EXPECT_THROW(HttpClient().stream(quick(server.url()),
                                   [](const ServerEvent&) -> bool { throw std::logic_error("reader"); }),
               std::logic_error);
}

}  // namespace
}  // namespace preceptor::net
