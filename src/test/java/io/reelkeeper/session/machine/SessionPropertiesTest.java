package io.reelkeeper.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.session.machine.Reality.Said;
import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Notice.What;
import io.reelkeeper.session.state.Session.Status;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.StopOutcome;
import io.reelkeeper.session.state.Signal.Watchdog;
import io.reelkeeper.session.state.Task;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/// Whatever order, loss and doubling its signals come in, a session keeps its invariants, and ends
/// as polling alone would have it end.
class SessionPropertiesTest {

  /// Long enough for every ladder, window and idle time of the policy.
  private static final Duration HOURS = Duration.ofHours(2);

  /// A way that a recording may go at Agora: what happens, and the notices that tell of it.
  enum Scenario {
    /// The channel empties; the recorder leaves it.
    IDLE(
        Reality::empties,
        at ->
            List.of(
                said(at, 40, new What.RecorderStarted(0)),
                said(at, 30, new What.UploaderStarted(0)),
                said(at, 13, new What.HaRegistered()),
                said(at, 4, new What.PlaylistUploaded("a.m3u8")),
                said(at, 42, new What.SliceStarted(0, 0, true, null, null)),
                said(at, 41, new What.RecorderLeft(4)),
                said(at, 11, new What.Exited(0)),
                said(at, 31, new What.Uploaded(0, List.of("a.m3u8"))))),
    /// The recorder is thrown out of a channel that has users.
    EXITED(
        at -> at.ends(at.sid()),
        at ->
            List.of(
                said(at, 40, new What.RecorderStarted(0)),
                said(at, 13, new What.HaRegistered()),
                said(at, 4, new What.PlaylistUploaded("a.m3u8")),
                said(at, 42, new What.SliceStarted(0, 0, true, null, null)),
                said(at, 41, new What.RecorderLeft(16)),
                said(at, 11, new What.Exited(0)),
                said(at, 31, new What.Uploaded(0, List.of("a.m3u8"))),
                said(at, 33, new What.Uploading(10_000)))),
    /// Agora moves the recorder to another server, under another UID.
    FAILED_OVER(
        at -> {},
        at ->
            List.of(
                said(at, 40, new What.RecorderStarted(0)),
                said(at, 13, new What.HaRegistered()),
                said(at, 4, new What.PlaylistUploaded("a.m3u8")),
                new Said(at.sid(), "17", 12, new What.FailedOver("17"), at.life.now),
                new Said(at.sid(), "17", 40, new What.RecorderStarted(0), at.life.now),
                new Said(
                    at.sid(), "17", 42, new What.SliceStarted(0, 0, true, null, null), at.life.now),
                new Said(at.sid(), "17", 4, new What.PlaylistUploaded("bak0_a.m3u8"), at.life.now),
                said(at, 33, new What.Uploading(9_000)))),
    /// The caller stops it, and the answer is late.
    STOPPED(
        at -> {
          at.life.stopAsked();
          at.ends(at.sid());
        },
        at ->
            List.of(
                said(at, 40, new What.RecorderStarted(0)),
                said(at, 13, new What.HaRegistered()),
                said(at, 4, new What.PlaylistUploaded("a.m3u8")),
                said(at, 42, new What.SliceStarted(0, 0, true, null, null)),
                said(at, 41, new What.RecorderLeft(16)),
                said(at, 11, new What.Exited(0)),
                said(at, 31, new What.Uploaded(0, List.of("a.m3u8"))),
                said(at, 33, new What.Uploading(10_000))));

    private final Consumer<Reality> happens;
    private final Function<Reality, List<Said>> notices;

    Scenario(Consumer<Reality> happens, Function<Reality, List<Said>> notices) {
      this.happens = happens;
      this.notices = notices;
    }

    private static Said said(Reality at, int type, What what) {
      return new Said(at.sid(), at.uid(), type, what, at.life.now);
    }
  }

  /// What a session came to, as somebody sees it who knows nothing of the way.
  private record End(Status status, String reason, int running, long live) {

    static End of(Reality reality) {
      return new End(
          reality.life.session.status(),
          String.valueOf(reality.life.session.reason()),
          reality.running.size(),
          reality.life.session.tasks().stream()
              .filter(task -> task.status() == Task.Status.LIVE)
              .count());
    }
  }

  /// Long enough in the channel for an idle end to be possible.
  private static Reality recording() {
    Reality reality = Reality.begins(Life.begins());
    reality.passes(Duration.ofMinutes(7));
    return reality;
  }

