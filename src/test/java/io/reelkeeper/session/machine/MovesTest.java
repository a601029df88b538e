package io.reelkeeper.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Notice.What;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.Assurance;
import io.reelkeeper.session.state.Session.Status;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.StopOutcome;
import io.reelkeeper.session.state.Signal.UpdateOutcome;
import io.reelkeeper.session.state.Signal.Watchdog;
import io.reelkeeper.session.state.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every signal in every situation, against one approved table: the machine is total, each of its
/// rules is taken by some row, and the README draws what the table says.
class MovesTest {

  private static final Path TABLE =
      Path.of("src/test/resources/io/reelkeeper/session/machine/moves.txt");
  private static final String MEND =
      "if the change is meant: mvn test -Dtest=MovesTest -Dapprove=true, then read the difference";

  private static final Map<String, Supplier<Life>> SITUATIONS = situations();

  private static Map<String, Supplier<Life>> situations() {
    Map<String, Supplier<Life>> all = new LinkedHashMap<>();
    all.put("intended", Life::begins);
    all.put("waiting to be sent again", () -> Life.begins().sent(1).hears(busy(502)));
    all.put("sent", () -> Life.begins().sent(1));
    all.put("sent, six minutes ago", () -> Life.begins().sent(1).after(Duration.ofMinutes(6)));
    all.put(
        "waiting, its resource outdated",
        () -> Life.begins().sent(1).hears(busy(502)).after(Duration.ofMinutes(6)));
    all.put(
        "last try of the start",
        () ->
            Life.begins()
                .sent(1)
                .hears(busy(502))
                .hears(new Signal.StartDue(1))
                .hears(busy(502))
                .hears(new Signal.StartDue(1))
                .hears(busy(502))
                .hears(new Signal.StartDue(1)));
    all.put("sent, not wanted any more", () -> Life.begins().sent(1).stopAsked());
    all.put(
        "unknown",
        () -> Life.begins().sent(1).hears(new Signal.StartUnheard(1, "read time-out", true)));
    all.put(
        "unknown for a month",
        () ->
            Life.begins()
                .sent(1)
                .hears(new Signal.StartUnheard(1, "read time-out", true))
                .after(Duration.ofDays(31)));
    all.put(
        "unknown, served by another",
        () ->
            Life.begins()
                .sent(1)
                .hears(new Signal.StartUnheard(1, "read time-out", true))
                .hears(new Signal.SettleDue(1))
                .granted(2, Life.SECOND_SID));
    all.put(
        "unknown, not wanted any more",
        () ->
            Life.begins()
                .sent(1)
                .hears(new Signal.StartUnheard(1, "read time-out", true))
                .stopAsked());
    all.put(
        "doubtful, its successor unknown",
        () ->
            Life.begins()
                .recording()
                .lost(1)
                .sent(2)
                .hears(new Signal.StartUnheard(2, "read time-out", true)));
    all.put("unconfirmed", () -> Life.begins().granted(1, Life.SID));
    all.put("unconfirmed, overdue", () -> Life.begins().granted(1, Life.SID).afterSeconds(90));
    all.put("live", () -> Life.begins().recording());
    all.put("live, restarting when idle", () -> Life.restartingWhenIdle().recording());
    all.put("live, critical", () -> Life.begins(Assurance.CRITICAL).recording());
    all.put(
        "live, replaced for event 13",
        () -> Life.begins().recording().afterSeconds(5).hears(haDue(1, Watchdog.ENFORCES)));
    all.put(
        "live, its successor for event 13 unconfirmed",
        () ->
            Life.begins()
                .recording()
                .afterSeconds(5)
                .hears(haDue(1, Watchdog.ENFORCES))
                .granted(2, Life.SECOND_SID));
    all.put("live, being changed", () -> Life.begins().recording().hears(change()));
    all.put(
        "live, changed, taking over",
        () ->
            Life.begins()
                .recording()
                .hears(change())
                .hears(answer(1, UpdateOutcome.DONE))
                .noticed(Life.SID, "4000000001", 11, new What.Exited(1))
                .granted(2, Life.SECOND_SID)
                .untilDue("QUERY/2")
                .answers(2, 5));
    all.put("page awaited", () -> Life.ofPage().recording());
    all.put(
        "page ready",
        () -> Life.ofPage().recording().hears(new Signal.PageReady(1)).afterSeconds(9));
    all.put(
        "page silent",
        () -> Life.ofPage().recording().hears(new Signal.PageReady(1)).afterSeconds(45));
    all.put(
        "found missing after the idle time",
        () -> Life.begins().recording().afterSeconds(600).notFound(1).notFound(1).notFound(1));
    all.put(
        "perhaps idle",
        () ->
            Life.begins()
                .recording()
                .afterSeconds(600)
                .notFound(1)
                .notFound(1)
                .notFound(1)
                .notFound(1));
    all.put(
        "perhaps idle, for as long as that takes",
        () ->
            Life.begins()
                .recording()
                .afterSeconds(600)
                .notFound(1)
                .notFound(1)
                .notFound(1)
                .notFound(1)
                .afterSeconds(300));
    all.put("doubtful", () -> Life.begins().recording().notFound(1));
    all.put(
        "doubtful, last question",
        () -> Life.begins().recording().notFound(1).notFound(1).notFound(1));
    all.put("doubtful, replaced", () -> Life.begins().recording().lost(1));
    all.put(
        "doubtful, replaced, window over",
        () -> Life.begins().recording().lost(1).afterSeconds(90));
    all.put(
        "doubtful, its successor unconfirmed",
        () -> Life.begins().recording().lost(1).granted(2, Life.SECOND_SID));
    all.put(
        "doubtful, budget used up",
        () -> {
          Life life = Life.begins().recording();
          for (int task = 1; task <= 5; task++) {
            life.noticed(sid(task), life.task(task).uid(), 11, new What.Exited(1));
            life.granted(task + 1, sid(task + 1)).untilDue("QUERY/" + (task + 1));
            life.answers(task + 1, 5);
          }
          return life;
        });
    all.put(
        "replacement intended",
        () -> Life.begins().recording().noticed(Life.SID, "4000000001", 11, new What.Exited(1)));
    all.put(
        "waiting for users",
        () ->
            Life.restartingWhenIdle()
                .recording()
                .noticed(Life.SID, "4000000001", 41, new What.RecorderLeft(4)));
    all.put("stopping", () -> Life.begins().recording().stopAsked());
    all.put(
        "stopping, not found for 90 s",
        () ->
            Life.begins()
                .recording()
                .stopAsked()
                .stopAnswers(1, StopOutcome.NOT_FOUND)
                .afterSeconds(90));
    all.put(
        "stopped", () -> Life.begins().recording().stopAsked().stopAnswers(1, StopOutcome.DONE));
    all.put("never started", () -> Life.begins().stopAsked());
    all.put(
        "failed",
        () ->
            Life.begins()
                .sent(1)
                .hears(new Signal.StartRefused(1, "start", 400, 2, "invalid", "check it")));
    return all;
  }

