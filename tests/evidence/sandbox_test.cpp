// What code of strangers may do here, and all that it may not. Needs bubblewrap; scripts/setup installs it.
#include "evidence/sandbox.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.hpp"

namespace preceptor::evidence {
namespace {

SandboxLimits small() {
  SandboxLimits limits;
  limits.process = {.time = std::chrono::seconds(8),
                    .memory_bytes = 200U << 20U,
                    .processes = 32,
                    .output_bytes = 8U << 10U};
  limits.cpu_seconds = 5;
  limits.folder_bytes = 8U << 20U;
  limits.file_bytes = 4U << 20U;
  return limits;
}

struct SandboxTest : testing::Test {
  static void SetUpTestSuite() { sandbox = std::make_unique<Sandbox>("/usr/bin/bwrap", small()); }
  static void TearDownTestSuite() { sandbox.reset(); }
  void SetUp() override { ASSERT_TRUE(sandbox->works()) << sandbox->works().error().text(); }

  static CodeResult run(Language language, const std::string& code) {
    auto result = sandbox->run(language, code);
    if (!result) throw Failure(result.error());
    return *std::move(result);
  }
  static CodeResult shell(const std::string& code) { return run(Language::shell, code); }
  static CodeResult python(const std::string& code) { return run(Language::python, code); }

