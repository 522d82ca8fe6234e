#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "base/file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/tiny_model.hpp"

namespace preceptor::cli::tests {
namespace {

using nlohmann::json;

class GenerateCommand : public testing::Test {
protected:
  GenerateCommand() { write_tiny_model(model()); }
  std::string model() const { return (folder.path() / "model").string(); }
  std::string path(const std::string& name) const { return (folder.path() / name).string(); }
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path(name)) << content;
    return path(name);
  }
  static std::string content(const std::string& path) { return read_file(path, 1 << 24).value(); }
  static std::vector<json> rows(const std::string& text) {
    std::vector<json> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
    return all;
  }
  Finished generate(const std::string& data, const std::string& out,
                    const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"generate", "--model", model(),       "--data", data,
                                          "--out",    out,       "--samples",   "3",      "--seed",
                                          "7",        "--json",  "--precision", "fp32"};
    if (std::ranges::find(more, "--tokens-max") == more.end())
      arguments.insert(arguments.end(), {"--tokens-max", "24"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

  TemporaryFolder folder;
};

constexpr const char* prompts =
    R"({"prompt":"The ferry","id":"a"}
{"messages":[{"role":"user","content":"What does it cost?"}],"id":17}
{"text":"To the harbour"}

{"tokens":[40,41,42]}
)";

TEST_F(GenerateCommand, WritesTheSameTextsWithTheModelInOneFile) {
  const auto exported = run_program({"model", "export", model(), "--out", path("model.gguf"), "--format",
                                     "gguf", "--type", "f32", "--splitting", "gpt-2"});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const std::string data = write("tokens.jsonl", R"({"tokens":[40,41,42]})");
  ASSERT_EQ(generate(data, path("folder.jsonl")).exit_code, 0);
  const std::vector<std::string> arguments = {
      "generate",  "--model", path("model.gguf"), "--data", data,          "--out", path("file.jsonl"),
      "--samples", "3",       "--seed",           "7",      "--precision", "fp32",  "--tokens-max",
      "24"};
  const auto done = run_program(arguments);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const std::string texts = content(path("file.jsonl"));
  EXPECT_EQ(texts, content(path("folder.jsonl")));
  EXPECT_EQ(run_program(arguments).exit_code, 0) << "again, with nothing left to write";
  EXPECT_EQ(content(path("file.jsonl")), texts);
}

TEST_F(GenerateCommand, WritesSamplesForEveryPromptInOrder) {
  const auto done = generate(write("prompts.jsonl", prompts), path("out.jsonl"), {"--logprobs", "2"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json summary = json::parse(done.out);
  EXPECT_EQ(summary.at("texts"), 12);
  EXPECT_EQ(summary.at("complete"), true);
  const auto all = rows(content(path("out.jsonl")));
  ASSERT_EQ(all.size(), 12U);
  std::set<std::string> texts;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].at("row"), i / 3);
    EXPECT_EQ(all[i].at("sample"), i % 3);
    EXPECT_EQ(all[i].at("token_ids").size(), all[i].at("tokens").get<std::size_t>());
    EXPECT_EQ(all[i].at("logprobs").size(), all[i].at("token_ids").size());
    for (const json& top : all[i].at("top_logprobs")) EXPECT_EQ(top.size(), 2U);
    texts.insert(all[i].at("text").get<std::string>());
  }
  EXPECT_EQ(all[0].at("id"), "a");
  EXPECT_EQ(all[5].at("id"), 17);
  EXPECT_FALSE(all[6].contains("id"));
  EXPECT_GT(texts.size(), 9U) << "samples differ";
}