  private static Signal haDue(int task, Watchdog watchdog) {
    return new Signal.HaDue(task, watchdog);
  }

  private static String sid(int task) {
    return task == 1 ? Life.SID : "%032x".formatted(task);
  }

  private static Signal change() {
    return new Signal.UpdateAsked(SUBSCRIPTION);
  }

  private static Signal answer(int task, UpdateOutcome outcome) {
    return new Signal.UpdateAnswered(task, SUBSCRIPTION, outcome, "");
  }

  private static final JsonNode SUBSCRIPTION =
      JsonMapper.shared()
          .readTree(
              """
              {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": ["7"]}}}
              """);

  private static Signal busy(int code) {
    return new Signal.StartBusy(1, "start", 500, code, "busy", null);
  }

  /// All signals about the task that the situation is about: the youngest that is not ended, and
  /// where the situation is about an older one, that.
  private static Map<String, Signal> signals(Life life, int task) {
    Map<String, Signal> all = new LinkedHashMap<>();
    String sid = Objects.requireNonNullElse(life.task(task).sid(), "%032x".formatted(99));
    String uid = life.task(task).uid();
    all.put("StartDue", new Signal.StartDue(task));
    all.put("Acquired", new Signal.Acquired(task, life.task(task).attempt(), "resource"));
    all.put("Acquired, outdated", new Signal.Acquired(task, -1, "resource"));
    all.put("StartGranted", new Signal.StartGranted(task, "resource", "%032x".formatted(98)));
    all.put("StartRefused", new Signal.StartRefused(task, "start", 400, 2, "no", "check"));
    all.put("StartBusy", new Signal.StartBusy(task, "start", 500, 502, "busy", null));
    all.put("StartBusy 65", new Signal.StartBusy(task, "start", 206, 65, "busy", null));
    all.put("StartBusy 433", new Signal.StartBusy(task, "start", 400, 433, "expired", null));
    all.put("StartBusy 429", new Signal.StartBusy(task, "start", 429, 429, "slow", null));
    all.put("StartBusy acquire", new Signal.StartBusy(task, "acquire", 500, 501, "busy", null));
    all.put("StartBusy 406", new Signal.StartBusy(task, "acquire", 400, 406, "full", null));
    all.put("StartUnheard", new Signal.StartUnheard(task, "read time-out", true));
    all.put("StartUnheard, unreached", new Signal.StartUnheard(task, "refused", false));
    all.put("StartedAlready", new Signal.StartedAlready(task, 7));
    all.put("SettleDue", new Signal.SettleDue(task));
    all.put("QueryAnswered 2", new Signal.QueryAnswered(task, 2, List.of()));
    all.put("QueryAnswered 5", new Signal.QueryAnswered(task, 5, List.of("a.m3u8")));
    all.put("WorkerNotFound", new Signal.WorkerNotFound(task));
    all.put("QueryUnheard", new Signal.QueryUnheard(task, "504"));
    all.put("QueryPostponed", new Signal.QueryPostponed(task, Duration.ofSeconds(1)));
    all.put("QueryRefused", new Signal.QueryRefused(task, 401, 401, "credentials"));
    all.put("Present, nobody", new Signal.Present(task, 0));
    all.put("Present, two", new Signal.Present(task, 2));
    for (Watchdog watchdog : Watchdog.values()) {
      all.put("HaDue " + watchdog, haDue(task, watchdog));
    }
    all.put("ExpiryDue", new Signal.ExpiryDue(task));
    all.put("PageReady", new Signal.PageReady(task));
    all.put("PageAlive", new Signal.PageAlive(task));
    all.put("PageDue", new Signal.PageDue(task));
    all.put("Present, not learnt", new Signal.Present(task, -1));
    all.put("Warned", new Signal.Warned("maxIdleTime is short"));
    all.put("UpdateAsked", change());
    for (UpdateOutcome outcome : UpdateOutcome.values()) {
      all.put("UpdateAnswered " + outcome, answer(task, outcome));
    }
    all.put(
        "CredentialsSent",
        new Signal.CredentialsSent(
            task, life.now.plus(Duration.ofDays(1)), life.now.plus(Duration.ofHours(12))));
    all.put(
        "CredentialsSent, short",
        new Signal.CredentialsSent(task, null, life.now.plus(Duration.ofHours(1))));
    all.put("StorageTokenLate", new Signal.StorageTokenLate(task, "cannot be read", true));
    all.put("TokenDue", new Signal.TokenDue(task));
    all.put("ReplaceAsked", new Signal.ReplaceAsked());
    all.put("StopAsked", new Signal.StopAsked("requested"));
    for (StopOutcome outcome : StopOutcome.values()) {
      all.put("StopAnswered " + outcome, new Signal.StopAnswered(task, outcome, List.of()));
    }
    all.put("Audited", new Signal.Audited(task, "pending", false, List.of()));
    all.put("Audited for good", new Signal.Audited(task, "verified", true, List.of()));
    all.put("Noticed 1", notice(life, sid, uid, 1, new What.Failed(0, 5, 110, 1, "token")));
    all.put("Noticed 4", notice(life, sid, uid, 4, new What.PlaylistUploaded("a.m3u8")));
    all.put("Noticed 11", notice(life, sid, uid, 11, new What.Exited(0)));
    all.put("Noticed 12", notice(life, sid, "17", 12, new What.FailedOver("17")));
    all.put("Noticed 13", notice(life, sid, uid, 13, new What.HaRegistered()));
    all.put("Noticed 31", notice(life, sid, uid, 31, new What.Uploaded(0, List.of("a.m3u8"))));
    all.put("Noticed 40", notice(life, sid, uid, 40, new What.RecorderStarted(0)));
    all.put("Noticed 41", notice(life, sid, uid, 41, new What.RecorderLeft(16)));
    all.put("Noticed 41 idle", notice(life, sid, uid, 41, new What.RecorderLeft(4)));
    all.put(
        "Noticed 71, 0",
        notice(life, sid, uid, 71, new What.WebRecorderStopped(0, null, null, List.of())));
    all.put(
        "Noticed 71, 6",
        notice(life, sid, uid, 71, new What.WebRecorderStopped(6, null, null, List.of())));
    all.put("Noticed 999", notice(life, sid, uid, 999, new What.Other()));
    all.put(
        "Noticed of a stranger", notice(life, "%032x".formatted(97), "5", 11, new What.Exited(0)));
    return all;
  }

