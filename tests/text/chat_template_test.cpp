#include "text/chat_template.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fixture.hpp"

namespace preceptor::text {

namespace {

using test::cut;

std::vector<Message> messages_of(const nlohmann::json& json) {
  std::vector<Message> messages;
  for (const auto& m : json)
    messages.push_back({m["role"].get<std::string>(), m["content"].get<std::string>()});
  return messages;
}

std::string name_of(const nlohmann::json& c) {
  return c["template"].get<std::string>() + " " + c["chat"].get<std::string>() +
         (c["prompt"] ? " +prompt" : "");
}

GenerationPrompt prompt_of(const nlohmann::json& c) {
  return c["prompt"] ? GenerationPrompt::add : GenerationPrompt::none;
}

struct Case {
  ChatTemplate made;
  std::vector<Message> messages;
};

Case case_of(const nlohmann::json& c) {
  return {test::chat_template(c["template"].get<std::string>(), c["bos"], c["eos"]),
          messages_of(c["messages"])};
}

ChatTemplate of(const char* source) { return ChatTemplate::from_source(source, "<s>", "</s>").value(); }

RenderedChat rendered(const char* source, const std::vector<Message>& messages,
                      GenerationPrompt prompt = GenerationPrompt::none) {
  const auto chat = of(source).render(messages, prompt);
  EXPECT_TRUE(chat) << chat.error().text();
  return chat ? *chat : RenderedChat{.text = {}, .messages = std::vector<MessageSpan>(messages.size())};
}

std::string content_of(const RenderedChat& chat, std::size_t i) {
  return std::string(cut(chat.text, chat.messages[i].content_begin, chat.messages[i].content_end));
}

std::string turn_of(const RenderedChat& chat, std::size_t i) {
  return std::string(cut(chat.text, chat.messages[i].turn_begin, chat.messages[i].turn_end));
}

const std::vector<Message> question = {{"user", "  Why? "}, {"assistant", "So."}};

}  // namespace

TEST(ChatTemplate, RendersTheBytesOfTransformers) {
  int compared = 0;
  for (const auto& c : test::fixture_json("chats.json")) {
    const auto [made, messages] = case_of(c);
    const auto chat = made.render(messages, prompt_of(c));
    if (c.contains("refused")) {
      ASSERT_FALSE(chat) << name_of(c);
      EXPECT_NE(chat.error().message.find(c["refused"].get<std::string>()), std::string::npos)
          << chat.error().text();
      continue;
    }
    ASSERT_TRUE(chat) << name_of(c) << ": " << chat.error().text();
    EXPECT_EQ(chat->text, c["text"].get<std::string>()) << name_of(c);
    compared++;
  }
  EXPECT_GT(compared, 200);
}

TEST(ChatTemplate, KnowsWhereEveryMessageStands) {
  for (const auto& c : test::fixture_json("chats.json")) {
    const auto [made, messages] = case_of(c);
    const auto chat = made.render(messages, prompt_of(c));
    if (!chat) continue;
    ASSERT_EQ(chat->messages.size(), messages.size());
    for (std::size_t i = 0; i < messages.size(); i++) {
      const auto& span = chat->messages[i];
      EXPECT_LE(span.turn_begin, span.content_begin) << name_of(c);
      EXPECT_LE(span.content_begin, span.content_end) << name_of(c);
      EXPECT_LE(span.content_end, span.turn_end) << name_of(c);
      EXPECT_LE(span.turn_end, chat->text.size()) << name_of(c);
      EXPECT_EQ(span.by_model, messages[i].role == "assistant");
      const auto content = content_of(*chat, i);
      if (c["template"] != "thinking") {
        EXPECT_NE(messages[i].content.find(content), std::string::npos) << name_of(c) << ": " << content;
      }
      const bool blank = messages[i].content.find_first_not_of(" \n") == std::string::npos;
      // This one shows the system message in the last user's message only.
      const bool left_out = c["template"] == "mistral_system_last" && messages[i].role == "system";
      EXPECT_TRUE(blank || left_out || !content.empty()) << name_of(c) << " message " << i;
    }
  }
}

TEST(ChatTemplate, EndsEveryTurnOfAnAssistantWithItsTurnEndToken) {
  const std::map<std::string, std::string> closing = {
      {"chatml", "<|im_end|>"},        {"thinking", "<|im_end|>"}, {"llama3", "<|eot_id|>"},
      {"llama32", "<|eot_id|>"},       {"gemma", "<end_of_turn>"}, {"mistral", "</s>"},
      {"mistral_system_last", "</s>"}, {"zephyr", "</s>"}};
  int checked = 0;
  for (const auto& c : test::fixture_json("chats.json")) {
    const auto expected = closing.find(c["template"]);
    const auto [made, messages] = case_of(c);
    const auto chat = made.render(messages, prompt_of(c));
    if (!chat || expected == closing.end()) continue;
    for (std::size_t i = 0; i < messages.size(); i++) {
      if (messages[i].role != "assistant") continue;
      const auto& span = chat->messages[i];
      EXPECT_EQ(cut(chat->text, span.content_end, span.turn_end), expected->second)
          << name_of(c) << " message " << i;
      checked++;
    }
  }
  EXPECT_GT(checked, 200);
}

TEST(ChatTemplate, LetsTheModelBeginWhereTheGenerationPromptEnds) {
  int checked = 0;
  for (const auto& c : test::fixture_json("chats.json")) {
    const auto [made, messages] = case_of(c);
    const auto chat = made.render(messages, prompt_of(c));
    if (!chat) continue;
    for (std::size_t i = 0; i < messages.size(); i++) {
      if (messages[i].role != "assistant") continue;
      const auto prompt = made.render(std::span(messages).first(i), GenerationPrompt::add);
      if (!prompt || !chat->text.starts_with(prompt->text)) continue;
      if (chat->messages[i].content_begin < prompt->text.size()) continue;  // left out by the template
      EXPECT_EQ(chat->messages[i].turn_begin, prompt->text.size()) << name_of(c) << " message " << i;
      checked++;
    }
  }
  EXPECT_GT(checked, 150);
}

TEST(ChatTemplate, GivesTheModelTheSpaceThatTheGenerationPromptLeavesOut) {
  for (const auto* name : {"mistral", "mistral_system_last"}) {
    const std::vector<Message> messages = {
        {"user", "a"}, {"assistant", "b"}, {"user", "c"}, {"assistant", "d"}};
    const auto chat =
        test::chat_template(name, "<s>", "</s>").render(messages, GenerationPrompt::none).value();
    EXPECT_EQ(turn_of(chat, 1), " b</s>");
    EXPECT_EQ(turn_of(chat, 3), " d</s>");
  }
  // The same where the prompt of an earlier turn read differently: its system message has moved on.
  const std::vector<Message> moved = {{"system", "s"}, {"user", "a"}, {"assistant", "b"}, {"user", "c"}};
  const auto chat =
      test::chat_template("mistral_system_last", "<s>", "</s>").render(moved, GenerationPrompt::none);
  EXPECT_EQ(chat->text, "<s>[INST] a[/INST] b</s>[INST] s\n\nc[/INST]");
  EXPECT_EQ(turn_of(*chat, 2), " b</s>");
  EXPECT_EQ(content_of(*chat, 0), "s");
}

TEST(ChatTemplate, FindsContentsThatLookLikeTheTemplate) {
  const std::vector<Message> messages = {{"user", "user"},
                                         {"assistant", "<|im_start|>assistant\nuser<|im_end|>"}};
  const auto chat = test::chat_template("chatml", "", "").render(messages, GenerationPrompt::none).value();
  EXPECT_EQ(content_of(chat, 0), "user");
  EXPECT_EQ(content_of(chat, 1), "<|im_start|>assistant\nuser<|im_end|>");
  EXPECT_EQ(turn_of(chat, 1), "<|im_start|>assistant\nuser<|im_end|><|im_end|>");
  EXPECT_TRUE(chat.text.ends_with(turn_of(chat, 1) + "\n"));
}

TEST(ChatTemplate, SeesThroughTrimming) {
  const auto* source = "{% for m in messages %}[{{ m.content | trim }}|{{ m.role }}]{% endfor %}";
  const auto chat =
      rendered(source, {{"user", " \n a b \t"}, {"assistant", "  "}, {"user", "\u00a0c\u2003"}});
  EXPECT_EQ(chat.text, "[a b|user][|assistant][c|user]");
  EXPECT_EQ(content_of(chat, 0), "a b");
  EXPECT_EQ(content_of(chat, 1), "");
  EXPECT_EQ(chat.messages[1].content_begin, chat.text.find("[|assistant]") + 1);
  EXPECT_EQ(content_of(chat, 2), "c");
}

TEST(ChatTemplate, SeesThroughFiltersAndMethods) {
  const auto* source =
      "{%- for m in messages -%}{%- set c = m['content'].strip() -%}"
      "{{- c | upper ~ '/' ~ c.replace('y', 'Y').rstrip('?') ~ ';' -}}{%- endfor -%}";
  const auto twice = of(source).render(question, GenerationPrompt::none);
  ASSERT_FALSE(twice);  // each content is printed twice: which one is the message?
  EXPECT_NE(twice.error().message.find("message 0 (user)"), std::string::npos) << twice.error().text();

  const auto* once =
      "{% for m in messages %}<{{ m.content.strip().upper().rstrip('?') }}>{{ m.content | length }}{% endfor "
      "%}";
  const auto chat = rendered(once, question);
  EXPECT_EQ(chat.text, "<WHY>7<SO.>3");
  EXPECT_EQ(content_of(chat, 0), "WHY");
  EXPECT_EQ(content_of(chat, 1), "SO.");
}

TEST(ChatTemplate, FindsWhatIsLeftOfAContentThatIsTakenApart) {
  const auto chat = test::chat_template("thinking", "", "");
  const std::vector<Message> messages = {{"user", "a"},
                                         {"assistant", "<think>\nold\n</think>\n\n\nb</b> c"},
                                         {"user", "c"},
                                         {"assistant", "<think>\n\nnew\n</think>\n\nd"}};
  const auto out = chat.render(messages, GenerationPrompt::none);
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(content_of(*out, 1), "b</b> c");
  EXPECT_EQ(turn_of(*out, 1), "b</b> c<|im_end|>");
  EXPECT_EQ(content_of(*out, 3), "new\n</think>\n\nd");
  EXPECT_EQ(turn_of(*out, 3), "<think>\nnew\n</think>\n\nd<|im_end|>");
}

TEST(ChatTemplate, GivesAnEmptySpanToWhatTheTemplateLeavesOut) {
  const auto* source =
      "{% for m in messages if m.role != 'system' %}{{ m.role }}: {{ m.content }};{% endfor %}"
      "{{ 'assistant: ' if add_generation_prompt }}";
  const auto chat = rendered(source, {{"user", "a"}, {"system", "hidden"}, {"assistant", "b"}});
  EXPECT_EQ(chat.text, "user: a;assistant: b;");
  EXPECT_EQ(chat.messages[1].turn_begin, chat.messages[1].turn_end);
  EXPECT_EQ(turn_of(chat, 0), "a;");
  EXPECT_EQ(turn_of(chat, 2), "b;");
}

TEST(ChatTemplate, RefusesToGuessWhereARewrittenMessageStands) {
  for (const auto* source :
       {"{% for m in messages %}{{ m.content[1:3] }}{% endfor %}",
        "{% for m in messages %}{{ m.content | list | join('-') }}{{ m.content }}{% endfor %}",
        "{% for m in messages %}{{ 'x' if m.content == 'So.' else m.content }}{% endfor %}"}) {
    const auto chat = of(source).render(question, GenerationPrompt::none);
    ASSERT_FALSE(chat) << chat->text;
    EXPECT_EQ(chat.error().kind, ErrorKind::invalid);
    EXPECT_NE(chat.error().message.find("cannot be told"), std::string::npos) << chat.error().text();
  }
}

TEST(ChatTemplate, RendersMessagesFullOfPrivateUseCharacters) {
  std::string all;
  for (const char last : {'\x80', '\x81', '\x82'}) all += std::string("\xF3\xB0\x80") + last;
  const auto chat =
      rendered("{% for m in messages %}({{ m.content }}){% endfor %}", {{"user", all}, {"user", all}});
  EXPECT_EQ(chat.text, "(" + all + ")(" + all + ")");
  EXPECT_EQ(content_of(chat, 1), all);
}

TEST(ChatTemplate, ShowsAFixedDayUnlessToldTheTime) {
  const auto made = of("{{ strftime_now('%d %b %Y %H:%M:%S %A %-d %j %y %p %I %%') }}");
  EXPECT_EQ(made.render({}, GenerationPrompt::none)->text, "26 Jul 2024 00:00:00 Friday 26 208 24 AM 12 %");
  const Timestamp leap{1'709'251'199'000'000};  // 2024-02-29T23:59:59
  EXPECT_EQ(made.render({}, GenerationPrompt::none, leap)->text,
            "29 Feb 2024 23:59:59 Thursday 29 060 24 PM 11 %");
}

TEST(ChatTemplate, SpellsValuesAsPythonDoes) {
  const auto* source =
      "{{ none }} {{ true }} {{ tools is none }} {{ missing }}|{{ messages[0] | tojson }}"
      "{{ [] | tojson(indent=2) }}";
  const auto chat = rendered(source, {{"user", "<é> \"q\" & \n"}});
  EXPECT_EQ(chat.text, "None True True |{\"role\": \"user\", \"content\": \"<é> \\\"q\\\" & \\n\"}[]");
}

TEST(ChatTemplate, RendersNoMessagesAtAll) {
  const auto made = test::chat_template("mistral", "<s>", "</s>");
  const auto chat = made.render({}, GenerationPrompt::add);
  ASSERT_TRUE(chat);
  EXPECT_EQ(chat->text, "<s>");
  EXPECT_TRUE(chat->messages.empty());
}

TEST(HostileTemplate, IsRefusedWithItsLineWhenItDoesNotParse) {
  const auto made = ChatTemplate::from_source("line one\n{% for m in %}", "", "");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::invalid);
  EXPECT_EQ(made.error().where, "chat template:2");
  for (const auto* source :
       {"{{", "{% if %}", "{% endfor %}", "{{ 1 | nosuchfilter( }}", "{% generation %}"}) {
    EXPECT_FALSE(ChatTemplate::from_source(source, "", "")) << source;
  }
  std::string nested;
  for (int i = 0; i < 100'000; i++) nested += "(";
  EXPECT_FALSE(ChatTemplate::from_source("{{ " + nested + " }}", "", ""));
  EXPECT_FALSE(ChatTemplate::from_source("{{ a }}\xFF", "", ""));
  EXPECT_EQ(ChatTemplate::from_source(std::string(2 << 20, 'x'), "", "").error().kind, ErrorKind::too_large);
}

TEST(HostileTemplate, SaysWhatItRaised) {
  const auto chat = of("\n{{ raise_exception('No ' ~ messages[0].role ~ ' here') }}")
                        .render(question, GenerationPrompt::none);
  ASSERT_FALSE(chat);
  EXPECT_EQ(chat.error().message, "the chat template refuses these messages: No user here");
  EXPECT_EQ(chat.error().where, "chat template:2");
}

TEST(HostileTemplate, ReachesNothingButTheMessages) {
  for (const auto* source :
       {"{{ messages.__class__.__mro__ }}", "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ missing.attribute }}", "{% include '/etc/passwd' %}", "{% import 'os' as os %}",
        "{{ open('/etc/passwd').read() }}", "{{ nosuchfunction() }}", "{{ 1 | nosuchfilter }}",
        "{{ messages[0].content.nosuchmethod() }}", "{{ messages.append(1) }}"}) {
    const auto made = ChatTemplate::from_source(source, "", "");
    const bool refused = !made || !made->render(question, GenerationPrompt::none);
    EXPECT_TRUE(refused) << source;
  }
}

TEST(HostileTemplate, RefusesMessagesThatAreNotUtf8) {
  const auto chat =
      of("{{ messages[0].content }}").render(std::vector<Message>{{"user", "a\xFF"}}, GenerationPrompt::none);
  ASSERT_FALSE(chat);
  EXPECT_NE(chat.error().message.find("message 0 is not UTF-8"), std::string::npos) << chat.error().text();
}

}  // namespace preceptor::text