  private static End byPollingAlone(Scenario scenario) {
    Reality reality = recording();
    scenario.happens.accept(reality);
    reality.passes(HOURS);
    return End.of(reality);
  }

  @Property(generation = GenerationMode.EXHAUSTIVE, shrinking = ShrinkingMode.OFF)
  void everyOrderOfTheNoticesOfAnIdleEndComesToTheSame(@ForAll("orders") List<Integer> order) {
    endsAsByPolling(Scenario.IDLE, order);
  }

  @Property(tries = 1500)
  void anyOrderLossAndDoublingEndsAsPollingAloneWould(
      @ForAll Scenario scenario, @ForAll("heard") List<Integer> heard) {
    endsAsByPolling(scenario, heard);
  }

  @Property(tries = 1500)
  void noticesThatComeAtAnyTimeEndAsPollingAloneWould(
      @ForAll Scenario scenario,
      @ForAll("heard") List<Integer> heard,
      @ForAll("pauses") List<Integer> pauses) {
    Reality reality = recording();
    scenario.happens.accept(reality);
    List<Said> notices = scenario.notices.apply(reality);
    for (int i = 0; i < heard.size(); i++) {
      reality.hears(notices.get(heard.get(i)));
      reality.passes(Duration.ofSeconds(pauses.get(i % pauses.size())));
      holds(reality);
    }
    reality.passes(HOURS);

    holds(reality);
    assertThat(End.of(reality)).isEqualTo(byPollingAlone(scenario));
  }

  private static void endsAsByPolling(Scenario scenario, List<Integer> order) {
    Reality reality = recording();
    scenario.happens.accept(reality);
    List<Said> notices = scenario.notices.apply(reality);
    for (int index : order) {
      reality.hears(notices.get(index));
    }
    holds(reality);
    reality.passes(HOURS);

    holds(reality);
    assertThat(End.of(reality)).isEqualTo(byPollingAlone(scenario));
  }

  @Property(tries = 3000)
  void noSequenceOfSignalsBreaksAnInvariant(@ForAll("signals") List<Function<Life, Signal>> walk) {
    Life life = Life.begins();
    Set<String> sids = new HashSet<>();
    for (Function<Life, Signal> step : walk) {
      Status before = life.session.status();
      List<Task> tasks = life.session.tasks();
      life.hears(step.apply(life));
      if (before.isFinal()) {
        assertThat(life.session.status()).isEqualTo(before);
      }
      for (Task task : tasks) {
        Task after = life.task(task.number());
        assertThat(after.uid()).isEqualTo(task.uid());
        if (task.sid() != null) {
          assertThat(after.sid()).as("a sid is fixed").isEqualTo(task.sid());
          sids.add(task.sid());
        }
      }
      holds(life);
    }
  }

  private static void holds(Reality reality) {
    holds(reality.life);
    assertThat(reality.started).doesNotHaveDuplicates();
  }

  private static void holds(Life life) {
    List<Task> tasks = life.session.tasks();
    assertThat(tasks.stream().filter(it -> it.wanted() && it.status() == Task.Status.LIVE).count())
        .as("at most one task is wanted live: %s", tasks)
        .isLessThanOrEqualTo(1);
    assertThat(tasks.stream().filter(it -> it.wanted() && !it.ended()).map(Task::uid))
        .as("no UID twice")
        .doesNotHaveDuplicates();
    assertThat(tasks.stream().filter(it -> it.sid() != null).map(Task::sid))
        .as("no sid twice")
        .doesNotHaveDuplicates();
    assertThat(tasks.stream().filter(it -> it.cause() == Task.Cause.HA_NOT_REGISTERED).count())
        .as("one replacement for event 13")
        .isLessThanOrEqualTo(1);
    for (Task task : tasks) {
      if (!task.ended() && task.phase() != Task.Phase.SENT) {
        assertThat(life.timers.keySet())
            .as("what waits has a time, after %s: %s", life.rules, task)
            .anyMatch(timer -> timer.matches("(START|QUERY|STOP|SETTLE)/" + task.number()));
      }
    }
    if (!life.session.status().isFinal() && tasks.stream().allMatch(Task::ended)) {
      assertThat(life.timers.keySet()).anyMatch(timer -> timer.startsWith("PRESENCE/"));
    }
  }