  private static Signal notice(Life life, String sid, String uid, int type, What what) {
    return new Signal.Noticed(
        new Notice("n", type, sid, "math-101", uid, 0, 1, life.now.toEpochMilli(), what));
  }

  private record Row(String situation, int task, String signal, Life before, Life after) {

    String line() {
      return "%-38s %-26s -> %-28s %s"
          .formatted(
              situation + " #" + task, signal, after.rule, states(before) + " => " + states(after));
    }

    private static String states(Life life) {
      return life.session.status().word()
          + life.session.tasks().stream()
              .map(it -> (it.wanted() || it.ended() ? "" : "-") + it.status().word())
              .collect(Collectors.joining(" ", "(", ")"));
    }
  }

  private static List<Row> rows() {
    return SITUATIONS.entrySet().stream()
        .flatMap(
            situation -> {
              Life sample = situation.getValue().get();
              return sample.session.tasks().stream()
                  .flatMap(
                      task ->
                          signals(sample, task.number()).entrySet().stream()
                              .map(
                                  signal ->
                                      new Row(
                                          situation.getKey(),
                                          task.number(),
                                          signal.getKey(),
                                          sample,
                                          situation.getValue().get().hears(signal.getValue()))));
            })
        .toList();
  }

  @Test
  void everySignalInEverySituationMovesAsApproved() throws Exception {
    String table = rows().stream().map(Row::line).collect(Collectors.joining("\n", "", "\n"));
    if (Boolean.getBoolean("approve")) {
      Files.writeString(TABLE, table);
    }
    assertThat(table).as(MEND).isEqualTo(Files.readString(TABLE));
  }

