package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.Faults.Operation;
import io.reelkeeper.sandbox.recorder.Channel.Page;
import io.reelkeeper.sandbox.recorder.Channel.User;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What another policy would have made of recordings that really were.
class ReplayStoriesTest {

  private static final String GONE = "{\"code\":404,\"reason\":\"failed to find worker\"}";
  private static final int HA = 13;

  @TempDir Path folder;

  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  private record Printed(int exitCode, String out, String err) {

    List<JsonNode> lines() {
      return out.lines().map(JsonMapper.shared()::readTree).toList();
    }

    JsonNode totals() {
      return lines().getLast();
    }

    JsonNode session() {
      assertThat(lines()).as(out).hasSize(2);
      return lines().getFirst();
    }
  }

  private Printed run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        new Commands(world.bean(Clock.class), printing(out), printing(err)).run(List.of(args));
    return new Printed(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream printing(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private Printed replayed(String policy, String... more) {
    List<String> args = new ArrayList<>(List.of("replay", "--policy", file(policy)));
    args.addAll(List.of(more));
    for (String key : List.of("url", "username", "password")) {
      String name = "spring.datasource." + key;
      args.add("--" + name + "=" + world.bean(Environment.class).getProperty(name));
    }
    Printed printed = run(args.toArray(String[]::new));
    assertThat(printed.err).isEmpty();
    assertThat(printed.exitCode).isZero();
    return printed;
  }

  private String file(String policy) {
    return written("reelkeeper:\n  policy:\n    " + policy + "\n");
  }

  private String written(String text) {
    try {
      return Files.writeString(Files.createTempFile(folder, "policy", ".yml"), text).toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private World.Recording recording(String channel) {
    World.Recording lesson = world.starts(channel);
    world.passesSeconds(10);
    assertThat(lesson.status()).isEqualTo("recording");
    return lesson;
  }

  @Test
  void askingMoreOftenFindsADeadRecorderEarlier() {
    World.Recording lesson = recording("math-101");
    world.passesSeconds(200);
    world.faults().silence();
    world.sandbox().kill("math-101");
    world.passes(Duration.ofMinutes(6));
    assertThat(lesson.tasks()).isEqualTo("ended/requested live/not-found");
    lesson.stops();

    JsonNode session = replayed("monitor-interval: 30s", "--json").session();

    assertThat(session.path("id").stringValue()).isEqualTo(lesson.id.toString());
    assertThat(session.path("reproduced").booleanValue()).isTrue();
    for (String policy : List.of("configured", "other")) {
      assertThat(session.path(policy).path("replacements").toString()).isEqualTo("[\"not-found\"]");
      assertThat(session.path(policy).path("status").stringValue()).isEqualTo("stopped");
      assertThat(session.path(policy).path("reason").stringValue()).isEqualTo("requested");
    }
    int configured = session.path("configured").path("detectionSeconds").path(0).intValue();
    int other = session.path("other").path("detectionSeconds").path(0).intValue();
    // Half an interval to one and a half, and the ladder of 30 seconds.
    assertThat(configured).isBetween(60 + 30, 180 + 30);
    assertThat(other).isBetween(15 + 30, 45 + 30);
  }

  @Test
  void withoutTheWatchdogNoSecondRecorderIsPaidFor() {
    world.faults().notices(NoticeFault.LOSE, HA);
    World.Recording lesson = world.starts("math-101");
    world.passes(Duration.ofMinutes(3));
    assertThat(lesson.tasks()).isEqualTo("ended/requested live/ha-not-registered");
    lesson.stops();

    JsonNode session = replayed("ha-watchdog: \"off\"", "--json").session();

    assertThat(session.path("reproduced").booleanValue()).isTrue();
    assertThat(session.path("configured").path("replacements").toString())
        .isEqualTo("[\"ha-not-registered\"]");
    assertThat(session.path("configured").path("surplusMinutes").doubleValue()).isEqualTo(0.1);
    assertThat(session.path("other").path("replacements").toString()).isEqualTo("[]");
    assertThat(session.path("other").path("surplusMinutes").doubleValue()).isZero();
    assertThat(session.path("other").path("status").stringValue()).isEqualTo("stopped");
  }

  @Test
  void withoutPatienceATransient404IsReplacedForNothing() {
    World.Recording lesson = recording("math-101");
    world.passesSeconds(60);
    world.faults().on(Operation.QUERY, Fault.answer(404, GONE).times(3));
    world.passes(Duration.ofMinutes(6));
    assertThat(lesson.tasks()).isEqualTo("live/requested");
    lesson.stops();

    JsonNode session = replayed("not-found-backoff: 1s", "--json").session();

    assertThat(session.path("reproduced").booleanValue()).isTrue();
    assertThat(session.path("configured").path("replacements").toString()).isEqualTo("[]");
    assertThat(session.path("other").path("replacements").toString()).isEqualTo("[\"not-found\"]");
    assertThat(session.path("other").path("surplusMinutes").doubleValue()).isPositive();
    assertThat(session.path("other").path("detectionSeconds").size()).isZero();
  }

  @Test
  void aPageThatShouldReportMoreOftenIsMissedEarlierAndNotForNothing() {
    World.Recording page = world.startsPage("board", "");
    world.passes(Duration.ofMinutes(4));
    world.sandbox().channel("board").page(Page.SILENT);
    world.passesSeconds(36);
    world.sandbox().channel("board").page(Page.OPENS);
    world.passesSeconds(60);
    assertThat(page.tasks()).isEqualTo("ended/requested live/page-silent");
    page.stops();

    JsonNode session = replayed("page-alive-every: 5s", "--json").session();

    assertThat(session.path("reproduced").booleanValue()).isTrue();
    for (String policy : List.of("configured", "other")) {
      assertThat(session.path(policy).path("replacements").toString())
          .isEqualTo("[\"page-silent\"]");
    }
    assertThat(session.path("configured").path("detectionSeconds").path(0).intValue())
        .isEqualTo(45);
    assertThat(session.path("other").path("detectionSeconds").path(0).intValue()).isEqualTo(15);
  }

  @Test
  void theTableTellsTheSameToPeople() {
    World.Recording lesson = recording("math-101");
    world.passesSeconds(200);
    world.faults().silence();
    world.sandbox().kill("math-101");
    world.passes(Duration.ofMinutes(6));
    lesson.stops();
    recording("physics").stops();

    Printed table = replayed("monitor-interval: 30s");

    List<String> told = table.out.lines().filter(it -> it.contains(lesson.id.toString())).toList();
    assertThat(told).hasSize(1);
    assertThat(told.getFirst()).contains("classroom", "math-101", "not-found", " -> ", "stopped");
    assertThat(table.out)
        .contains("TOTAL of 2 sessions, 1 differ")
        .doesNotContain("physics")
        .doesNotContain("could not be reproduced")
        .contains("A task that never was starts at once");
  }

  /// Every kind of life that the stories know, in one database.
  @Test
  void theConfiguredPolicyLeadsToWhatIsStored() {
    recording("stopped").stops();
    dies("killed");
    recording("left");
    world.sandbox().leave("left");
    recording("failed-over");
    world.sandbox().failOver("failed-over", Duration.ofSeconds(20));
    recording("unheard");
    world.faults().on(Operation.QUERY, "unheard", Fault.error(504, 62, "timeout").times(8));
    recording("blinking");
    world.faults().on(Operation.QUERY, "blinking", Fault.answer(404, GONE).times(2));
    recording("empty");
    world.sandbox().channel("empty").isEmpty();
    world.starts("restarted", "\"onIdle\": \"restart\"");
    world.passesSeconds(10);
    world.sandbox().channel("restarted").isEmpty();
    world.faults().on(Operation.START, "lost-answer", Fault.dropAfterWork().times(1));
    world.starts("lost-answer");
    world.faults().on(Operation.START, "busy", Fault.error(500, 500, "busy").times(2));
    world.starts("busy");
    world.faults().on(Operation.START, "other-uid", Fault.error(500, 500, "busy").times(4));
    world.starts("other-uid");
    world.faults().on(Operation.START, "refused", Fault.error(400, 2, "wrong").times(1));
    world.starts("refused");
    world.faults().notices(NoticeFault.LOSE, HA, "without-13", 100, Duration.ZERO);
    world.starts("without-13");
    world.starts("careful", "\"assurance\": \"critical\"");
    world.starts("thrifty", "\"assurance\": \"thrifty\"");
    world.passesSeconds(20);
    dies("careful");
    dies("thrifty");
    world.passes(Duration.ofMinutes(8));
    world.sandbox().channel("restarted").has(User.sending("7"));
    world.passes(Duration.ofMinutes(6));

    JsonNode totals = replayed("monitor-interval: 2m", "--json").totals();

    assertThat(totals.path("sessions").intValue()).isEqualTo(15);
    assertThat(named(totals, "notReproduced")).isEmpty();
    assertThat(named(totals, "failed")).isEmpty();
    assertThat(totals.path("differ").intValue()).isZero();
  }

  private void dies(String channel) {
    if (world.recorders().stream().noneMatch(it -> it.cname().equals(channel))) {
      recording(channel);
    }
    world.faults().notices(NoticeFault.LOSE, 11, channel, 100, Duration.ZERO);
    world.sandbox().kill(channel);
  }

  private List<String> named(JsonNode totals, String group) {
    return totals
        .path(group)
        .path("first")
        .valueStream()
        .map(
            id ->
                world
                    .jdbc()
                    .sql("select channel from session where id = ?::uuid")
                    .param(id.stringValue())
                    .query(String.class)
                    .single())
        .toList();
  }

  @Test
  void whatTheConfiguredPolicyWouldNotHaveDoneIsCountedAndSaid() {
    World.Recording lesson = recording("math-101");
    world.passesSeconds(200);
    world.faults().silence();
    world.sandbox().kill("math-101");
    world.passes(Duration.ofMinutes(6));

    Printed printed =
        replayed("verify-delay: 5s", "--json", "--reelkeeper.policy.monitor-interval=5s");

    assertThat(printed.totals().path("notReproduced").path("count").intValue()).isOne();
    assertThat(printed.totals().path("notReproduced").path("first").path(0).stringValue())
        .isEqualTo(lesson.id.toString());
    assertThat(replayed("verify-delay: 5s", "--reelkeeper.policy.monitor-interval=5s").out)
        .contains("1 of the sessions could not be reproduced")
        .contains(lesson.id.toString());
  }

  @Test
  void rowsThatNobodyCanReadAreCountedAndTheRestIsUsed() {
    World.Recording lesson = recording("math-101");
    world.passesSeconds(200);
    garbage(lesson, "Nonsense", "{}");
    garbage(lesson, "QueryAnswered", "\"text\"");
    garbage(lesson, "QueryAnswered", "{\"task\":\"one\",\"status\":[]}");
    garbage(lesson, "StartGranted", "{\"task\":1}");
    garbage(lesson, "StopAnswered", "{\"task\":1,\"outcome\":\"PERHAPS\"}");
    garbage(lesson, "HaDue", "{\"task\":1}");
    garbage(
        lesson,
        "Noticed",
        "{\"eventType\":31,\"sid\":\"%s\",\"what\":{}}"
            .formatted(lesson.task(0).path("sid").stringValue()));
    garbage(lesson, "WorkerNotFound", "{\"task\":77}"); // readable, of no task
    lesson.stops();

    Printed printed = replayed("monitor-interval: 2m", "--json");

    assertThat(printed.totals().path("sessions").intValue()).isOne();
    assertThat(printed.totals().path("unreadable").path("count").intValue()).isOne();
    assertThat(printed.totals().path("notReproduced").path("count").intValue()).isZero();
    assertThat(printed.totals().path("failed").path("count").intValue()).isZero();
  }

  private void garbage(World.Recording lesson, String signal, String detail) {
    world
        .jdbc()
        .sql(
            """
            insert into signal_history
              (session_id, task, at, signal, rule, status_before, status_after, detail)
            select id, 1, created_at, ?, 'NONE', '', '', ?::jsonb from session where id = ?
            """)
        .param(signal)
        .param(detail)
        .param(lesson.id)
        .update();
  }

  @Test
  void aPolicyThatAsksWithoutPauseIsCutOff() {
    World.Recording lesson = recording("math-101");
    world.passes(Duration.ofMinutes(10));

    Printed printed = replayed("monitor-interval: 1ms");

    assertThat(printed.out).contains("were cut off").contains(lesson.id.toString());
  }

  @Test
  void onlyTheSessionsAskedForAreCompared() {
    recording("old").stops();
    world.passes(Duration.ofHours(2));
    recording("new").stops();

    assertThat(sessions("--since", "1h")).isOne();
    assertThat(sessions("--since=3h")).isEqualTo(2);
    assertThat(sessions("--since", world.now().minusSeconds(3600).toString())).isOne();
    assertThat(sessions("--since", "2020-01-01")).isEqualTo(2);
    assertThat(sessions("--app", "classroom")).isEqualTo(2);
    assertThat(sessions("--app", "narrow")).isZero();
  }

  private int sessions(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--json");
    return replayed("verify-delay: 5s", all.toArray(String[]::new))
        .totals()
        .path("sessions")
        .intValue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', --policy is missing",
    "--policy, --policy needs a value",
    "--policy nowhere.yml, --policy nowhere.yml is not a file",
    "--since, --since needs a value",
    "--since yesterday, --since yesterday must be a date such as 2026-11-01",
    "--since 2026-13-01, --since 2026-13-01 must be a date such as 2026-11-01",
    "--since 7, --since 7 must be a date such as 2026-11-01",
    "--speed 5, --speed is not an argument of replay",
    "file.yml, file.yml is not an argument of replay",
  })
  void aWrongArgumentIsSaidInOneSentence(String args, String sentence) {
    List<String> all = new ArrayList<>(List.of("replay"));
    all.addAll(List.of(args.split(" ")).stream().filter(it -> !it.isEmpty()).toList());

    Printed printed = run(all.toArray(String[]::new));

    assertThat(printed.exitCode).isEqualTo(2);
    assertThat(printed.err).startsWith(sentence);
    assertThat(printed.err.lines()).hasSize(1);
    assertThat(printed.out).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reelkeeper: {policy: {verify-delay: soon}} | reelkeeper.policy.verify-delay must be a"
            + " duration such as 50ms, 5s or 2m",
        "reelkeeper: {policy: {verify-delay: 0s}} | reelkeeper.policy.verify-delay must be 1ms",
        "reelkeeper: {policy: {ha-watchdog: loud}} | reelkeeper.policy.ha-watchdog must be one of",
        "reelkeeper: {policy: {verifi-delay: 5s}} | reelkeeper.policy.verifi-delay is not a"
            + " setting",
        "reelkeeper: {apps: {x: 5s}} | reelkeeper.apps.x is no policy",
        "policy: {verify-delay: 5s} | policy.verify-delay is no policy",
      })
  void aWrongPolicyIsSaidWithItsKeyAndWhatIsAccepted(String policy, String sentence) {
    String file = written(policy);

    Printed printed = run("replay", "--policy", file);

    assertThat(printed.exitCode).isEqualTo(2);
    assertThat(printed.err).startsWith(file + ": " + sentence);
    assertThat(printed.err.lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing", "a: b: c: [", "\t- x"})
  void aFileThatHoldsNoPolicyIsRefused(String text) {
    Printed printed = run("replay", "--policy", written(text));

    assertThat(printed.exitCode).isEqualTo(2);
    assertThat(printed.err.lines()).hasSize(1);
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsSaidInOneSentence() {
    Printed printed =
        run(
            "replay",
            "--policy",
            file("verify-delay: 5s"),
            "--spring.datasource.url=jdbc:postgresql://localhost:1/none",
            "--spring.datasource.hikari.connection-timeout=250");

    assertThat(printed.exitCode).isEqualTo(1);
    assertThat(printed.err).startsWith("spring.datasource.url: the database does not answer");
    assertThat(printed.out).isEmpty();
    assertThat(printed.err.lines()).hasSize(1);
  }

  @Test
  void anAddressThatIsNoneIsSaidInOneSentence() {
    Printed printed =
        run(
            "replay",
            "--policy",
            file("verify-delay: 5s"),
            "--spring.datasource.url=nonsense",
            "--spring.datasource.password=secret");

    assertThat(printed.exitCode).isEqualTo(2);
    assertThat(printed.err).startsWith("spring.datasource.*").doesNotContain("secret");
    assertThat(printed.err.lines()).hasSize(1);
  }

  @Test
  void theUsageIsShownOnHelpAndOnAnUnknownCommand() {
    assertThat(run("help").out).contains("replay --policy file.yml");
    assertThat(run("help").exitCode).isZero();
    assertThat(run("repaly").err).startsWith("There is no command repaly").contains("replay");
    assertThat(run("repaly").exitCode).isEqualTo(2);
  }
}