TEST_F(GenerateCommand, GoesOnAfterAKillAndEndsWithTheSameBytes) {
  std::string many;
  for (int i = 0; i < 40; ++i) many += json{{"prompt", "Ferry number " + std::to_string(i)}}.dump() + "\n";
  const auto data = write("prompts.jsonl", many);
  const std::vector<std::string> more = {"--tokens-max", "150", "--batch", "2"};
  ASSERT_EQ(generate(data, path("whole.jsonl"), more).exit_code, 0);

  const auto out = path("killed.jsonl");
  {
    std::vector<std::string> arguments = {"generate", "--model", model(),       "--data", data,
                                          "--out",    out,       "--samples",   "3",      "--seed",
                                          "7",        "--json",  "--precision", "fp32"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    RunningProgram program(arguments);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < until) {
      std::error_code none;
      if (std::filesystem::file_size(out, none) > 2000 && !none) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    program.send(SIGKILL);
    program.wait();
  }
  std::ofstream(out, std::ios::app) << "{\"row\":";  // torn in the middle of a line
  const auto kept =
      static_cast<std::int64_t>(rows(content(out).substr(0, content(out).rfind('\n') + 1)).size());
  const auto done = generate(data, out, more);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(json::parse(done.out).at("texts_before"), kept);
  EXPECT_GT(kept, 0);
  EXPECT_EQ(content(out), content(path("whole.jsonl")));

  const auto again = generate(data, out, more);
  EXPECT_EQ(json::parse(again.out).at("tokens"), 0) << "nothing is left to do";
  EXPECT_EQ(content(out), content(path("whole.jsonl")));
}

TEST_F(GenerateCommand, RefusesToGoOnWithOtherSettings) {
  const auto data = write("prompts.jsonl", prompts);
  ASSERT_EQ(generate(data, path("out.jsonl")).exit_code, 0);
  const auto before = content(path("out.jsonl"));
  const auto other = generate(data, path("out.jsonl"), {"--top-p", "0.5"});
  EXPECT_EQ(other.exit_code, 5);
  EXPECT_NE(other.err.find("top_p"), std::string::npos) << other.err;
  const auto foreign = generate(data, write("mine.txt", "notes of mine\n"));
  EXPECT_EQ(foreign.exit_code, 5);
  EXPECT_EQ(content(path("mine.txt")), "notes of mine\n");
  EXPECT_EQ(content(path("out.jsonl")), before);
}

TEST_F(GenerateCommand, StopStringsEndTexts) {
  const auto data = write("prompts.jsonl", prompts);
  ASSERT_EQ(generate(data, path("free.jsonl")).exit_code, 0);
  const auto free = rows(content(path("free.jsonl")));
  const std::string stop = "e";
  ASSERT_EQ(generate(data, path("cut.jsonl"), {"--stop", stop, "--stop", "\n\n\n"}).exit_code, 0);
  const auto cut = rows(content(path("cut.jsonl")));
  int found = 0;
  for (std::size_t i = 0; i < free.size(); ++i) {
    const auto text = free[i].at("text").get<std::string>();
    EXPECT_EQ(cut[i].at("text"), text.substr(0, text.find(stop)));
    if (text.find(stop) == std::string::npos) continue;
    ++found;
    EXPECT_EQ(cut[i].at("stop"), stop);
    EXPECT_EQ(cut[i].at("finish"), "stop");
  }
  EXPECT_GT(found, 0);
}

TEST_F(GenerateCommand, TextsAreHeldToASchemaOrAnExpression) {
  const auto data = write("prompts.jsonl", prompts);
  const auto schema =
      write("schema.json", R"({"type":"object","properties":{"pier":{"type":"integer","minimum":1,
    "maximum":30},"open":{"type":"boolean"}},"required":["pier","open"]})");
  ASSERT_EQ(generate(data, path("json.jsonl"), {"--json-schema", schema, "--tokens-max", "200"}).exit_code,
            0);
  for (const json& row : rows(content(path("json.jsonl")))) {
    const json value = json::parse(row.at("text").get<std::string>());
    EXPECT_GE(value.at("pier"), 1);
    EXPECT_LE(value.at("pier"), 30);
    EXPECT_TRUE(value.at("open").is_boolean());
    EXPECT_EQ(row.at("finish"), "stop");
  }
  ASSERT_EQ(generate(data, path("regex.jsonl"), {"--regex", "(pier|dock) \\d{1,2}"}).exit_code, 0);
  for (const json& row : rows(content(path("regex.jsonl")))) {
    const auto text = row.at("text").get<std::string>();
    EXPECT_TRUE(text.starts_with("pier ") || text.starts_with("dock ")) << text;
  }
  const auto bad = write("bad.json", R"({"type":"object","minProperties":1})");
  const auto refused = generate(data, path("none.jsonl"), {"--json-schema", bad});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_NE(refused.err.find("minProperties"), std::string::npos) << refused.err;
}