  inline static std::unique_ptr<Sandbox> sandbox;
};

TEST_F(SandboxTest, RunsEachLanguageThatTheMachineHas) {
  const std::map<Language, std::string> codes = {
      {Language::python, "print(6 * 7)"},
      {Language::cpp, "#include <cstdio>\nint main() { std::puts(\"42\"); }"},
      {Language::javascript, "console.log(6 * 7)"},
      {Language::shell, "echo $((6 * 7))"}};
  EXPECT_FALSE(sandbox->has().empty());
  for (const Language language : sandbox->has()) {
    const auto result = run(language, codes.at(language));
    EXPECT_EQ(result.outcome, "finished") << name_of(language) << result.errors;
    EXPECT_EQ(result.output, "42\n") << name_of(language);
  }
}

TEST_F(SandboxTest, TellsHowItEnded) {
  const auto failed = python("import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(3)");
  EXPECT_EQ(failed.outcome, "failed");
  EXPECT_EQ(failed.status, 3);
  EXPECT_EQ(failed.output, "out\n");
  EXPECT_EQ(failed.errors, "err\n");
  const auto wrong = python("1 / 0");
  EXPECT_EQ(wrong.outcome, "failed");
  EXPECT_NE(wrong.errors.find("ZeroDivisionError"), std::string::npos);
}

TEST_F(SandboxTest, HasNoNetwork) {
  const auto result = python(
      "import socket\n"
      "for place in [('127.0.0.1', 22), ('1.1.1.1', 53)]:\n"
      "    s = socket.socket(); s.settimeout(2)\n"
      "    try:\n        s.connect(place); print('OPEN')\n"
      "    except OSError as problem:\n        print('closed')\n"
      "print(open('/proc/net/dev').read().count(':'))");
  EXPECT_EQ(result.output, "closed\nclosed\n1\n") << result.errors;
}

TEST_F(SandboxTest, SeesNoFileOfTheMachineButUsr) {
  TemporaryFolder workspace;
  write_file_atomic(workspace.path() / "preceptor.db", "the workspace");
  const auto path = (workspace.path() / "preceptor.db").string();
  const auto result =
      shell("cat /etc/shadow /etc/passwd /root/.bashrc /home/*/.ssh/* " + path +
            " 2>/dev/null; ls /; ls /etc; ls -d /root /home /var /proc/1/root/root 2>/dev/null");
  EXPECT_EQ(result.output.find("root:"), std::string::npos) << result.output;
  EXPECT_EQ(result.output.find("the workspace"), std::string::npos) << result.output;
  for (const std::string folder : {"/root", "/home", "/var"})
    EXPECT_EQ(result.output.find(folder), std::string::npos) << result.output;
}

TEST_F(SandboxTest, WritesNowhereButInItsOwnFolder) {
  const auto result = shell(
      "for f in /x /usr/x /usr/bin/x /etc/x /proc/sys/kernel/hostname /dev/x /work/x /tmp/x; do "
      "(echo 1 > $f) 2>/dev/null && echo \"wrote $f\"; done; true");
  EXPECT_EQ(result.output, "wrote /work/x\nwrote /tmp/x\n");
  EXPECT_FALSE(std::filesystem::exists("/tmp/x") && std::filesystem::exists("/work/x"));
}

TEST_F(SandboxTest, SymbolicLinksLeadNowhere) {
  const auto result = shell(
      "ln -s /etc/shadow a; cat a; ln -s / b; ls b/root; ln -s /proc/1/root c; cat c/etc/shadow; "
      "ln -s ../../../../etc/shadow d; cat d; cat /proc/self/root/etc/shadow; echo end");
  EXPECT_EQ(result.output, "end\n") << result.output;
}

TEST_F(SandboxTest, AForkBombEndsWithItself) {
  const auto result = shell("b() { b | b & }; b; sleep 1; echo over");
  EXPECT_NE(result.outcome, "out_of_time");
  EXPECT_LT(result.took, std::chrono::seconds(8));
}

TEST_F(SandboxTest, ManyProcessesAreRefusedByTheKernel) {
  const auto result = python(
      "import os, time\ncount = 0\ntry:\n    while True:\n        if os.fork() == 0:\n"
      "            time.sleep(20); os._exit(0)\n        count += 1\nexcept OSError:\n    print('refused', "
      "count < 64, flush=True)\n"
      "os._exit(0)");
  EXPECT_TRUE(result.output == "refused True\n" || result.outcome == "too_many_processes") << result.output;
}

TEST_F(SandboxTest, AMemoryBombEndsWithItself) {
  const auto result = python("x = []\nwhile True:\n    x.append(bytearray(10_000_000))");
  EXPECT_TRUE(result.outcome == "out_of_memory" || result.outcome == "failed") << result.outcome;
  EXPECT_LT(result.took, std::chrono::seconds(8));
}

TEST_F(SandboxTest, MemoryIsCountedOverAllProcesses) {
  const auto result = python(
      "import os, time\nfor i in range(8):\n    if os.fork() == 0:\n        x = bytearray(60_000_000)\n"
      "        time.sleep(20)\ntime.sleep(20)");
  EXPECT_EQ(result.outcome, "out_of_memory");
}

TEST_F(SandboxTest, AFullFolderIsFull) {
  const auto result = shell(
      "head -c 100000000 /dev/zero > big 2>/dev/null || echo big; "
      "for i in 1 2 3 4 5; do head -c 3000000 /dev/zero > f$i 2>/dev/null || echo full; done; "
      "head -c 100000000 /dev/zero > /dev/shm/s 2>/dev/null || echo shm");
  EXPECT_NE(result.output.find("big\n"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("full\n"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("shm\n"), std::string::npos) << result.output;
}

TEST_F(SandboxTest, EndlessOutputIsCutAndEnds) {
  const auto result = shell("yes");
  EXPECT_EQ(result.outcome, "too_much_output");
  EXPECT_TRUE(result.cut);
  EXPECT_EQ(result.output.size(), 8U << 10U);
  EXPECT_LT(result.took, std::chrono::seconds(5));
}

TEST(SandboxTime, ALongSleepAndALongLoopEndInTime) {
  SandboxLimits limits = small();
  limits.process.time = std::chrono::seconds(1);
  const Sandbox quick("/usr/bin/bwrap", limits);
  for (const std::string code : {"sleep 1000", "while :; do :; done", "exec >&- 2>&-; sleep 1000",
                                 "trap '' TERM HUP INT; setsid sleep 1000 & sleep 1000"}) {
    const auto result = quick.run(Language::shell, code);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->outcome, "out_of_time") << code;
    EXPECT_LT(result->took, std::chrono::seconds(5)) << code;
  }
}

TEST_F(SandboxTest, NothingLivesOn) {
  const auto mark = "8675" + std::to_string(getpid());
  shell("(trap '' HUP; sleep " + mark + ") & disown; echo started");
  bool found = false;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto line = read_file(entry.path() / "cmdline", 4096);
    found = found || (line && line->find(mark) != std::string::npos && line->find("sleep") == 0);
  }
  EXPECT_FALSE(found);
}

TEST_F(SandboxTest, SeesAndEndsNoProcessButItsOwn) {
  const auto result = python(
      "import os\nprint(max(int(p) for p in os.listdir('/proc') if p.isdigit()) < 50)\n"
      "try:\n    os.kill(" +
      std::to_string(getpid()) +
      ", 9); print('killed')\n"
      "except ProcessLookupError:\n    print('none such')\n"
      "except PermissionError:\n    print('none such')\n");
  EXPECT_EQ(result.output, "True\nnone such\n") << result.errors;
}

TEST_F(SandboxTest, TracesNothingAndMakesNoNamespaces) {
  const auto result = python(
      "import ctypes\nc = ctypes.CDLL(None, use_errno=True)\n"
      "print(c.ptrace(0, 0, 0, 0), ctypes.get_errno())\n"
      "print(c.unshare(0x10000000), ctypes.get_errno())\n"
      "print(c.mount(b'none', b'/tmp', b'tmpfs', 0, None), ctypes.get_errno())\n");
  EXPECT_EQ(result.output, "-1 1\n-1 1\n-1 1\n") << result.errors;
}

TEST_F(SandboxTest, IsNobodyWithoutCapabilitiesAndInheritsNothing) {
  setenv("PRECEPTOR_PASSWORD", "a secret of the server", 1);
  const auto result = shell("id -u; grep CapEff /proc/self/status; ls /proc/self/fd | wc -l; env");
  unsetenv("PRECEPTOR_PASSWORD");
  EXPECT_TRUE(result.output.starts_with("65534\nCapEff:\t0000000000000000\n")) << result.output;
  EXPECT_EQ(result.output.find("secret"), std::string::npos);
  const auto descriptors = shell("for f in /proc/self/fd/*; do readlink $f; done").output;
  EXPECT_EQ(descriptors.find("socket"), std::string::npos) << descriptors;
}

TEST_F(SandboxTest, WhatIsNoTextIsMadeReadable) {
  const auto result = shell(R"(printf 'a\xff\0b')");
  EXPECT_EQ(result.output,
            "a\xef\xbf\xbd\xef\xbf\xbd"
            "b");
}

TEST_F(SandboxTest, StopsWhenItIsToldTo) {
  std::stop_source source;
  source.request_stop();
  const auto result = sandbox->run(Language::shell, "sleep 1000", source.get_token());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->outcome, "cancelled");
}

TEST_F(SandboxTest, TakesNoEndlessCode) {
  EXPECT_EQ(sandbox->run(Language::python, std::string(code_bytes_max + 1, ' ')).error().kind,
            ErrorKind::too_large);
}

TEST(SandboxMissing, WithoutBubblewrapItSaysSo) {
  const Sandbox none("/nonexistent/bwrap");
  ASSERT_FALSE(none.works());
  EXPECT_NE(none.works().error().message.find("bubblewrap"), std::string::npos);
  EXPECT_EQ(none.run(Language::python, "print(1)").error().kind, ErrorKind::unavailable);
}

TEST(SandboxMissing, WithoutNamespacesItSaysSo) {
  TemporaryFolder folder;
  const auto fake = folder.path() / "bwrap";
  write_file_atomic(fake, "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n");
  std::filesystem::permissions(fake, std::filesystem::perms::owner_all | std::filesystem::perms::others_exec |
                                         std::filesystem::perms::others_read);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  const Sandbox off(fake.string());
  ASSERT_FALSE(off.works());
  EXPECT_NE(off.works().error().message.find("No permissions"), std::string::npos)
      << off.works().error().text();
  EXPECT_NE(off.works().error().hint.find("user namespaces"), std::string::npos);
}

TEST(Languages, AreKnownByTheNamesOfCodeBlocks) {
  EXPECT_EQ(language_of_fence("C++"), Language::cpp);
  EXPECT_EQ(language_of_fence("py"), Language::python);
  EXPECT_EQ(language_of_fence("js"), Language::javascript);
  EXPECT_EQ(language_of_fence("bash"), Language::shell);
  EXPECT_FALSE(language_of_fence("haskell"));
  for (const Language language : languages) EXPECT_EQ(language_named(name_of(language)), language);
}

}  // namespace
}  // namespace preceptor::evidence