  @Test
  void everyRuleIsTakenByARow() {
    Set<Rule> taken = rows().stream().map(row -> row.after().rule).collect(Collectors.toSet());

    assertThat(EnumSet.allOf(Rule.class)).as("rules that no row takes").isSubsetOf(taken);
  }

  @Test
  void everyKindOfSignalIsInTheTable() {
    Set<String> kinds =
        rows().stream()
            .map(row -> row.signal().replaceAll("[ ,].*", ""))
            .collect(Collectors.toSet());

    assertThat(kinds)
        .containsExactlyInAnyOrderElementsOf(
            permitted(Signal.class).map(Class::getSimpleName).toList());
  }

  private static Stream<Class<?>> permitted(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(MovesTest::permitted)
        : Stream.of(type);
  }

  @Test
  void aFinalSessionStaysFinalAndNothingThatIsNotFinalLacksATimer() {
    for (Row row : rows()) {
      Session before = row.before().session;
      Session after = row.after().session;
      if (before.status().isFinal()) {
        assertThat(after.status()).as(row.line()).isEqualTo(before.status());
      }
      if (!after.status().isFinal() && after.tasks().stream().allMatch(Task::ended)) {
        assertThat(row.after().timers.keySet())
            .as("timers after %s", row.line())
            .anyMatch(timer -> timer.startsWith("PRESENCE"));
      }
      for (Task task : after.tasks()) {
        boolean consumed =
            row.after().rule == Rule.NOTED || row.after().rule == Rule.START_OUTDATED;
        boolean moving = task.phase() == Task.Phase.SENT;
        if (!task.ended() && !consumed && !moving) {
          assertThat(row.after().timers.keySet())
              .as("timers of task %s after %s", task.number(), row.line())
              .anyMatch(timer -> timer.matches("(START|QUERY|STOP|SETTLE)/" + task.number()));
        }
      }
      assertThat(after.tasks().stream().filter(MovesTest::wantedLive).count())
          .as("tasks wanted live after %s", row.line())
          .isLessThanOrEqualTo(1);
    }
  }

  private static boolean wantedLive(Task task) {
    return task.wanted() && task.status() == Task.Status.LIVE;
  }

  @Test
  void theReadmeDrawsTheTable() throws Exception {
    Map<String, Set<String>> edges = new TreeMap<>();
    for (Row row : rows()) {
      Status from = row.before().session.status();
      Status to = row.after().session.status();
      if (from != to) {
        edges
            .computeIfAbsent("%s --> %s".formatted(from.word(), to.word()), _ -> new TreeSet<>())
            .add(row.signal().replaceAll("[ ,].*", ""));
      }
    }
    String diagram =
        edges.entrySet().stream()
            .map(edge -> "    %s: %s".formatted(edge.getKey(), String.join(", ", edge.getValue())))
            .collect(
                Collectors.joining(
                    "\n",
                    "```mermaid\nstateDiagram-v2\n    [*] --> starting\n",
                    "\n    stopped --> [*]\n    failed --> [*]\n```"));

    assertThat(Files.readString(Path.of("README.md")))
        .as("the README shall hold:\n%s", diagram)
        .contains(diagram);
  }
}