TEST_F(GenerateCommand, BadRowsAreToldWithTheirLineBeforeAnythingIsWritten) {
  for (const std::string row : {R"({"prompt":7})", R"({"messages":[{"role":"user"}]})", R"({"x":1})",
                                "nonsense", R"({"tokens":[100000]})", R"({"tokens":[]})"}) {
    const auto data = write("bad.jsonl", "{\"prompt\":\"good\"}\n" + row + "\n");
    const auto done = generate(data, path("none.jsonl"));
    EXPECT_EQ(done.exit_code, 3) << row;
    EXPECT_NE(done.err.find("bad.jsonl:2"), std::string::npos) << done.err;
    EXPECT_FALSE(std::filesystem::exists(path("none.jsonl")));
  }
  const std::string words(3000, 'x');
  const auto data = write("long.jsonl", json{{"prompt", words}}.dump() + "\n");
  const auto done = generate(data, path("none.jsonl"));
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("512"), std::string::npos) << "the context is told: " << done.err;
}

TEST_F(GenerateCommand, ScoringItsTextsGivesTheLogProbabilitiesTheyWereDrawnWith) {
  const auto data = write("prompts.jsonl", "{\"tokens\":[40,41,42]}\n{\"tokens\":[50]}\n");
  ASSERT_EQ(generate(data, path("out.jsonl"), {"--logprobs", "0", "--temperature", "1.3"}).exit_code, 0);
  const auto generated = rows(content(path("out.jsonl")));
  std::string texts;
  for (const json& row : generated) {
    std::vector<int> ids = row.at("row") == 0 ? std::vector<int>{40, 41, 42} : std::vector<int>{50};
    for (const int id : row.at("token_ids")) ids.push_back(id);
    texts += json{{"tokens", ids}, {"id", row.at("sample")}}.dump() + "\n";
  }
  const auto done = run_program({"score", "--model", model(), "--data", write("texts.jsonl", texts)});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto scored = rows(done.out);
  ASSERT_EQ(scored.size(), generated.size());
  for (std::size_t i = 0; i < scored.size(); ++i) {
    const auto& logprobs = scored[i].at("logprobs");
    EXPECT_TRUE(logprobs[0].is_null());
    EXPECT_EQ(logprobs.size(), scored[i].at("tokens").size());
    EXPECT_EQ(scored[i].at("id"), i % 3);
    const std::size_t prompt = i < 3 ? 3 : 1;
    for (std::size_t t = prompt; t < logprobs.size(); ++t)
      EXPECT_NEAR(logprobs[t].get<double>(), generated[i].at("logprobs")[t - prompt].get<double>(), 1e-4);
  }
}

TEST_F(GenerateCommand, ScoresTextsAndConversationsIntoAFile) {
  const auto data = write("texts.jsonl", R"({"text":"The ferry to the harbour"}
{"messages":[{"role":"user","content":"When?"},{"role":"assistant","content":"At noon."}]}
)");
  const auto done =
      run_program({"score", "--model", model(), "--data", data, "--out", path("scores.jsonl"), "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto scored = rows(content(path("scores.jsonl")));
  ASSERT_EQ(scored.size(), 2U);
  EXPECT_EQ(scored[1].at("tokens").back(), 2) << "the turn-end token is the last";
  double sum = 0;
  for (const json& row : scored) {
    for (const json& value : row.at("logprobs")) sum += value.is_null() ? 0.0 : value.get<double>();
  }
  EXPECT_NEAR(json::parse(done.out).at("logprob").get<double>(), sum, 1e-3);
}

TEST_F(GenerateCommand, TextsBeyondTheContextAreRefusedByTheScorer) {
  const auto data = write("texts.jsonl", json{{"tokens", std::vector<int>(513, 40)}}.dump() + "\n");
  const auto done = run_program({"score", "--model", model(), "--data", data});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_NE(done.err.find("texts.jsonl:1"), std::string::npos) << done.err;
}

}  // namespace
}  // namespace preceptor::cli::tests