  @Provide
  Arbitrary<List<Integer>> orders() {
    return Arbitraries.shuffle(0, 1, 2, 3, 4, 5, 6, 7);
  }

  /// Some of the eight, some of them twice, in any order.
  @Provide
  Arbitrary<List<Integer>> heard() {
    return Arbitraries.integers().between(0, 7).list().ofMinSize(0).ofMaxSize(14);
  }

  /// Seconds, mostly short ones.
  @Provide
  Arbitrary<List<Integer>> pauses() {
    return Arbitraries.of(0, 0, 0, 1, 4, 11, 31, 95).list().ofMinSize(1).ofMaxSize(14);
  }

  /// Signals of all kinds about the tasks there are; a timer is served when its signal comes.
  @Provide
  Arbitrary<List<Function<Life, Signal>>> signals() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 26), Arbitraries.integers().between(0, 5))
        .as(SessionPropertiesTest::step)
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  private static Function<Life, Signal> step(int kind, int which) {
    return life -> {
      Task task = life.session.tasks().get(which % life.session.tasks().size());
      life.afterSeconds(kind % 3 == 0 ? 0 : which * which * 3L);
      return signal(life, kind, task);
    };
  }

  private static Signal signal(Life life, int kind, Task task) {
    int number = task.number();
    return switch (kind) {
      case 0, 1 -> served(life, "START", number, acquired(task));
      case 2, 3 -> granted(life, task);
      case 4 -> new Signal.StartUnheard(number, "read time-out", true);
      case 5 -> new Signal.StartBusy(number, "start", 500, 502, "busy", null);
      case 6 -> new Signal.StartedAlready(number, 7);
      case 7, 8 -> served(life, "QUERY", number, new Signal.QueryAnswered(number, 5, List.of()));
      case 9, 10 -> served(life, "QUERY", number, new Signal.WorkerNotFound(number));
      case 11 -> served(life, "QUERY", number, new Signal.QueryUnheard(number, "504"));
      case 12 -> served(life, "SETTLE", number, new Signal.SettleDue(number));
      case 13 -> served(life, "HA", number, new Signal.HaDue(number, Watchdog.ENFORCES));
      case 14 -> served(life, "PRESENCE", number, new Signal.Present(number, number % 2));
      case 15 ->
          served(
              life, "STOP", number, new Signal.StopAnswered(number, StopOutcome.DONE, List.of()));
      case 16 ->
          served(
              life,
              "STOP",
              number,
              new Signal.StopAnswered(number, StopOutcome.NOT_FOUND, List.of()));
      case 17 -> notice(life, task, task.uid(), new What.Exited(0));
      case 18 -> notice(life, task, task.uid(), new What.RecorderLeft(4));
      case 19 -> notice(life, task, task.uid(), new What.RecorderLeft(16));
      case 20 -> notice(life, task, "17", new What.FailedOver("17"));
      case 21 -> notice(life, task, "17", new What.RecorderStarted(0));
      case 22 -> notice(life, task, task.uid(), new What.HaRegistered());
      case 23 -> notice(life, task, task.uid(), new What.Uploaded(0, List.of("a.m3u8")));
      case 24 -> notice(life, task, task.uid(), new What.Failed(1, 4, 32, 1, null));
      case 25 -> new Signal.ReplaceAsked();
      default -> new Signal.StopAsked("requested");
    };
  }

  private static Signal acquired(Task task) {
    return task.resourceId() == null && task.wanted()
        ? new Signal.Acquired(task.number(), task.attempt(), "resource-" + task.number())
        : new Signal.StartDue(task.number());
  }

  /// Agora grants what was sent, and nothing else.
  private static Signal granted(Life life, Task task) {
    return task.phase() == Task.Phase.SENT
        ? new Signal.StartGranted(
            task.number(), "resource-" + task.number(), "%032x".formatted(task.number()))
        : served(
            life, "QUERY", task.number(), new Signal.QueryAnswered(task.number(), 2, List.of()));
  }

  /// A walk's signal takes its timer with it.
  private static Signal served(Life life, String kind, int number, Signal signal) {
    life.timers.remove(kind + "/" + number);
    return signal;
  }

  private static Signal notice(Life life, Task task, String uid, What what) {
    String sid = task.sid() == null ? "%032x".formatted(task.number()) : task.sid();
    return new Signal.Noticed(
        new Notice("n", 0, sid, "math-101", uid, 0, 1, life.now.toEpochMilli(), what));
  }
}
