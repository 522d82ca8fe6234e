// Templates of strangers that try to keep the program busy, to fill its memory or to break its stack.
#include <gtest/gtest.h>

#include "text/chat_template.hpp"

namespace preceptor::text {

namespace {

std::string repeated(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

// Shares a value so often that the tree it stands for has 2^60 leaves.
std::string with_endless_tree(std::string_view use) {
  return "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}"
         "{% set ns.y = [ns.y, ns.y] %}{% endfor %}" +
         std::string(use);
}

std::string with_deep_list(std::string_view use) {
  return "{% set ns = namespace(x=[]) %}{% for i in range(5000) %}{% set ns.x = [ns.x] %}{% endfor %}" +
         std::string(use);
}

// A template may be refused as it is read or as it is rendered.
void expect_refused(const std::string& source) {
  const std::vector<Message> question = {{"user", "Why is the sky blue?"},
                                         {"assistant", "It scatters light."}};
  const auto chat_template = ChatTemplate::from_source(source, "<s>", "</s>");
  if (!chat_template) {
    EXPECT_EQ(chat_template.error().kind, ErrorKind::invalid) << chat_template.error().text();
    return;
  }
  const auto chat = chat_template->render(question, GenerationPrompt::none);
  ASSERT_FALSE(chat) << source.substr(0, 200);
  EXPECT_EQ(chat.error().kind, ErrorKind::invalid) << chat.error().text();
}

}  // namespace

TEST(HostileTemplate, IsStoppedWhenItLoopsOrGrowsWithoutEnd) {
  for (const auto* source :
       {"{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor "
        "%}{% endfor %}",
        "{% set ns = namespace(x='xxxxxxxx') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor "
        "%}{{ ns.x }}",
        "{{ 'x' * 99999999999 }}", "{{ range(99999999999) | list }}", "{{ 'x'.join(['y'] * 100000000) }}",
        "{% set ns = namespace(x=messages) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor "
        "%}{{ ns.x }}"}) {
    expect_refused(source);
  }
}

TEST(HostileTemplate, CannotHaveATreeWithoutEndWalked) {
  for (const auto* use :
       {"{{ ns.x == ns.y }}", "{{ ns.x < ns.y }}", "{{ ns.x in [ns.y] }}", "{{ ns.x ~ 'a' }}",
        "{{ ns.x | join }}", "{{ ns.x | string | length }}", "{{ ns.x | replace('1', '2') }}",
        "{{ '%s' | format(ns.x) }}", "{{ ns.x | tojson }}", "{{ [ns.x, ns.y] | sort | length }}",
        "{{ [ns.x, ns.y] | unique | list | length }}", "{{ {ns.x: 1} | length }}", "{{ {'a': 1}[ns.x] }}",
        "{{ debug(ns.x) }}", "{{ ns.x.nosuch() }}", "{{ ns.x - 1 }}"}) {
    expect_refused(with_endless_tree(use));
  }
  expect_refused(
      "{% macro f(x, n) %}{% if n %}{{ f([x, x, x, x], n - 1) }}{% endif %}{% endmacro %}{{ f([1], 20) }}");
  expect_refused(
      "{% set ns = namespace(x=messages) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}");
}

TEST(HostileTemplate, CannotRepeatAListWithoutEnd) {
  for (const auto* source :
       {"{{ ([1] * 10000000000) ~ '' }}", "{{ (10000000000 * (([1]))) ~ '' }}",
        "{{ ((1, 2) * 10000000000) ~ '' }}", "{{ ([1] * 10000000000) == ([2] * 10000000000) }}",
        "{% set x = [1] %}{{ (x * 10000000000) ~ '' }}",
        "{% set s = 'a' * 1000000 %}{{ ([s] * 9000) | join | length }}",
        "{% set ns = namespace(x=messages) %}{% for i in range(40) %}{% set ns.x = ns.x | chain(ns.x) %}{% "
        "endfor "
        "%}{{ ns.x | list | length }}",
        "{{ [1] | batch(999999999, 'x') | list | length }}"}) {
    expect_refused(source);
  }
}

TEST(HostileTemplate, CannotNestValuesSoDeeplyThatTheStackBreaks) {
  for (const auto* use : {"", "{{ ns.x }}", "{{ ns.x | tojson }}", "{{ ns.x == [1] }}"}) {
    expect_refused(with_deep_list(use));
  }
  expect_refused(
      "{% set ns = namespace(x={}) %}{% for i in range(5000) %}{% set ns.x = {'a': ns.x} %}{% endfor %}");
}

TEST(HostileTemplate, CannotLetAValueHoldItself) {
  for (const auto* source :
       {"{% set a = namespace() %}{% set a.x = a %}{{ a }}",
        "{% set a = namespace() %}{% set a.x = [a] %}{{ a | string }}",
        "{% set a = namespace() %}{% set b = namespace(x=a) %}{% set a.x = b %}{{ a == b }}",
        "{% macro f(n) %}{% set n.x = n %}{{ n }}{% endmacro %}{{ f(namespace()) }}",
        "{% for i in [1] %}{{ [loop] }}{% endfor %}"}) {
    expect_refused(source);
  }
}

TEST(HostileTemplate, CannotBreakTheStackOfTheParser) {
  for (const auto* piece :
       {" + 1", " ~ 'a'", " and 1", " < 1", " ** 1", " | abs", ".b", "[0]", "()", " is odd"}) {
    expect_refused("{{ 1" + repeated(piece, 50'000) + " }}");
  }
  for (const auto* piece : {"-", "not ", "(", "[", "{1:"})
    expect_refused("{{ " + repeated(piece, 50'000) + "1 }}");
  expect_refused("{% if 0 %}" + repeated("{% elif 0 %}", 50'000) + "{% endif %}");
  expect_refused(repeated("{% if 1 %}", 50'000));
}

TEST(HostileTemplate, LeavesRoomForWhatHonestOnesDo) {
  std::vector<Message> messages;
  for (int i = 0; i < 100; ++i)
    messages.push_back({i % 2 == 0 ? "user" : "assistant", std::string(1000, 'a')});
  const auto chat =
      ChatTemplate::from_source(
          "{% set ns = namespace(seen=[], last='') %}{% for m in messages[1:] %}"
          "{% set ns.seen = (ns.seen + [m.role])[-5:] %}{% set ns.last = m.content[:10] | upper %}"
          "{{ m.role }}: {{ m['content'] | trim }}{{ '=' * 3 }}{{ ns.seen | join(',') }}\n{% endfor %}"
          "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}",
          "", "")
          .value()
          .render(messages, GenerationPrompt::none);
  ASSERT_TRUE(chat) << chat.error().text();
  EXPECT_TRUE(chat->text.ends_with("assistant,user,assistant,user,assistant\n50"))
      << chat->text.substr(chat->text.size() - 80);
}

}  // namespace preceptor::text
